/** What the book's fills prove about the end of a position, given what the broker holds now. */
import type { Book } from '#book/book.ts'
import type { Decimal } from '#domain/decimal.ts'
import type { Episode } from '#domain/episode.ts'
import type { PositionRow } from '#domain/position.ts'
import type { CursorRow } from '#domain/records.ts'
import { enteredSize, episodesOf, fillsSince } from './position-episode.ts'

export type ExitEvidence =
  | { readonly kind: 'closed'; readonly episode: Episode }
  | { readonly kind: 'still-open' }
  /** The broker is flat, the fills do not show it yet: look again, conclude nothing. */
  | { readonly kind: 'fills-lag'; readonly detail: string }
  /** The fills that would prove it are gone at the venue. */
  | { readonly kind: 'expired'; readonly detail: string }
  /** The fills prove more than one exit (B15), or that the entry closed somebody else's exposure instead of opening ours (C14). */
  | { readonly kind: 'ambiguous'; readonly detail: string }

/** @throws BookUnavailable */
export async function findExit(
  book: Book,
  position: PositionRow,
  brokerSize: Decimal,
  cursor: CursorRow,
  settlementToken: string,
): Promise<ExitEvidence> {
  const fills = await fillsSince(book, position)
  const episodes = episodesOf(position, fills, settlementToken)
  const episode = episodes.at(-1)
  const heldHere = !brokerSize.isZero() && brokerSize.isNegative() === (position.side === 'short')
  // What still stands is looked after, whatever has become of its fills.
  if (heldHere && episode?.status !== 'closed') return { kind: 'still-open' }
  if (cursor.missing !== null && cursor.since > position.createdAt) {
    return { kind: 'expired', detail: `the venue no longer serves fills before ${cursor.since} (${cursor.missing})` }
  }
  if (episode?.status === 'closed') return endedBy(episode, episodes)
  const entered = enteredSize(position, fills)
  if (episodes.length === 0 && isWholeEntry(entered, position)) {
    return {
      kind: 'ambiguous',
      detail: `all ${entered.toFixed()} contracts of its entry closed exposure that was not ours`,
    }
  }
  return { kind: 'fills-lag', detail: 'the broker is flat, the closing fills are not visible yet' }
}

function isWholeEntry(entered: Decimal, { entrySettled, size }: PositionRow): boolean {
  return entrySettled && entered.gt(0) && entered.gte(size)
}

function endedBy(episode: Episode, episodes: readonly Episode[]): ExitEvidence {
  // Neither picked from nor summed: one position is one result.
  if (episodes.length > 1) return { kind: 'ambiguous', detail: `its entry opened ${stretches(episodes)}` }
  return episode.coverage === 'complete'
    ? { kind: 'closed', episode }
    : { kind: 'fills-lag', detail: `fills are missing: ${episode.partialReasons.join(', ')}` }
}

function stretches(episodes: readonly Episode[]): string {
  const told = episodes.map(({ openedSize, net }) => `${openedSize} contracts, net ${net ?? 'unknown'}`)
  return `${episodes.length} stretches of exposure (${told.join('; ')})`
}
