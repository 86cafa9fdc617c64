/** The episode that a position's fills made so far, found through the orders of the position. */
import type { Book } from '#book/book.ts'
import { buildEpisodes } from '#domain/build-episodes.ts'
import { type Decimal, ZERO, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { Episode } from '#domain/episode.ts'
import { type Fill, effectOf } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import type { PositionRow } from '#domain/position.ts'
import { standingFills, toldBy } from '#domain/reversal.ts'

/** Venue clocks and ours differ; fills of a position are looked for from this long before it was made, ms. */
const LOOK_BACK_MS = 60_000

/**
 * Fills of the position's account and instrument since shortly before it was made, of whomever. A fill that names no client order
 * id gets the one of its venue order, where that is ours: ids attribute, they never filter. @throws BookUnavailable
 */
export async function fillsSince(book: Book, position: PositionRow): Promise<Fill[]> {
  const [fills, orders] = await Promise.all([
    book.list('fills', {
      where: { account: position.account, instrument: position.instrument },
      orderBy: { field: 'time', direction: 'ascending' },
      from: position.createdAt - LOOK_BACK_MS,
    }),
    book.list('orders', { where: { positionId: position.positionId } }),
  ])
  const ours = new Map(orders.map(({ row }) => [row.venueOrderId, row.clientOrderId]))
  return fills.map(({ row }) => ({ ...row, clientOrderId: row.clientOrderId ?? ours.get(row.venueOrderId) ?? null }))
}

/** Null while no fill of the position's entry is in the book; the last one where it opened several. */
export function episodeOf(position: PositionRow, fills: readonly Fill[], settlementToken: string): Episode | null {
  return episodesOf(position, fills, settlementToken).at(-1) ?? null
}

/**
 * Every stretch of exposure that the position's entry opened, by the fills that stand. Several where somebody closed its first part
 * before the rest filled. An entry of which nothing stands any more was opened and closed again by what the venue took back.
 */
export function episodesOf(position: PositionRow, fills: readonly Fill[], settlementToken: string): Episode[] {
  const isEntry = entryOf(position)
  const openedIn = (rows: readonly Fill[]): Episode[] =>
    buildEpisodes(chainFills(rows, { evidence: 'time' }), { settlementToken }).filter(({ legs }) =>
      legs.some(({ role, fill }) => role === 'open' && isEntry(fill)),
    )
  const standing = standingFills(fills)
  return openedIn(standing.some(isEntry) ? standing : takenBack(fills, isEntry))
}

/** Contracts of the position's entry that stand in the fills, whatever they did: opened exposure of ours, or closed somebody else's. */
export function enteredSize(position: PositionRow, fills: readonly Fill[]): Decimal {
  return sumDecimals(
    standingFills(fills)
      .filter(entryOf(position))
      .map(({ size }) => size),
  )
}

/** An adopted position has no entry of ours: the fills that opened it, in whatever telling, stand in for it. */
function entryOf(position: PositionRow): (fill: Fill) => boolean {
  if (position.adopted !== undefined) {
    const opening = new Set(position.adopted.openedBy)
    return (fill) => opening.has(toldBy(fill))
  }
  const entries = new Set(
    position.orders.filter((order) => order.event === 'entry').map((order) => order.clientOrderId),
  )
  return ({ clientOrderId }) => clientOrderId !== null && entries.has(clientOrderId)
}

/**
 * The last telling of every fill of the entry, and the rows that undid them, as a stretch of their own from flat to flat: whatever somebody
 * else held beside them is none of ours.
 */
function takenBack(fills: readonly Fill[], isEntry: (fill: Fill) => boolean): Fill[] {
  const told = [...new Map(fills.filter(isEntry).map((fill) => [toldBy(fill), fill])).values()]
  const undone = told.flatMap(({ fillId }) => fills.find(({ reverses }) => reverses === fillId) ?? []).toReversed()
  let position = ZERO
  return [...told, ...undone].map((fill) => {
    const alone = { ...fill, startPosition: toDecimalString(position) }
    position = effectOf(alone).after
    return alone
  })
}
