/** Every request leaves one line in the log and one measurement; one that brings a signal begins a trace. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HttpMetrics } from '#telemetry/metrics/http-metrics.ts'
import type { LifeTracer, TracedRequest } from '#telemetry/tracing/life-tracer.ts'
import type { Log } from '#workers/worker.ts'
import { knownCaller } from './callers.ts'
import { createRateLimit } from './rate-limit.ts'

/** Refused requests a minute that are logged; a flood of them says nothing more, and must not fill the disk. */
const REFUSALS_LOGGED = 600

export interface RequestObserver {
  readonly log: Log
  now(): number
  readonly metrics?: HttpMetrics | undefined
  readonly tracer?: LifeTracer | null | undefined
}

/** Call it before the routes are made. */
export function observeRequests(server: FastifyInstance, observer: RequestObserver): void {
  const { log, metrics, tracer = null } = observer
  const refusals = createRateLimit(REFUSALS_LOGGED)
  const traced = new WeakMap<FastifyRequest, TracedRequest>()
  if (tracer !== null) {
    // The body is parsed in the context of the socket: only from here on the rest of the request runs inside of `done`.
    server.addHook('preHandler', (request, _reply, done) => {
      const about = { method: request.method, route: routeOf(request), requestId: request.id }
      const span = tracer.request(about)
      traced.set(request, span)
      span.within(done)
    })
  }
  server.addHook('onResponse', async (request, reply) => {
    const isLoud = reply.statusCode >= 400 && refusals.admit('refused', observer.now())
    logRequest(log, request, reply, isLoud)
    metrics?.answered(request.method, routeOf(request), reply.statusCode, reply.elapsedTime / 1000)
    traced.get(request)?.answered(reply.statusCode, { caller: knownCaller(request)?.name ?? 'nobody' })
  })
}

/** The route pattern is logged, never the address: a login link carries its code there. */
function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply, isLoud: boolean): void {
  const caller = knownCaller(request)
  const fields = {
    method: request.method,
    route: routeOf(request),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    request_id: request.id,
    caller: caller?.name ?? null,
    role: caller?.role ?? null,
  }
  const said = reply.statusCode >= 400 ? 'request refused' : 'request answered'
  if (isLoud) log.info(fields, said)
  else log.debug(fields, said)
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown'
}
