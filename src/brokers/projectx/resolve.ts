/**
 * Gathers the evidence about a request whose outcome is unknown: orders by tag over the time since it was prepared, live orders, then
 * trades joined by order id (A11, A12). Only when all of that is empty, and only where that is allowed, the very same bytes go out
 * again: the tag makes the venue refuse a second order (A8, A13). resolution.ts decides what it proves.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ClientOrderId } from '#domain/ids.ts'
import type { CancelOrder, NewOrder, OrderCommand, PreparedRequest } from '#domain/order.ts'
import type { Broker, Resolution } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { childReports, decideResolution } from './resolution.ts'
import type { SendVerdict } from './send-verdict.ts'
import { orderStatusOf, reportOf } from './translate.ts'
import type { WireOrder } from './wire.ts'

/** What the resolver may do at the venue. Reads throw BrokerUnavailable. */
export interface ResolverPorts {
  transmit(body: string, command: OrderCommand): Promise<SendVerdict>
  ordersOfId(id: ClientOrderId, from: number): Promise<readonly WireOrder[]>
  orderById(orderId: string): Promise<WireOrder | null>
  /** Order ids of trades since an instant that belong to the id. */
  ordersTraded(id: ClientOrderId, from: number): Promise<readonly string[]>
  /** Whether the account holds at least what the order would reduce. */
  isCovered(command: NewOrder): Promise<boolean>
  fence(request: PreparedRequest): ReturnType<Broker['fence']>
  clock(): number
}

/** How long a resolution looks for what the venue says it has. */
export interface ResolverTerms {
  readonly lookups: number
  /** Over all looks together, ms. */
  readonly spanMs: number
}

/** Records were seen to lag: four looks over 1.5 s. */
export const RESOLVER_TERMS: ResolverTerms = { lookups: 4, spanMs: 1_500 }

/** Orders are searched from a little earlier than our clock's idea of when we prepared: clocks differ. */
const CLOCK_SLACK_MS = 60_000

/** Finds out what became of a request. Never throws: what cannot be read leaves it unknown. */
export async function resolveRequest(
  ports: ResolverPorts,
  request: PreparedRequest,
  command: OrderCommand,
  terms: ResolverTerms & { readonly resend: boolean },
): Promise<Resolution> {
  try {
    return command.type === 'new-order'
      ? await resolveNewOrder(ports, request, command, terms)
      : await resolveCancel(ports, request, command, terms)
  } catch (error) {
    if (error instanceof BrokerUnavailable) return { kind: 'unknown', observed: error.message }
    throw error
  }
}

async function resolveNewOrder(
  ports: ResolverPorts,
  request: PreparedRequest,
  command: NewOrder,
  terms: ResolverTerms & { readonly resend: boolean },
): Promise<Resolution> {
  const first = await look(ports, request, command)
  if (first.kind !== 'unknown' || first.found || !terms.resend) return plain(first)
  if (command.reduceOnly && !(await ports.isCovered(command))) return await giveUp(ports, request, command, terms)
  const verdict = await ports.transmit(request.body, command)
  const at = ports.clock()
  switch (verdict.kind) {
    case 'accepted':
      return await acceptedNow(ports, command, verdict.orderId)
    case 'refused':
      return {
        kind: 'rejected',
        reason: verdict.reason,
        evidence: { kind: 'definitive-rejection', at, detail: verdict.reason },
      }
    case 'duplicate':
      return await lookRepeatedly(terms, () => look(ports, request, command))
    case 'not-sent':
      return { kind: 'unknown', observed: verdict.detail }
    case 'unknown':
      return verdict
  }
}

/**
 * What an exit or stop was to reduce is gone: sent now it would open the other side, because no order is reduce-only here. It is made
 * impossible instead, and whoever wanted it looks at the account anew.
 */
async function giveUp(
  ports: ResolverPorts,
  request: PreparedRequest,
  command: NewOrder,
  terms: ResolverTerms,
): Promise<Resolution> {
  const fenced = await ports.fence(request)
  switch (fenced.kind) {
    case 'absent':
      return { kind: 'absent', evidence: fenced.evidence }
    case 'admitted':
      return await lookRepeatedly(terms, () => look(ports, request, command))
    case 'unknown':
      return fenced
  }
}

/** What an order that the venue took can turn out to be. */
type Taken = Extract<Resolution, { readonly kind: 'accepted' } | { readonly kind: 'rejected' }>

/** The venue took the order just now; how it stands is one more look, whose failure changes nothing. */
export async function acceptedNow(
  ports: Pick<ResolverPorts, 'orderById' | 'clock'>,
  command: NewOrder,
  orderId: string | null,
): Promise<Taken> {
  const { row, words } = await lookOnce(ports, orderId)
  const at = ports.clock()
  const detail = `the venue took it as order ${orderId}, which ${words}`
  const report =
    row === null
      ? ({
          result: 'accepted',
          clientOrderId: command.clientOrderId,
          venueOrderId: orderId,
          status: 'working',
          filledSize: '0' as NewOrder['size'],
          averagePrice: null,
        } as const)
      : reportOf(row, command.clientOrderId)
  if (report.result === 'rejected') {
    return { kind: 'rejected', reason: report.reason, evidence: { kind: 'order-record', at, detail } }
  }
  return {
    kind: 'accepted',
    reports: [report, ...childReports(command, [])],
    evidence: { kind: 'acknowledgement', at, detail },
  }
}

async function resolveCancel(
  ports: ResolverPorts,
  request: PreparedRequest,
  command: CancelOrder,
  terms: ResolverTerms & { readonly resend: boolean },
): Promise<Resolution> {
  const first = await lookAtTarget(ports, command)
  if (first.kind !== 'unknown' || !terms.resend) return first
  // Cancelling an order again can only end the same order.
  const verdict = await ports.transmit(request.body, command)
  const last = await lookRepeatedly(terms, () => lookAtTarget(ports, command))
  if (last.kind !== 'unknown' || verdict.kind !== 'refused') return last
  const { reason } = verdict
  return { kind: 'rejected', reason, evidence: { kind: 'definitive-rejection', at: ports.clock(), detail: reason } }
}

/** Looks at the target of a cancel. @throws BrokerUnavailable */
export async function lookAtTarget(
  ports: Pick<ResolverPorts, 'orderById' | 'clock'>,
  command: CancelOrder,
): Promise<Resolution> {
  const row = command.targetVenueOrderId === null ? null : await ports.orderById(command.targetVenueOrderId)
  return decideResolution(command, row === null ? [] : [row], ports.clock())
}

type Look = Resolution & { readonly found: boolean }

async function look(ports: ResolverPorts, request: PreparedRequest, command: NewOrder): Promise<Look> {
  const id = command.clientOrderId
  const from = Math.max(0, request.preparedAt - CLOCK_SLACK_MS)
  const rows = [...(await ports.ordersOfId(id, from))]
  if (rows.length === 0) {
    for (const orderId of await ports.ordersTraded(id, from)) {
      const row = await ports.orderById(orderId)
      if (row === null)
        throw new BrokerUnavailable(`a trade belongs to our order ${orderId}, whose record is not shown`)
      rows.push(row)
    }
  }
  return { ...decideResolution(command, rows, ports.clock()), found: rows.length > 0 }
}

async function lookRepeatedly<Found extends Resolution>(
  { lookups, spanMs }: ResolverTerms,
  see: () => Promise<Found>,
): Promise<Resolution> {
  let seen = await see()
  for (let count = 1; count < lookups && seen.kind === 'unknown'; count += 1) {
    await delay(Math.ceil(spanMs / Math.max(1, lookups - 1)))
    seen = await see()
  }
  return plain(seen)
}

function plain(resolution: Resolution & { readonly found?: boolean }): Resolution {
  const { found: _found, ...rest } = resolution
  return rest
}

/** The acknowledgement stands without this look; a later one tells more. */
async function lookOnce(
  ports: Pick<ResolverPorts, 'orderById'>,
  orderId: string | null,
): Promise<{ readonly row: WireOrder | null; readonly words: string }> {
  if (orderId === null) return { row: null, words: 'has no id' }
  try {
    const row = await ports.orderById(orderId)
    return { row, words: row === null ? 'is not shown yet' : `is ${orderStatusOf(row.status)[0]}` }
  } catch (error) {
    if (error instanceof BrokerUnavailable) return { row: null, words: `could not be looked at: ${error.message}` }
    throw error
  }
}
