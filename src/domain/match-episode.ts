/**
 * Finds the episode that was a position of the book, to rebuild an exit nobody told us of. Order ids decide; without
 * them instrument, side, size and time must leave exactly one candidate. Two candidates are refused: summing or picking
 * one would invent money. What is not covered by fills is said to be so, and never read as "closed" or "still open".
 */
import { type Decimal, type DecimalString, ZERO, decimal, toDecimalString } from './decimal.ts'
import type { Episode } from './episode.ts'
import type { FillLeg } from './fill.ts'
import type { AccountId, InstrumentId } from './ids.ts'
import type { PositionSide } from './position.ts'

/** What the book knows of a position, enough to recognise it among fills. */
export interface PositionTrace {
  readonly account: AccountId
  readonly instrument: InstrumentId
  readonly side: PositionSide
  /** Contracts the position held once its entry was done. */
  readonly size: DecimalString
  /** Every order sent for it, entries and exits. */
  readonly clientOrderIds: readonly string[]
  readonly venueOrderIds: readonly string[]
  /** When its entry can have begun to fill, ms; used only when no order id is found. */
  readonly entryWindow: { readonly from: number; readonly through: number }
}

/** What was read: the episodes of the account and instrument, and the interval proven to hold every fill, ms. */
export interface FillEvidence {
  readonly episodes: readonly Episode[]
  readonly coverage: { readonly from: number; readonly through: number; readonly complete: boolean }
  /** Fills that other positions of the book have already been settled with. */
  readonly claimed: ReadonlySet<string>
}

export type MatchedBy = 'client-order-id' | 'venue-order-id' | 'shape'

/** `matched`: closed (or down to dust), all fills there: book it. Everything else books nothing. */
export type EpisodeMatch =
  | {
      readonly kind: 'matched'
      readonly by: MatchedBy
      readonly episode: Episode
      /** Contracts of the entry that orders not ours opened; "0" when the episode is ours alone. Meaningless for `shape`. */
      readonly foreignEntrySize: DecimalString
    }
  | { readonly kind: 'not-closed'; readonly by: MatchedBy; readonly episode: Episode }
  | { readonly kind: 'ambiguous'; readonly by: MatchedBy; readonly candidates: readonly Episode[] }
  | { readonly kind: 'missing-coverage'; readonly why: string; readonly episode: Episode | null }

/** Finds the one episode of a position and says whether it is over. */
export function closingEpisodeFor(position: PositionTrace, evidence: FillEvidence): EpisodeMatch {
  const episodes = evidence.episodes.filter(
    ({ account, instrument, side }) =>
      account === position.account && instrument === position.instrument && side === position.side,
  )
  const clientOrderIds = new Set(position.clientOrderIds)
  const venueOrderIds = new Set(position.venueOrderIds)
  const byClient = (leg: FillLeg): boolean =>
    leg.fill.clientOrderId !== null && clientOrderIds.has(leg.fill.clientOrderId)
  const byVenue = (leg: FillLeg): boolean => venueOrderIds.has(leg.fill.venueOrderId)
  const isOurs = (leg: FillLeg): boolean => byClient(leg) || byVenue(leg)
  const identified = narrow(episodes, isOurs)
  if (identified.length > 0) {
    const by: MatchedBy = identified.some((episode) => episode.legs.some(byClient))
      ? 'client-order-id'
      : 'venue-order-id'
    return judge(identified, by, isOurs, evidence)
  }
  const unproven = whyUnproven(position, evidence)
  if (unproven !== null) return { kind: 'missing-coverage', why: unproven, episode: null }
  const shaped = episodes.filter((episode) => hasShape(episode, position) && isFree(episode, evidence.claimed))
  if (shaped.length > 0) return judge(shaped, 'shape', () => true, evidence)
  const why = 'the fill history read is complete and holds no trace of this position'
  return { kind: 'missing-coverage', why, episode: null }
}

/** Episodes that orders of ours touched; when several, those they opened. */
function narrow(episodes: readonly Episode[], isOurs: (leg: FillLeg) => boolean): Episode[] {
  const touched = episodes.filter((episode) => episode.legs.some(isOurs))
  if (touched.length < 2) return touched
  const opened = touched.filter((episode) => episode.legs.some((leg) => leg.role === 'open' && isOurs(leg)))
  return opened.length > 0 ? opened : touched
}

function judge(
  candidates: readonly Episode[],
  by: MatchedBy,
  isOurs: (leg: FillLeg) => boolean,
  { coverage }: FillEvidence,
): EpisodeMatch {
  const [episode] = candidates
  if (episode === undefined || candidates.length > 1) return { kind: 'ambiguous', by, candidates }
  if (episode.coverage === 'partial') {
    return {
      kind: 'missing-coverage',
      why: `fills of the episode are missing: ${episode.partialReasons.join(', ')}`,
      episode,
    }
  }
  if (episode.status === 'open') {
    if (coverage.complete) return { kind: 'not-closed', by, episode }
    return {
      kind: 'missing-coverage',
      why: 'the fill history read is incomplete: closing fills may be missing',
      episode,
    }
  }
  let foreign: Decimal = ZERO
  for (const leg of episode.legs) if (leg.role === 'open' && !isOurs(leg)) foreign = foreign.plus(leg.size)
  return { kind: 'matched', by, episode, foreignEntrySize: toDecimalString(foreign) }
}

function hasShape(episode: Episode, { size, entryWindow }: PositionTrace): boolean {
  const inWindow = episode.openedAt >= entryWindow.from && episode.openedAt <= entryWindow.through
  return inWindow && decimal(episode.openedSize).equals(size)
}

function isFree(episode: Episode, claimed: ReadonlySet<string>): boolean {
  return !episode.legs.some((leg) => claimed.has(leg.fill.fillId))
}

/** Without order ids one candidate means something only where every fill since the entry is there. */
function whyUnproven({ entryWindow }: PositionTrace, { coverage }: FillEvidence): string | null {
  if (!coverage.complete) return 'the fill history read is incomplete'
  return coverage.from > entryWindow.from ? 'the fill history read begins after the entry can have begun' : null
}
