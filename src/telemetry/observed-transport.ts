/** A transport that counts what goes through it and measures orders; what it carries, and when, it leaves as it is. */
import type { HttpClient, HttpOutcome } from '#brokers/http-request.ts'
import type { Transport } from '#brokers/transport.ts'
import type { RequestOutcome, VenueMetrics } from './metrics/venue-metrics.ts'
import type { OrderPath } from './order-path.ts'

export interface TransportObserver {
  readonly venue: string
  readonly metrics: Pick<VenueMetrics, 'requested'>
  readonly orders: OrderPath
}

const TOO_MANY = 429
const MS = 1_000

export function observedTransport(transport: Transport, observer: TransportObserver): Transport {
  return { WebSocket: transport.WebSocket, http: (baseUrl) => observedClient(transport.http(baseUrl), observer) }
}

function observedClient(client: HttpClient, { venue, metrics, orders }: TransportObserver): HttpClient {
  const measured = async (
    path: string,
    request: () => Promise<HttpOutcome>,
    answered?: (seconds: number) => void,
  ): Promise<HttpOutcome> => {
    const startedAt = performance.now()
    const outcome = await request()
    const seconds = (performance.now() - startedAt) / MS
    metrics.requested(venue, endpointOf(path), outcomeOf(outcome), seconds)
    if (outcome.kind === 'answer') answered?.(seconds)
    return outcome
  }
  return {
    post(path, body, deadlineMs, headers) {
      const departure = orders.leaves(venue, body)
      return measured(path, () => client.post(path, body, deadlineMs, headers), departure?.answered)
    },
    get: (path, deadlineMs, headers) => measured(path, () => client.get(path, deadlineMs, headers)),
    close: () => client.close(),
  }
}

/** The path without its query, which names orders and accounts. */
function endpointOf(path: string): string {
  return path.split('?', 1)[0] ?? path
}

function outcomeOf(outcome: HttpOutcome): RequestOutcome {
  if (outcome.kind !== 'answer') return outcome.kind
  if (outcome.status === TOO_MANY) return '429'
  if (outcome.status >= 500) return '5xx'
  if (outcome.status >= 400) return '4xx'
  return outcome.status >= 300 ? '3xx' : '2xx'
}
