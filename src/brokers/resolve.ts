/**
 * Gathers the evidence about a request whose outcome is unknown: the same bytes again while that is harmless, the venue's
 * clock, the order record, the fills, the open orders, in this order. resolution.ts decides what it proves.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Fill } from '#domain/fill.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import type { BrokerOrder, OrderCommand, PreparedRequest } from '#domain/order.ts'
import type { Resolution } from './broker.ts'
import { BrokerUnavailable } from './errors.ts'
import { type AbsenceTerms, decideResolution, type Fence, type Lookup, type Search } from './resolution.ts'
import { legIdsOf, type TransmissionVerdict } from './transmission.ts'

/** What the resolver may do at the venue. Reads throw BrokerUnavailable. */
export interface ResolverPorts {
  /** Sends the very same bytes again. */
  transmit(): Promise<TransmissionVerdict>
  /** The venue's own time, ms. */
  venueTime(): Promise<number>
  findOrder(clientOrderId: ClientOrderId): Promise<BrokerOrder | null>
  fillsSince(from: number): Promise<{ readonly fills: readonly Fill[]; readonly complete: boolean }>
  openOrders(): Promise<readonly BrokerOrder[]>
  clock(): number
  /** Monotonic ms, for the spacing of looks. */
  elapsed(): number
}

/** How a resolution looks around. */
export interface ResolverTerms extends AbsenceTerms {
  /** Time before the deadline from which the bytes are not sent again, and after it before it counts as passed, ms. */
  readonly marginMs: number
}

/** Looking four times over 1.5 s: an order record was seen to lag its acknowledgement by one read. */
export const RESOLVER_TERMS: ResolverTerms = { lookups: 4, spanMs: 1_500, marginMs: 3_000 }

// Fills are searched from a little earlier than our clock's idea of when we prepared: clocks differ.
const CLOCK_SLACK_MS = 60_000

// The order's own record needs no second witness.
const NOTHING = { kind: 'complete', found: [] } as const

/** Finds out what became of a request. Never throws: what cannot be read leaves it unknown. */
export async function resolveRequest(
  ports: ResolverPorts,
  request: PreparedRequest,
  command: OrderCommand,
  terms: ResolverTerms & { readonly resend: boolean },
): Promise<Resolution> {
  const again = terms.resend ? await sendAgain(ports, request, terms.marginMs) : null
  if (again !== null && again.kind !== 'processed' && again.kind !== 'closed') return again
  try {
    const fence = again ?? (await deadlineFence(ports, request, terms.marginMs))
    const lookups = await lookRepeatedly(ports, command, terms)
    const recorded = lookups.some((lookup) => lookup.order !== null)
    const fills = recorded ? NOTHING : await searchFills(ports, request, command)
    const openOrders = recorded && legIdsOf(command).length === 1 ? NOTHING : await searchOpenOrders(ports, command)
    return decideResolution({ command, fence, lookups, fills, openOrders }, terms, ports.clock())
  } catch (error) {
    if (error instanceof BrokerUnavailable) return { kind: 'unknown', observed: error.message }
    throw error
  }
}

// A resolution when the answer is one, a fence when it shows one, null when it shows nothing.
async function sendAgain(
  ports: ResolverPorts,
  request: PreparedRequest,
  marginMs: number,
): Promise<Exclude<Resolution, { kind: 'unknown' }> | Fence | null> {
  if (request.deadline === null || ports.clock() >= request.deadline - marginMs) return null
  const verdict = await ports.transmit()
  const at = ports.clock()
  switch (verdict.kind) {
    case 'accepted': {
      const { reports, detail } = verdict
      return { kind: 'accepted', reports, evidence: { kind: 'acknowledgement', at, detail } }
    }
    case 'refused': {
      // Turned away before its nonce counted: an earlier transmission may still have landed.
      if (!verdict.final) return null
      const { reason } = verdict
      return { kind: 'rejected', reason, evidence: { kind: 'definitive-rejection', at, detail: reason } }
    }
    case 'duplicate':
      return { kind: 'processed', detail: verdict.detail }
    case 'over':
      return { kind: 'closed', evidence: verdict.fence, detail: verdict.detail }
    case 'not-sent':
    case 'unknown':
      return null
  }
}

async function deadlineFence(ports: ResolverPorts, request: PreparedRequest, marginMs: number): Promise<Fence | null> {
  const { deadline } = request
  // Our clock only saves the question; the venue's decides.
  if (deadline === null) return null
  const venueTime = await ports.venueTime()
  if (venueTime <= deadline + marginMs) return null
  return {
    kind: 'closed',
    evidence: 'deadline-passed',
    detail: `venue time ${venueTime} is past the deadline ${deadline}`,
  }
}

async function lookRepeatedly(ports: ResolverPorts, command: OrderCommand, terms: AbsenceTerms): Promise<Lookup[]> {
  const id = command.type === 'new-order' ? command.clientOrderId : command.target
  const settles = (order: BrokerOrder | null): boolean =>
    order !== null && (command.type === 'new-order' || order.status !== 'working')
  const lookups: Lookup[] = []
  const pause = terms.spanMs / Math.max(1, terms.lookups - 1)
  for (let look = 0; look < terms.lookups; look += 1) {
    // One ms more than the share, so that the span is reached whatever the timer rounds.
    if (look > 0) await delay(Math.ceil(pause) + 1)
    const order = await ports.findOrder(id)
    lookups.push({ at: ports.elapsed(), order })
    if (settles(order)) break
  }
  return lookups
}

async function searchFills(
  ports: ResolverPorts,
  request: PreparedRequest,
  command: OrderCommand,
): Promise<Search<Fill>> {
  const id = command.type === 'new-order' ? command.clientOrderId : command.target
  const { fills, complete } = await ports.fillsSince(Math.max(0, request.preparedAt - CLOCK_SLACK_MS))
  const found = fills.filter((fill) => fill.clientOrderId === id)
  if (!complete && found.length === 0) return { kind: 'unavailable', detail: 'the fill history is not complete' }
  return { kind: 'complete', found }
}

async function searchOpenOrders(ports: ResolverPorts, command: OrderCommand): Promise<Search<BrokerOrder>> {
  const ids = new Set<ClientOrderId | null>(legIdsOf(command))
  const found = (await ports.openOrders()).filter(
    (order) => ids.has(order.clientOrderId) || (order.attachedTo != null && ids.has(order.attachedTo)),
  )
  return { kind: 'complete', found }
}
