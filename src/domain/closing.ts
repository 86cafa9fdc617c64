/** How an ended position is booked: result from its episode's fills, reason from the order that made the exit. Pure. */
import { type DecimalString, ZERO, ZERO_STRING, decimal, sumDecimals, toDecimalString } from './decimal.ts'
import type { Episode } from './episode.ts'
import type { ForcedBy } from './fill.ts'
import { type ClientOrderId, factIdOf } from './ids.ts'
import { type TokenRate, otherFeesOf } from './other-fees.ts'
import type { ExitReason, PositionRow, RealisedPnl } from './position.ts'
import type { LedgerRow } from './records.ts'
import { isTrailStop } from './monitor.ts'

/** What made the exit, as far as the fills and our own orders prove it. */
export interface ExitCause {
  readonly reason: ExitReason
  /** Whether an order of ours made it. */
  readonly byOrder: 'exit' | 'stop' | 'take-profit' | 'none'
}

const FORCED_REASONS: Readonly<Record<ForcedBy, ExitReason>> = {
  liquidation: 'liquidation',
  adl: 'adl',
  settlement: 'expiry',
  programme: 'programme_flatten',
  void: 'voided',
}

/** Reason from the LAST closing order of the episode; `stopTrigger` answers the trigger price of a stop of ours. */
export function exitCauseOf(
  position: PositionRow,
  episode: Episode,
  stopTrigger: (id: ClientOrderId) => string | null,
): ExitCause {
  const last = episode.exitOrders.at(-1)
  if (last === undefined) return { reason: 'unknown', byOrder: 'none' }
  if (last.forcedBy !== null) return { reason: FORCED_REASONS[last.forcedBy], byOrder: 'none' }
  const ours = position.orders.find((order) => order.clientOrderId === last.clientOrderId)
  // An ordinary order without our id: somebody with access to the account closed it by hand.
  if (ours === undefined) return { reason: 'operator', byOrder: 'none' }
  if (ours.event === 'exit') return { reason: position.exit?.reason ?? 'signal', byOrder: 'exit' }
  if (ours.event === 'stop') return stopCause(position, stopTrigger(ours.clientOrderId))
  return ours.event === 'take-profit'
    ? { reason: 'take_profit', byOrder: 'take-profit' }
    : { reason: 'unknown', byOrder: 'none' }
}

function stopCause(position: PositionRow, trigger: string | null): ExitCause {
  return { reason: trigger !== null && isTrailStop(position, trigger) ? 'trail' : 'native_stop', byOrder: 'stop' }
}

/** What fees in coins are worth. */
export interface FeeTerms {
  /** Currency that the account settles in; one USD. */
  readonly settlement: string
  /** Of other coins, as far as they are known. */
  readonly rates: ReadonlyMap<string, TokenRate>
}

/**
 * Realised result of a complete episode: the venue's closedPnl minus fees (entry fees included) plus funding; null for any other. A
 * fee without a rate, or that the venue has not stated yet, is not in it, and makes it provisional (F5, B22).
 */
export function realisedOf(
  episode: Episode,
  funding: readonly DecimalString[],
  { settlement, rates }: FeeTerms,
): RealisedPnl | null {
  if (episode.status !== 'closed' || episode.coverage !== 'complete') return null
  const otherFees = otherFeesOf(episode.fees, settlement, rates)
  const known = otherFees.flatMap(({ value }) => (value === null ? [] : [value]))
  const fees = sumDecimals([episode.fees[settlement] ?? ZERO_STRING, ...known])
  const fundingSum = sumDecimals(funding)
  return {
    gross: episode.grossVenue,
    fees: toDecimalString(fees),
    ...(otherFees.length > 0 && { otherFees }),
    funding: toDecimalString(fundingSum),
    net: toDecimalString(decimal(episode.grossVenue).minus(fees).plus(fundingSum)),
    provisional: known.length < otherFees.length || episode.legs.some(({ fill }) => fill.feePending === true),
  }
}

/** The fees of a result that moved the settlement currency itself, USD. */
export function settledFeesOf({ fees, otherFees = [] }: RealisedPnl): DecimalString {
  return toDecimalString(otherFees.reduce((rest, { value }) => rest.minus(value ?? ZERO), decimal(fees)))
}

/** All that ends a position. */
export interface Closing {
  readonly episode: Episode
  readonly result: RealisedPnl
  readonly cause: ExitCause
  readonly orphaned: boolean
}

/** The position as the book keeps it for good. */
export function closedPosition(position: PositionRow, closing: Closing, now: number): PositionRow {
  const { episode, result, cause, orphaned } = closing
  const closedAt = episode.closedAt ?? now
  const nakedTail = position.nakedSince === null ? 0 : Math.max(0, closedAt - position.nakedSince)
  return {
    ...position,
    state: 'closed',
    open: false,
    entrySettled: true,
    size: episode.residual,
    entryAverage: episode.entryAverage,
    exitAverage: episode.exitAverage,
    exitReason: cause.reason,
    orphaned,
    realised: result,
    nakedMs: position.nakedMs + nakedTail,
    nakedSince: null,
    openedAt: episode.openedAt,
    closedAt,
    updatedAt: now,
  }
}

/** One realised ledger row; its id is the episode, so that one episode is booked once whoever books it. Fees in other coins are rows of their own. */
export function ledgerRowOf(position: PositionRow, episode: Episode, result: RealisedPnl): LedgerRow {
  return {
    ledgerId: factIdOf('ledger', episode.account, episode.episodeId),
    account: position.account,
    kind: 'realised',
    instrument: position.instrument,
    positionId: position.positionId,
    gross: result.gross,
    fees: settledFeesOf(result),
    net: toDecimalString(decimal(result.gross).minus(settledFeesOf(result))),
    evidence: [...new Set(episode.legs.map((leg) => leg.fill.fillId))],
    at: episode.closedAt ?? position.updatedAt,
  }
}

/** Ledger rows of the fees in other coins whose rate is known: one a position and coin, whenever it becomes known and whoever books it. */
export function feeRowsOf(
  position: Pick<PositionRow, 'positionId' | 'account' | 'instrument'>,
  { otherFees = [] }: RealisedPnl,
  at: number,
): LedgerRow[] {
  return otherFees.flatMap((conversion) => {
    const { token, value } = conversion
    if (value === null) return []
    const { positionId, account, instrument } = position
    return [
      {
        ledgerId: factIdOf('ledger', account, 'fee', positionId, token),
        account,
        kind: 'fee',
        instrument,
        positionId,
        gross: ZERO_STRING,
        fees: value,
        net: toDecimalString(ZERO.minus(value)),
        conversion,
        evidence: [positionId],
        at,
      },
    ]
  })
}
