/** The rows of an approved entry: reservation, position and intent, written together or not at all. */
import type { Write } from '#book/book.ts'
import { decimal } from '#domain/decimal.ts'
import { orderSideOf, slippedPrice } from '#domain/entry-plan.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { AttachedStop, NewOrder } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { OpenSignal, ReverseSignal } from '#domain/signal.ts'
import type { EntryDecision } from './entry-decision.ts'
import type { RouteView } from './route-view.ts'
import type { TradingAccount } from './worker.ts'

type Approved = Extract<EntryDecision, { kind: 'approved' }>

export function entryRows(
  view: RouteView,
  signal: OpenSignal | ReverseSignal,
  approved: Approved,
  trading: TradingAccount,
): Write[] {
  const { envelope, now } = view
  const entryId = clientOrderIdOf(envelope.position_id, 'entry', 0)
  const command = entryCommand(view, signal, approved, trading)
  return [
    reservation(view, signal, approved),
    {
      op: 'create',
      kind: 'positions',
      id: envelope.position_id,
      row: positionRow(view, signal, approved, command.attachedStop),
    },
    {
      op: 'create',
      kind: 'intents',
      id: entryId,
      row: newIntent(
        { positionId: envelope.position_id, account: envelope.account, instrument: approved.instrument.instrument },
        {
          intentId: entryId,
          event: 'entry',
          leg: 0,
          command,
          sendBefore: (envelope.payload.reversed ? now : signal.ts) + signal.valid_for_ms,
        },
        now,
      ),
    },
  ]
}

function reservation(view: RouteView, signal: OpenSignal | ReverseSignal, { plan, instrument, row }: Approved): Write {
  const { envelope, now } = view
  const next = {
    ...row,
    exposures: {
      ...row.exposures,
      [instrument.instrument]: {
        positionId: envelope.position_id,
        side: signal.side,
        notional: plan.notional,
        size: plan.size,
        root: instrument.root,
      },
    },
    recentEntries: [...row.recentEntries.filter((at) => now - at < 60_000), now],
    updatedAt: now,
  }
  return view.account === null
    ? { op: 'create', kind: 'accounts', id: envelope.account, row: next }
    : { op: 'replace', kind: 'accounts', id: envelope.account, revision: view.account.revision, row: next }
}

function entryCommand(
  view: RouteView,
  signal: OpenSignal | ReverseSignal,
  { plan, instrument }: Approved,
  trading: TradingAccount,
): NewOrder {
  const exitSide = orderSideOf(signal.side, 'exit')
  const attachedStop: AttachedStop | null =
    plan.stopLoss === null || !trading.broker.capabilities.attachedStop
      ? null
      : {
          clientOrderId: clientOrderIdOf(view.envelope.position_id, 'stop', 0),
          triggerPrice: plan.stopLoss,
          limitPrice: slippedPrice(instrument, decimal(plan.stopLoss), exitSide, trading.policy.pace.exitSlippageBps),
          entryReference: plan.reference,
        }
  return {
    type: 'new-order',
    clientOrderId: clientOrderIdOf(view.envelope.position_id, 'entry', 0),
    instrument: instrument.instrument,
    side: plan.side,
    size: plan.size,
    limitPrice: plan.limitPrice,
    timeInForce: plan.timeInForce,
    reduceOnly: false,
    trigger: null,
    attachedStop,
  }
}

function positionRow(
  view: RouteView,
  signal: OpenSignal | ReverseSignal,
  { plan, instrument }: Approved,
  stop: AttachedStop | null,
): PositionRow {
  const { envelope, now } = view
  const entry = { clientOrderId: clientOrderIdOf(envelope.position_id, 'entry', 0), event: 'entry', leg: 0 } as const
  return {
    positionId: envelope.position_id,
    signalKey: view.signal.signalKey,
    account: envelope.account,
    instrument: instrument.instrument,
    strategy: signal.strategy,
    side: signal.side,
    state: 'pending',
    open: true,
    plannedSize: plan.size,
    size: '0' as PositionRow['size'],
    entryAverage: null,
    exitAverage: null,
    entrySettled: false,
    discipline: {
      stopLoss: plan.stopLoss,
      takeProfit: plan.takeProfit,
      trail:
        signal.trail === undefined
          ? null
          : { distanceBps: signal.trail.distance_bps, activateBps: signal.trail.activate_bps },
      maxHoldMs: signal.max_hold_ms ?? null,
      entryTimeoutMs: plan.entryTimeoutMs,
    },
    bestMark: null,
    nativeStop:
      stop === null
        ? null
        : {
            clientOrderId: stop.clientOrderId,
            leg: 0,
            triggerPrice: stop.triggerPrice,
            size: plan.size,
            confirmedAt: null,
          },
    nakedSince: null,
    nakedMs: 0,
    orders: stop === null ? [entry] : [entry, { clientOrderId: stop.clientOrderId, event: 'stop', leg: 0 }],
    exit: null,
    exitReason: null,
    orphaned: false,
    realised: null,
    afterClose: null,
    createdAt: now,
    openedAt: null,
    closedAt: null,
    updatedAt: now,
  }
}
