/**
 * Decides what became of a request whose outcome was unknown, from evidence alone. Positive evidence wins at once;
 * absence needs a fence (nothing can land any more) AND repeated, spaced, complete looking after the fence (A22, A9).
 */
import { Decimal, type DecimalString, decimal, sumDecimals, toDecimalString, ZERO } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import type { BrokerOrder, Evidence, NewOrder, OrderCommand } from '#domain/order.ts'
import type { OrderReport, Resolution } from '#brokers/broker.ts'

const AVERAGE_DIGITS = 20

/** One look at the venue's record of an order. */
export interface Lookup {
  /** Monotonic ms at the answer. */
  readonly at: number
  readonly order: BrokerOrder | null
}

/** A search that either completed or could not. */
export type Search<Found> =
  | { readonly kind: 'complete'; readonly found: readonly Found[] }
  | { readonly kind: 'unavailable'; readonly detail: string }

/** Why nothing of the request can land any more, known BEFORE the lookups were made; null when it still can. */
export type Fence =
  /** The venue has processed this nonce. */
  | { readonly kind: 'processed'; readonly detail: string }
  /** The venue will never process it: nonce below the window, or the deadline over in venue time. */
  | { readonly kind: 'closed'; readonly evidence: 'nonce-fence' | 'deadline-passed'; readonly detail: string }

/** All that was gathered about one request. */
export interface ResolutionEvidence {
  readonly command: OrderCommand
  readonly fence: Fence | null
  /** Looks at the order (or at a cancel's target), oldest first, all after the fence was established. */
  readonly lookups: readonly Lookup[]
  /** Fills since the request was prepared that carry the order's id, in venue order. */
  readonly fills: Search<Fill>
  /** Open orders of the account that carry one of the command's ids. */
  readonly openOrders: Search<BrokerOrder>
}

/** How much looking makes an absence. */
export interface AbsenceTerms {
  readonly lookups: number
  /** Least time between the first and the last look, ms. */
  readonly spanMs: number
  /**
   * Whether a request that the venue has processed always leaves a record, refused or not: then a missing one only lags, and nothing is
   * concluded from it.
   */
  readonly processedLeavesRecord?: boolean
}

/** What the evidence proves; `at` is the time of the decision, ms. */
export function decideResolution(evidence: ResolutionEvidence, terms: AbsenceTerms, at: number): Resolution {
  return evidence.command.type === 'new-order'
    ? decideNewOrder(evidence, evidence.command, terms, at)
    : decideCancel(evidence, terms, at)
}

function decideNewOrder(evidence: ResolutionEvidence, command: NewOrder, terms: AbsenceTerms, at: number): Resolution {
  const record = lastRecord(evidence)
  if (record !== null && isStranger(record, command)) {
    // Our id on an order we never asked for (A16): only a human can say what happened.
    const { venueOrderId, side, originalSize, instrument } = record
    const asked = `${command.side} ${command.size} ${command.instrument}`
    const observed = `order ${venueOrderId} carries our id but is ${side} ${originalSize} ${instrument}, not ${asked}`
    return { kind: 'unknown', observed }
  }
  if (record?.status === 'rejected') {
    return { kind: 'rejected', reason: record.venueStatus, evidence: orderRecord(record, at) }
  }
  const children = childrenOf(evidence, command)
  if (record !== null) {
    return { kind: 'accepted', reports: [reportOfOrder(record), ...children], evidence: orderRecord(record, at) }
  }
  if (evidence.fills.kind === 'complete' && evidence.fills.found.length > 0) {
    const report = reportOfFills(evidence.fills.found, command)
    const detail = `fills ${evidence.fills.found.map((fill) => fill.fillId).join(', ')}`
    return {
      kind: 'accepted',
      reports: [report, ...children],
      evidence: { kind: 'fill', at, detail },
    }
  }
  return decideAbsence(evidence, terms, at)
}

/** An order that reduces only may be cut to the position by the venue; an entry never is. */
function isStranger({ side, instrument, originalSize }: BrokerOrder, command: NewOrder): boolean {
  const isSize = command.reduceOnly || decimal(originalSize).eq(command.size)
  return side !== command.side || instrument !== command.instrument || !isSize
}

function decideCancel(evidence: ResolutionEvidence, terms: AbsenceTerms, at: number): Resolution {
  const record = lastRecord(evidence)
  if (record === null) return decideAbsence(evidence, terms, at)
  if (record.status !== 'working') {
    return { kind: 'accepted', reports: [reportOfOrder(record)], evidence: orderRecord(record, at) }
  }
  // Still working: the cancel has not landed yet, or, past its fence, never will.
  return decideNotLanded(evidence, terms, at, `the target ${record.venueOrderId} is still ${record.venueStatus}`)
}

function decideAbsence(evidence: ResolutionEvidence, terms: AbsenceTerms, at: number): Resolution {
  const { fills, openOrders } = evidence
  if (fills.kind === 'unavailable') return { kind: 'unknown', observed: `fills could not be searched: ${fills.detail}` }
  if (openOrders.kind === 'unavailable') {
    return { kind: 'unknown', observed: `open orders could not be searched: ${openOrders.detail}` }
  }
  return decideNotLanded(evidence, terms, at, 'no order record, no fill and no open order carries its id')
}

function decideNotLanded(evidence: ResolutionEvidence, terms: AbsenceTerms, at: number, seen: string): Resolution {
  const { fence, lookups } = evidence
  if (fence === null) return { kind: 'unknown', observed: `${seen}, but the request can still land` }
  const span = (lookups.at(-1)?.at ?? 0) - (lookups[0]?.at ?? 0)
  if (lookups.length < terms.lookups || span < terms.spanMs) {
    return { kind: 'unknown', observed: `${seen} in ${lookups.length} looks over ${span} ms: too few to prove absence` }
  }
  const detail = `${fence.detail}; ${lookups.length} looks over ${span} ms: ${seen}`
  if (fence.kind === 'processed' && terms.processedLeavesRecord === true) {
    return { kind: 'unknown', observed: `${detail}; its record must show up` }
  }
  if (fence.kind === 'closed') return { kind: 'absent', evidence: { kind: fence.evidence, at, detail } }
  return {
    kind: 'rejected',
    reason: 'the venue processed the request without effect; its words were lost',
    evidence: { kind: 'nonce-fence', at, detail },
  }
}

// The latest look decides, but a record once seen is never unseen; open orders are the last place to look (A11).
function lastRecord(evidence: ResolutionEvidence): BrokerOrder | null {
  const seen = evidence.lookups.findLast((lookup) => lookup.order !== null)?.order
  const { command } = evidence
  return (
    seen ?? openOrdersOf(evidence, command.type === 'new-order' ? command.clientOrderId : command.target)[0] ?? null
  )
}

function openOrdersOf(evidence: ResolutionEvidence, id: ClientOrderId | null): BrokerOrder[] {
  if (evidence.openOrders.kind === 'unavailable' || id === null) return []
  return evidence.openOrders.found.filter((order) => order.clientOrderId === id)
}

/** The stop that rode along, by its own id or, where the venue names the parent alone, by that. */
function childrenOf(evidence: ResolutionEvidence, { clientOrderId, attachedStop }: NewOrder): OrderReport[] {
  if (attachedStop === null || evidence.openOrders.kind === 'unavailable') return []
  return evidence.openOrders.found
    .filter((order) => order.clientOrderId === attachedStop.clientOrderId || order.attachedTo === clientOrderId)
    .map((order) => reportOfOrder({ ...order, clientOrderId: attachedStop.clientOrderId }))
}

/** How much of an order has been filled, contracts. */
export function filledSizeOf(order: Pick<BrokerOrder, 'originalSize' | 'leavesSize'>): DecimalString {
  return toDecimalString(Decimal.max(ZERO, decimal(order.originalSize).minus(order.leavesSize)))
}

/** The report of an order as the venue records it. */
export function reportOfOrder(order: BrokerOrder): OrderReport {
  const { clientOrderId, venueOrderId, status } = order
  // Every record here was found by its client order id.
  const id = clientOrderId as ClientOrderId
  if (status === 'rejected') return { result: 'rejected', clientOrderId: id, reason: order.venueStatus }
  return {
    result: 'accepted',
    clientOrderId: id,
    venueOrderId,
    status: status === 'triggered' ? 'working' : status,
    filledSize: filledSizeOf(order),
    averagePrice: null,
  }
}

function reportOfFills(fills: readonly Fill[], command: NewOrder): OrderReport {
  const size = sumDecimals(fills.map((fill) => fill.size))
  const value = fills.reduce((sum, fill) => sum.plus(decimal(fill.price).times(fill.size)), ZERO)
  return {
    result: 'accepted',
    clientOrderId: command.clientOrderId,
    venueOrderId: fills[0]?.venueOrderId ?? null,
    // Whether a rest still works, the fills alone do not say: then working, and the monitor looks on.
    status: size.gte(command.size) || command.timeInForce === 'ioc' ? 'filled' : 'working',
    filledSize: toDecimalString(size),
    averagePrice: toDecimalString(value.div(size).toSignificantDigits(AVERAGE_DIGITS)),
  }
}

function orderRecord(order: BrokerOrder, at: number): Evidence {
  const { venueOrderId, venueStatus, statusAt, leavesSize, originalSize } = order
  const detail = `order ${venueOrderId} is ${venueStatus} since ${statusAt}, ${leavesSize} of ${originalSize} left`
  return { kind: 'order-record', at, detail }
}
