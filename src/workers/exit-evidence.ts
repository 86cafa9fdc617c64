/** What the book's fills prove about the end of a position, given what the broker holds now. */
import type { Book } from '#book/book.ts'
import type { Decimal } from '#domain/decimal.ts'
import type { Episode } from '#domain/episode.ts'
import type { PositionRow } from '#domain/position.ts'
import type { CursorRow } from '#domain/records.ts'
import { episodesOf, fillsSince } from './position-episode.ts'

export type ExitEvidence =
  | { readonly kind: 'closed'; readonly episode: Episode }
  | { readonly kind: 'still-open' }
  /** The broker is flat, the fills do not show it yet: look again, conclude nothing. */
  | { readonly kind: 'fills-lag'; readonly detail: string }
  /** The fills that would prove it are gone at the venue, or prove more than one exit (B15). */
  | { readonly kind: 'unprovable'; readonly detail: string }

/** @throws BookUnavailable */
export async function findExit(
  book: Book,
  position: PositionRow,
  brokerSize: Decimal,
  cursor: CursorRow,
  settlementToken: string,
): Promise<ExitEvidence> {
  const episodes = episodesOf(position, await fillsSince(book, position), settlementToken)
  const episode = episodes.at(-1)
  const heldHere = !brokerSize.isZero() && brokerSize.isNegative() === (position.side === 'short')
  // What still stands is looked after, whatever has become of its fills.
  if (heldHere && episode?.status !== 'closed') return { kind: 'still-open' }
  if (cursor.missing !== null && cursor.since > position.createdAt) {
    return { kind: 'unprovable', detail: `the venue no longer serves fills before ${cursor.since} (${cursor.missing})` }
  }
  if (episode?.status === 'closed') {
    // Neither picked from nor summed: one position is one result.
    if (episodes.length > 1) return { kind: 'unprovable', detail: `its entry opened ${stretches(episodes)}` }
    return episode.coverage === 'complete'
      ? { kind: 'closed', episode }
      : { kind: 'fills-lag', detail: `fills are missing: ${episode.partialReasons.join(', ')}` }
  }
  return { kind: 'fills-lag', detail: 'the broker is flat, the closing fills are not visible yet' }
}

function stretches(episodes: readonly Episode[]): string {
  const told = episodes.map(({ openedSize, net }) => `${openedSize} contracts, net ${net ?? 'unknown'}`)
  return `${episodes.length} stretches of exposure (${told.join('; ')})`
}
