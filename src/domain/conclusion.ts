/** Folds what the venue told about an intent into rows. Pure; the commit that stores them is the worker's. */
import type { DecimalString } from './decimal.ts'
import { ZERO_STRING, decimal, toDecimalString } from './decimal.ts'
import type { ClientOrderId } from './ids.ts'
import type { Evidence, IntentRow, NewOrder, OrderRow } from './order.ts'
import type { PositionRow } from './position.ts'

/** The venue's answer about one accepted order, as the broker port reports it. */
export interface AcceptedReport {
  readonly clientOrderId: ClientOrderId
  readonly venueOrderId: string | null
  readonly status: 'working' | 'filled' | 'waiting' | 'canceled'
  readonly filledSize: DecimalString
}

export function settledIntent(
  intent: IntentRow,
  state: 'accepted' | 'rejected',
  evidence: Evidence,
  now: number,
): IntentRow {
  return { ...intent, state, settled: true, evidence: [...intent.evidence, evidence], updatedAt: now }
}

export function unknownIntent(intent: IntentRow, now: number): IntentRow {
  return { ...intent, state: 'unknown', updatedAt: now }
}

/** The book's copy of an accepted order (the entry, its attached stop, an exit, a stop). */
export function orderRowOf(intent: IntentRow, command: NewOrder, report: AcceptedReport, now: number): OrderRow {
  const working = report.status === 'working' || report.status === 'waiting'
  return {
    ...termsOf(intent, command, report.clientOrderId),
    clientOrderId: report.clientOrderId,
    venueOrderId: report.venueOrderId,
    account: intent.account,
    positionId: intent.positionId,
    instrument: command.instrument,
    originalSize: command.size,
    leavesSize: working ? toDecimalString(decimal(command.size).minus(report.filledSize)) : ZERO_STRING,
    status: working ? 'working' : report.status === 'filled' ? 'filled' : 'canceled',
    venueStatus: report.status,
    placedAt: now,
    statusAt: now,
    working,
    updatedAt: now,
  }
}

type Terms = Pick<OrderRow, 'event' | 'side' | 'limitPrice' | 'reduceOnly' | 'trigger'>

function termsOf(intent: IntentRow, command: NewOrder, clientOrderId: ClientOrderId): Terms {
  const { side, limitPrice, reduceOnly, trigger, attachedStop } = command
  if (attachedStop?.clientOrderId !== clientOrderId)
    return { event: intent.event, side, limitPrice, reduceOnly, trigger }
  return {
    event: 'stop',
    side: side === 'buy' ? 'sell' : 'buy',
    limitPrice: attachedStop.limitPrice,
    reduceOnly: true,
    trigger: { kind: 'stop', triggerPrice: attachedStop.triggerPrice },
  }
}

/** A position whose entry provably never made exposure. */
export function canceledPosition(position: PositionRow, now: number): PositionRow {
  return {
    ...position,
    state: 'canceled',
    open: false,
    entrySettled: true,
    nativeStop: null,
    nakedSince: null,
    closedAt: now,
    updatedAt: now,
  }
}
