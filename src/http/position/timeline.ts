/**
 * Everything that happened to one position, in order of time: signal, decisions, what was sent and the evidence for what became of it, the
 * venue's orders and fills with its own ids, ledger rows and alerts. Rows are handed through as they are; titles are for people. Pure.
 */
import type { Fill } from '#domain/fill.ts'
import { payloadHashOf } from '#domain/ids.ts'
import type { IntentRow, OrderCommand, OrderRow, PreparedRequest } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { isWorking } from '#domain/working-order.ts'
import type { AlertRow, AuditRow, LedgerRow, SignalRow } from '#domain/records.ts'
import type { TimelineEvent } from '../overview-wire.ts'

/** The rows about one position. */
export interface PositionRows {
  readonly position: PositionRow | null
  readonly signal: SignalRow | null
  readonly records: readonly AuditRow[]
  readonly intents: readonly IntentRow[]
  readonly orders: readonly OrderRow[]
  /** Fills of the account on the instrument while the position lived; those of others too. */
  readonly fills: readonly Fill[]
  readonly ledger: readonly LedgerRow[]
  readonly alerts: readonly AlertRow[]
}

/** Steps at one instant in the order in which they follow from each other. */
const ORDER: readonly TimelineEvent['what'][] = [
  'signal',
  'decision',
  'intent',
  'sent',
  'evidence',
  'order',
  'fill',
  'ledger',
  'alert',
]

/** Oldest first. */
export function timelineOf(rows: PositionRows): TimelineEvent[] {
  const events = [
    ...(rows.signal === null ? [] : [signalEvent(rows.signal)]),
    ...rows.records.map(recordEvent),
    ...rows.intents.flatMap(intentEvents),
    ...rows.orders.map((row) => orderEvent(row, rows.position)),
    ...fillEvents(rows),
    ...rows.ledger.map(ledgerEvent),
    ...rows.alerts.map(alertEvent),
  ]
  return events.toSorted((a, b) => a.at - b.at || ORDER.indexOf(a.what) - ORDER.indexOf(b.what))
}

function signalEvent(row: SignalRow): TimelineEvent {
  const { signal } = row
  return {
    at: row.receivedAt,
    what: 'signal',
    id: row.signalKey,
    title: `Signal ${signal.kind} accepted`,
    detail: `${signal.source} ${signal.signal_id}, strategy ${signal.strategy}`,
    ours: true,
    row: signal,
  }
}

function recordEvent(row: AuditRow): TimelineEvent {
  return {
    at: row.at,
    what: 'decision',
    id: row.auditId,
    title: row.decision,
    detail: `by ${row.actor}, record ${row.seq}`,
    ours: true,
    row: row.inputs,
  }
}

function intentEvents(row: IntentRow): TimelineEvent[] {
  const about = { id: row.intentId, ours: true }
  const name = `${row.event}${row.leg > 0 ? `, leg ${row.leg}` : ''}`
  const made: TimelineEvent = {
    ...about,
    at: row.createdAt,
    what: 'intent',
    title: `Intent: ${name}`,
    detail: commandText(row.command),
    row: row.command,
  }
  const sent: TimelineEvent[] =
    row.sentAt === null
      ? []
      : [
          {
            ...about,
            at: row.sentAt,
            what: 'sent',
            title: `Sent: ${name}`,
            detail: `${row.state}; nonce ${row.request?.nonce ?? 'none'}, deadline ${row.request?.deadline ?? 'none'}`,
            row: row.request === null ? null : requestShown(row.request),
          },
        ]
  const proven = row.evidence.map((evidence): TimelineEvent => ({
    ...about,
    at: evidence.at,
    what: 'evidence',
    title: `${name}: ${evidence.kind}`,
    detail: evidence.detail,
    row: evidence,
  }))
  return [made, ...sent, ...proven]
}

/** What was sent, without the signed bytes: a hash names them. */
function requestShown({ body, ...shown }: PreparedRequest): unknown {
  return { ...shown, bodyHash: payloadHashOf(body) }
}

function commandText(command: OrderCommand): string {
  if (command.type === 'cancel-order') return `cancel ${command.target}`
  const { side, size, instrument, limitPrice, timeInForce, reduceOnly, trigger } = command
  const at = trigger === null ? `at ${limitPrice} ${timeInForce}` : `${trigger.kind} at ${trigger.triggerPrice}`
  return `${side} ${size} ${instrument} ${at}${reduceOnly ? ', reduce-only' : ''}`
}

/** What the venue said of it when it was read; that one which was working then has ended since is known from its position. */
function orderEvent(row: OrderRow, position: PositionRow | null): TimelineEvent {
  const since = row.status === 'working' && !isWorking(row, position) ? ', ended since' : ''
  return {
    at: row.statusAt,
    what: 'order',
    id: row.clientOrderId,
    title: `Order ${row.status}: ${row.event}${since}`,
    detail: `venue order ${row.venueOrderId ?? 'not named'}, "${row.venueStatus}", left ${row.leavesSize} of ${row.originalSize}`,
    ours: true,
    row,
  }
}

function fillEvents({ position, orders, ledger, fills }: PositionRows): TimelineEvent[] {
  const clientIds = new Set<string | null>(position?.orders.map(({ clientOrderId }) => clientOrderId))
  const venueIds = new Set<string | null>(orders.map(({ venueOrderId }) => venueOrderId))
  const evidence = new Set(ledger.flatMap((row) => row.evidence))
  const lived = (at: number): boolean =>
    position !== null && at >= position.createdAt && at <= (position.closedAt ?? Infinity)
  return fills.flatMap((fill) => {
    const ours =
      evidence.has(fill.fillId) ||
      venueIds.has(fill.venueOrderId) ||
      (fill.clientOrderId !== null && clientIds.has(fill.clientOrderId))
    // Those of others are told while this one lived; before and after it they are another's story.
    if (!ours && !lived(fill.time)) return []
    const event: TimelineEvent = {
      at: fill.time,
      what: 'fill',
      id: fill.fillId,
      title: `Fill: ${fill.side} ${fill.size} at ${fill.price}`,
      detail: `${fill.direction}; venue order ${fill.venueOrderId}, trade ${fill.tradeId}, closed PnL ${fill.closedPnl}, fee ${fill.fee} ${fill.feeToken}`,
      ours,
      row: fill.raw,
    }
    return [event]
  })
}

function ledgerEvent(row: LedgerRow): TimelineEvent {
  return {
    at: row.at,
    what: 'ledger',
    id: row.ledgerId,
    title: `Ledger: ${row.kind} ${row.net} USD`,
    detail: `gross ${row.gross}, fees ${row.fees}; ${row.evidence.length} pieces of evidence`,
    ours: true,
    row,
  }
}

function alertEvent(row: AlertRow): TimelineEvent {
  return {
    at: row.raisedAt,
    what: 'alert',
    id: row.alertId,
    title: `Alert ${row.severity}: ${row.title}`,
    detail: row.detail,
    ours: true,
    row,
  }
}
