/** The way between processes of ours and simulated venues: requests and sockets as events of the kernel, no bytes on any wire. */
import { Buffer } from 'node:buffer'
import type { HttpClient, HttpOutcome } from '#brokers/http-request.ts'
import type { Reply } from '#simulators/venue/reply.ts'
import type { Listen, ReadyVenue } from '#simulators/venue/venue-listener.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Kernel } from '#simulation/kernel/kernel.ts'
import type { Links } from '#simulation/kernel/links.ts'

/** A venue and the machine it runs on. */
export interface Host {
  readonly actor: Actor
  readonly venue: ReadyVenue
  /** When it is to look what is due, true time in ms. */
  looksAt: number
}

/** One request as its sender made it. */
interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly deadlineMs: number
}

export class Internet {
  readonly kernel: Kernel
  readonly links: Links
  readonly #hosts = new Map<string, Host>()

  constructor(kernel: Kernel, links: Links) {
    this.kernel = kernel
    this.links = links
  }

  /** Has a venue listen at `http://<name>`. */
  listenAt(name: string, actor: Actor): Listen {
    return (venue) => {
      this.#hosts.set(name, { actor, venue, looksAt: Number.POSITIVE_INFINITY })
      const stop = (): Promise<void> => Promise.resolve()
      return Promise.resolve({ url: `http://${name}`, port: 80, stop })
    }
  }

  /** @throws RangeError for a name that nobody listens at */
  host(url: string | URL): Host {
    const { hostname } = new URL(url)
    const host = this.#hosts.get(hostname)
    if (host === undefined) throw new RangeError(`Expected a simulated venue at ${hostname}, saw none.`)
    return host
  }

  /** Something happened at a venue, so what is due next may have changed: it will look when it is time. */
  touched(host: Host): void {
    const { engine } = host.venue
    const due = engine.nextDue()
    if (due === undefined) return
    const at = this.kernel.now + Math.max(1, due - engine.now())
    if (at >= host.looksAt) return
    host.looksAt = at
    this.kernel.post(host.actor, at - this.kernel.now, 'due', () => {
      if (host.looksAt > this.kernel.now) return
      host.looksAt = Number.POSITIVE_INFINITY
      engine.settle()
      this.touched(host)
    })
  }

  /** How one process of ours asks a venue. */
  clientOf(process: Actor, baseUrl: string): HttpClient {
    const host = this.host(baseUrl)
    return {
      post: (path, body, deadlineMs, headers = {}) => {
        const all = { 'content-type': 'application/json', ...headers }
        return this.#exchange(process, host, { method: 'POST', path, body, headers: all, deadlineMs })
      },
      get: (path, deadlineMs, headers = {}) =>
        this.#exchange(process, host, { method: 'GET', path, body: null, headers, deadlineMs }),
      close: () => Promise.resolve(),
    }
  }

  #exchange(process: Actor, host: Host, request: Request): Promise<HttpOutcome> {
    const { kernel } = this
    const { actor, venue } = host
    const { promise, resolve } = Promise.withResolvers<HttpOutcome>()
    const label = `${actor.name} ${request.method} ${request.path.split('?', 1)[0]}`
    if (!kernel.cross(process, label)) return promise
    const passage = this.links.passage(process, actor)
    if (passage === 'refused') {
      kernel.post(process, kernel.latency(), `${label} refused`, () =>
        resolve({ kind: 'not-sent', detail: 'ECONNREFUSED: nobody listens' }),
      )
      return promise
    }
    const late = { kind: 'lost', detail: `no answer within ${request.deadlineMs} ms` } as const
    const givesUp = kernel.post(process, request.deadlineMs, `${label} unanswered`, () => resolve(late))
    const tell = (after: number, outcome: HttpOutcome): void => {
      kernel.post(process, after, `${label} ${outcome.kind}`, () => {
        givesUp.cancel()
        if (kernel.cross(process, label)) resolve(outcome)
      })
    }
    if (passage === 'request-lost') return promise
    kernel.post(actor, kernel.latency(), label, () => {
      void venue.http.answer(asReceived(request, process)).then((outcome) => {
        this.touched(host)
        if (outcome === 'hang' || passage === 'answer-lost') return
        if (outcome === 'drop') tell(kernel.latency(), { kind: 'lost', detail: 'ECONNRESET: the connection was cut' })
        else tell(kernel.latency(), answerOf(outcome.reply, venue))
      })
    })
    return promise
  }
}

function answerOf({ status, body, headers }: Reply, { http }: ReadyVenue): HttpOutcome {
  const all = Object.entries({ ...headers, ...http.headers?.() }).map(([name, value]) => [name.toLowerCase(), value])
  const serverDate = Math.floor(http.now() / 1000) * 1000
  return { kind: 'answer', status, body, serverDate, headers: Object.fromEntries(all) as Record<string, string> }
}

function asReceived({ method, path, body, headers }: Request, { name }: Actor): VenueRequest {
  return {
    method,
    url: path,
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value])),
    socket: { remoteAddress: name },
    async *[Symbol.asyncIterator]() {
      if (body !== null) yield Buffer.from(body)
    },
  }
}
