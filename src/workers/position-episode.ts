/** The episode that a position's fills made so far, found through the orders of the position. */
import type { Book } from '#book/book.ts'
import { buildEpisodes } from '#domain/build-episodes.ts'
import type { Episode } from '#domain/episode.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import type { PositionRow } from '#domain/position.ts'

/** Venue clocks and ours differ; fills of a position are looked for from this long before it was made, ms. */
const LOOK_BACK_MS = 60_000

/** Fills of the position's account and instrument since shortly before it was made, of whomever. @throws BookUnavailable */
export async function fillsSince(book: Book, position: PositionRow): Promise<Fill[]> {
  const rows = await book.list('fills', {
    where: { account: position.account, instrument: position.instrument },
    orderBy: { field: 'time', direction: 'ascending' },
    from: position.createdAt - LOOK_BACK_MS,
  })
  return rows.map((stored) => stored.row)
}

/** Null while no fill of the position's entry is in the book. */
export function episodeOf(position: PositionRow, fills: readonly Fill[]): Episode | null {
  if (fills.length === 0) return null
  const entries = new Set(
    position.orders.filter((order) => order.event === 'entry').map((order) => order.clientOrderId),
  )
  const episodes = buildEpisodes(chainFills(fills, { evidence: 'time' }))
  return (
    episodes.findLast((episode) =>
      episode.legs.some(
        ({ role, fill }) => role === 'open' && fill.clientOrderId !== null && entries.has(fill.clientOrderId),
      ),
    ) ?? null
  )
}
