/** How an ended position is booked: result from its episode's fills, reason from the order that made the exit. Pure. */
import { type DecimalString, decimal, sumDecimals, toDecimalString } from './decimal.ts'
import type { Episode } from './episode.ts'
import type { ForcedBy } from './fill.ts'
import { type ClientOrderId, factIdOf } from './ids.ts'
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

/** Realised result of a complete episode: the venue's closedPnl minus fees (entry fees included) plus funding. */
export function realisedOf(episode: Episode, funding: readonly DecimalString[]): RealisedPnl | null {
  if (episode.net === null || episode.status !== 'closed' || episode.coverage !== 'complete') return null
  const fees = decimal(episode.grossVenue).minus(episode.net)
  const fundingSum = sumDecimals(funding)
  return {
    gross: episode.grossVenue,
    fees: toDecimalString(fees),
    funding: toDecimalString(fundingSum),
    net: toDecimalString(decimal(episode.net).plus(fundingSum)),
    provisional: false,
  }
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

/** One realised ledger row; its id is the episode, so that one episode is booked once whoever books it. */
export function ledgerRowOf(position: PositionRow, episode: Episode, result: RealisedPnl): LedgerRow {
  return {
    ledgerId: factIdOf('ledger', episode.account, episode.episodeId),
    account: position.account,
    kind: 'realised',
    instrument: position.instrument,
    positionId: position.positionId,
    gross: result.gross,
    fees: result.fees,
    net: toDecimalString(decimal(result.gross).minus(result.fees)),
    evidence: [...new Set(episode.legs.map((leg) => leg.fill.fillId))],
    at: episode.closedAt ?? position.updatedAt,
  }
}
