/**
 * The HTTP interface: signals in, the book out, the operator's switches, health, Bull Board. Everything it needs is passed
 * in; every route but health and login stands behind authentication, and failures never show our insides.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Queue } from 'bullmq'
import type { HttpMetrics } from '#telemetry/metrics/http-metrics.ts'
import type { LifeTracer } from '#telemetry/tracing/life-tracer.ts'
import type { Log } from '#workers/worker.ts'
import { actionRoutes, type ActionTools } from './action-routes.ts'
import { auditRoutes } from './audit-routes.ts'
import { answering, authenticate, authenticateSigned, isStillKnown, requireRole } from './authentication.ts'
import { bookRoutes } from './book-routes.ts'
import { createCallerTable, type Person, type Tokens } from './callers.ts'
import { consoleRoutes } from './console-routes.ts'
import { errorHandler, HttpError } from './http-error.ts'
import { loginLink, loginRoutes } from './login-routes.ts'
import { readyAnswer } from './answers.ts'
import { openApiRoute, type RegisteredRoute, watchRoutes } from './openapi.ts'
import { openFastify, type FastifySettings } from './open-fastify.ts'
import { operation } from './operation.ts'
import { requireOwnHost } from './own-host.ts'
import { metricsRoute, type MetricsTools } from './metrics-route.ts'
import { observeRequests } from './observe-requests.ts'
import { operatorRoutes, type OperatorTools } from './operator-routes.ts'
import type { OverviewTools } from './overview/read-overview.ts'
import { overviewRoutes } from './overview-routes.ts'
import { queueBoard } from './queue-board.ts'
import { createAttemptLimit, createRateLimit } from './rate-limit.ts'
import { recordRoutes } from './record-routes.ts'
import { refuseCredentials } from './refuse-credentials.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { sessionRoute } from './session-route.ts'
import { createSessions } from './sessions.ts'
import { signalRoutes, type SignalTools } from './signal-routes.ts'
import type { ReadyAnswer } from './wire.ts'

/** Failed attempts a minute: many more than a person or a sender with an old token makes, far fewer than guessing needs. */
const FAILURES = { each: 120, together: 1_200 }
const LOGINS = { each: 10, together: 120 }

/** What the server stands on. */
export interface ServerDependencies
  extends SignalTools, OperatorTools, ActionTools, Pick<OverviewTools, 'seats' | 'staleAfterMs' | 'readWork'> {
  /** Bull Board shows these. */
  readonly queues: readonly Queue[]
  readonly tokens: Tokens
  readonly log: Log
  /** Whether the book and the queue answer; must not throw. */
  ready(): Promise<ReadyAnswer['checks']>
  readonly settings: ServerSettings
  /** Default: nothing is measured, and there is no `/metrics`. */
  readonly metrics?: MetricsTools & { readonly http: HttpMetrics }
  /** Default: nothing is traced. */
  readonly tracer?: LifeTracer | null
}

export interface ServerSettings extends FastifySettings {
  readonly mode: 'paper' | 'live'
  readonly queuesWritable: boolean
  readonly requestsPerMinute: number
  /** Where it will listen: whether only this machine reaches it. */
  readonly host: string
  /** Origin under which browsers reach it; null: unknown. */
  readonly publicUrl: string | null
}

export interface HttpServer {
  readonly fastify: FastifyInstance
  /** Every route, complete once the server is ready. */
  routes(): readonly RegisteredRoute[]
  /** Path of a fresh one-time login link for the browser of the first admin. */
  loginPath(): string
}

/** Builds the server; listening is the caller's. @throws UnusableToken, UnusableCertificate */
export async function createHttpServer(dependencies: ServerDependencies): Promise<HttpServer> {
  const { settings } = dependencies
  const tools = accessTools(dependencies)
  const answerError = errorHandler(dependencies.log)
  const server = openFastify(settings, answerError)
  const routes = watchRoutes(server)
  server.setErrorHandler(answerError)
  server.setNotFoundHandler(() => {
    throw new HttpError('not_found', 'There is nothing at this address.')
  })
  addSecurityHeaders(server, tools.secure)
  server.addHook('onRequest', answering(requireOwnHost(settings), answerError))
  const { log, metrics, tracer } = dependencies
  observeRequests(server, { log, metrics: metrics?.http, tracer, now: tools.now })
  healthRoutes(server, dependencies)
  await loginRoutes(server, tools)
  consoleRoutes(server, settings)
  if (dependencies.metrics !== undefined) metricsRoute(server, dependencies.metrics, tools, answerError)
  const scraper = [dependencies.metrics?.token ?? []].flat()
  await server.register(async (known) => {
    known.addHook('onRequest', answering(authenticate(tools), answerError))
    known.addHook('preValidation', answering(authenticateSigned(tools), answerError))
    known.addHook('preValidation', answering(refuseCredentials(dependencies.tokens, scraper), answerError))
    signalRoutes(known, dependencies)
    await known.register(async (people) => {
      people.addHook('onRequest', answering(requireRole('viewer'), answerError))
      bookRoutes(people, dependencies)
      recordRoutes(people, dependencies)
      overviewRoutes(people, {
        ...dependencies,
        mode: settings.mode,
        stillKnown: (request) => isStillKnown(tools, request),
      })
      sessionRoute(people, tools)
      openApiRoute(people, routes)
      auditRoutes(people, dependencies)
      operatorRoutes(people, dependencies)
      actionRoutes(people, dependencies)
      // A scope of its own: its hooks are about its routes.
      await people.register((board) =>
        queueBoard(board, {
          answerError,
          queues: dependencies.queues,
          writable: settings.queuesWritable,
          title: `Truebook (${settings.mode})`,
        }),
      )
    })
  })
  const firstAdmin: Person = { name: 'operator', role: 'admin' }
  return { fastify: server, routes, loginPath: () => loginLink(firstAdmin, tools).path }
}

/** What stands between strangers and the routes; sessions and limits are this server's own. @throws UnusableToken */
function accessTools(dependencies: ServerDependencies) {
  const { tokens, settings } = dependencies
  return {
    callers: createCallerTable(tokens),
    senders: tokens.signals,
    sessions: createSessions(),
    limit: createRateLimit(settings.requestsPerMinute),
    failures: createAttemptLimit(FAILURES),
    attempts: createAttemptLimit(LOGINS),
    mode: settings.mode,
    publicUrl: settings.publicUrl,
    secure: settings.tls !== null || settings.behindProxy,
    now: () => dependencies.now(),
  }
}

function healthRoutes(server: FastifyInstance, dependencies: ServerDependencies): void {
  const live = operation({
    summary: 'Whether the process answers',
    access: 'public',
    anyHost: true,
    answers: { 200: { what: 'It does.', schema: z.object({ live: z.literal(true) }) } },
  })
  const ready = operation({
    summary: 'Whether book and queue answer',
    access: 'public',
    anyHost: true,
    answers: { 200: { what: 'They do.', schema: readyAnswer }, 503: { what: 'One does not.', schema: readyAnswer } },
  })
  server.get('/livez', live, async () => ({ live: true }))
  server.get('/readyz', ready, async (_request, reply) => {
    const checks = await dependencies.ready()
    const answer: ReadyAnswer = { ready: checks.every((entry) => entry.ok), checks }
    return reply.status(answer.ready ? 200 : 503).send(answer)
  })
}
