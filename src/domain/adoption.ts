/**
 * Whether a position that the broker holds and the book does not know can become the book's, and as what. Only what its fills prove is
 * taken over: the whole stretch of exposure from flat to now, of the size that the broker holds. Pure.
 */
import type { AdoptionRequest, Exposure } from './account.ts'
import { buildEpisodes } from './build-episodes.ts'
import { type Decimal, decimal, toDecimalString } from './decimal.ts'
import type { Episode } from './episode.ts'
import { signedResidual } from './entry-settlement.ts'
import type { Fill } from './fill.ts'
import { chainFills } from './fill-chain.ts'
import { type AccountId, type InstrumentId, adoptedPositionIdOf, signalKeyOf } from './ids.ts'
import type { Instrument } from './instrument.ts'
import type { PositionRow } from './position.ts'
import { standingFills, toldBy } from './reversal.ts'

/** Opening fills that a row remembers; with so many no void takes all of them. */
const OPENED_BY_MAX = 100

export interface AdoptionInputs {
  readonly account: AccountId
  readonly instrument: InstrumentId
  readonly request: AdoptionRequest
  /** Signed size at the broker, not zero. */
  readonly held: Decimal
  /** The last stretch of exposure in the fills; null: they tell of none. */
  readonly episode: Episode | null
  /** Null where the venue lists the instrument no more. */
  readonly specification: Instrument | null
  /** A position of the book that has the instrument of this account, or whose orders made fills of the stretch; null: none. */
  readonly claimedBy: Pick<PositionRow, 'positionId' | 'state'> | null
  readonly now: number
}

export type AdoptionVerdict =
  | { readonly kind: 'adopted'; readonly position: PositionRow; readonly exposure: Exposure }
  /** `mayHeal`: fills that are told late could prove it. */
  | { readonly kind: 'refused'; readonly reason: string; readonly mayHeal: boolean }

/** The last stretch of exposure that fills tell of, whoever made it. */
export function lastEpisodeOf(fills: readonly Fill[], settlementToken: string): Episode | null {
  return buildEpisodes(chainFills(standingFills(fills), { evidence: 'time' }), { settlementToken }).at(-1) ?? null
}

/** Client order ids of the fills of an episode. */
export function orderIdsOf({ legs }: Episode): string[] {
  return [...new Set(legs.flatMap(({ fill }) => (fill.clientOrderId === null ? [] : [fill.clientOrderId])))]
}

export function judgeAdoption(inputs: AdoptionInputs): AdoptionVerdict {
  const { episode, held, claimedBy, specification, instrument } = inputs
  if (claimedBy !== null)
    return refused(
      `it is at least in part position ${claimedBy.positionId} of the book (${claimedBy.state}); only a position that is wholly somebody else's can be adopted`,
    )
  if (specification === null) return refused(`the venue lists ${instrument} no more`)
  const holds = toDecimalString(held)
  if (episode === null) return refused(`the broker holds ${holds}, no fill of it is known`, true)
  if (episode.status !== 'open') return refused(`the broker holds ${holds}, its fills end flat`, true)
  if (episode.coverage !== 'complete')
    return refused(`fills of it are missing (${episode.partialReasons.join(', ')})`, true)
  const told = signedResidual(episode)
  if (!told.eq(held)) return refused(`the broker holds ${holds}, its fills give ${toDecimalString(told)}`, true)
  const position = adoptedPosition(inputs, episode)
  return { kind: 'adopted', position, exposure: exposureOf(position, specification) }
}

function refused(reason: string, mayHeal = false): AdoptionVerdict {
  return { kind: 'refused', reason, mayHeal }
}

function adoptedPosition({ account, instrument, request, now }: AdoptionInputs, episode: Episode): PositionRow {
  const opening = episode.legs.filter(({ role }) => role === 'open').map(({ fill }) => toldBy(fill))
  const positionId = adoptedPositionIdOf(account, instrument, opening[0] ?? episode.episodeId)
  const { by, at, why, strategy } = request
  return {
    positionId,
    // No signal asked for it: the key names a row that does not exist.
    signalKey: signalKeyOf('operator', `adopt ${positionId}`),
    account,
    instrument,
    strategy,
    side: episode.side,
    state: 'open',
    open: true,
    plannedSize: episode.maxSize,
    size: episode.residual,
    entryAverage: episode.entryAverage,
    exitAverage: episode.exitAverage,
    entrySettled: true,
    discipline: { stopLoss: null, takeProfit: null, trail: null, maxHoldMs: null, entryTimeoutMs: 0 },
    bestMark: null,
    nativeStop: null,
    nakedSince: null,
    nakedMs: 0,
    orders: [],
    exit: null,
    adopted: { by, at, why, openedBy: opening.slice(0, OPENED_BY_MAX) },
    exitReason: null,
    orphaned: false,
    realised: null,
    afterClose: null,
    createdAt: episode.openedAt,
    openedAt: episode.openedAt,
    closedAt: null,
    updatedAt: now,
  }
}

/** The average of an entry is rounded; its rounding is none of the reservation's business. */
const NOTIONAL_PLACES = 8

/** Reserved at the price of its entry: what it costs, not what it is worth now. */
function exposureOf({ positionId, side, size, entryAverage }: PositionRow, { multiplier, root }: Instrument): Exposure {
  const notional = decimal(size)
    .times(entryAverage ?? '0')
    .times(multiplier)
  return { positionId, side, notional: toDecimalString(notional.toDecimalPlaces(NOTIONAL_PLACES)), size, root }
}
