/**
 * The HTTP interface: signals in, the book out, the operator's switches, health, Bull Board. Everything it needs is passed
 * in; every route but health and login stands behind authentication, and failures never show our insides.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Queue } from 'bullmq'
import type { HttpMetrics } from '#telemetry/metrics/http-metrics.ts'
import type { LifeTracer } from '#telemetry/tracing/life-tracer.ts'
import type { Log } from '#workers/worker.ts'
import { actionRoutes, type ActionTools } from './action-routes.ts'
import { auditRoutes } from './audit-routes.ts'
import { answering, authenticate, isStillKnown, requireRole } from './authentication.ts'
import { bookRoutes } from './book-routes.ts'
import { createCallerTable, type Tokens } from './callers.ts'
import { consoleRoutes } from './console-routes.ts'
import { errorHandler, HttpError } from './http-error.ts'
import { loginPath, loginRoutes } from './login-routes.ts'
import { readyAnswer } from './answers.ts'
import { openApiRoute, type RegisteredRoute, watchRoutes } from './openapi.ts'
import { operation } from './operation.ts'
import { metricsRoute, type MetricsTools } from './metrics-route.ts'
import { observeRequests } from './observe-requests.ts'
import { operatorRoutes, type OperatorTools } from './operator-routes.ts'
import { createOperatorSessions } from './operator-sessions.ts'
import type { OverviewTools } from './overview/read-overview.ts'
import { overviewRoutes } from './overview-routes.ts'
import { queueBoard } from './queue-board.ts'
import { createRateLimit } from './rate-limit.ts'
import { recordRoutes } from './record-routes.ts'
import { refuseCredentials } from './refuse-credentials.ts'
import { signalRoutes, type SignalTools } from './signal-routes.ts'
import type { ReadyAnswer } from './wire.ts'

const BODY_LIMIT_BYTES = 64 * 1024
const REQUEST_ID_BYTES = 8
/** A sender that dribbles its request must not hold a connection for ever, ms. */
const REQUEST_TIMEOUT_MS = 15_000

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

export interface ServerSettings {
  readonly mode: 'paper' | 'live'
  readonly queuesWritable: boolean
  readonly requestsPerMinute: number
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  readonly behindProxy: boolean
}

export interface HttpServer {
  readonly fastify: FastifyInstance
  /** Every route, complete once the server is ready. */
  routes(): readonly RegisteredRoute[]
  /** Path of a fresh one-time login link for a browser. */
  loginPath(): string
}

/** Builds the server; listening is the caller's. @throws UnusableToken */
export async function createHttpServer(dependencies: ServerDependencies): Promise<HttpServer> {
  const { settings } = dependencies
  const tools = {
    callers: createCallerTable(dependencies.tokens),
    sessions: createOperatorSessions(),
    limit: createRateLimit(settings.requestsPerMinute),
    secure: settings.tls !== null || settings.behindProxy,
    now: () => dependencies.now(),
  }
  const answerError = errorHandler(dependencies.log)
  const server = createFastify(settings, answerError)
  const routes = watchRoutes(server)
  server.setErrorHandler(answerError)
  server.setNotFoundHandler(() => {
    throw new HttpError('not_found', 'There is nothing at this address.')
  })
  addSecurityHeaders(server, tools.secure)
  observeRequests(server, { log: dependencies.log, metrics: dependencies.metrics?.http, tracer: dependencies.tracer })
  healthRoutes(server, dependencies)
  loginRoutes(server, tools)
  consoleRoutes(server, settings)
  if (dependencies.metrics !== undefined) metricsRoute(server, dependencies.metrics, tools, answerError)
  await server.register(async (known) => {
    known.addHook('onRequest', answering(authenticate(tools), answerError))
    known.addHook('preValidation', answering(refuseCredentials(dependencies.tokens), answerError))
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
      openApiRoute(people, routes)
      auditRoutes(people, dependencies)
      operatorRoutes(people, dependencies)
      actionRoutes(people, dependencies)
      await queueBoard(people, {
        answerError,
        queues: dependencies.queues,
        writable: settings.queuesWritable,
        title: `Truebook (${settings.mode})`,
      })
    })
  })
  return { fastify: server, routes, loginPath: () => loginPath(tools) }
}

function createFastify(settings: ServerSettings, answerError: ReturnType<typeof errorHandler>): FastifyInstance {
  const common = {
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logger: false,
    // Said in logs, traces and answers: one of its own, also across restarts.
    genReqId: () => randomBytes(REQUEST_ID_BYTES).toString('hex'),
    forceCloseConnections: 'idle',
    trustProxy: settings.behindProxy,
    // What no route is found for, e.g. an address that cannot be decoded, is answered in the same words.
    frameworkErrors: answerError,
  } as const
  if (settings.tls === null) return Fastify(common)
  const https = { cert: readFileSync(settings.tls.certFile), key: readFileSync(settings.tls.keyFile) }
  // The routes are the same; only the raw socket's type differs.
  return Fastify({ ...common, https }) as FastifyInstance
}

/** Bull Board styles elements inline and would load a web font; nothing else is allowed, and nothing from elsewhere. */
const CONTENT_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

function addSecurityHeaders(server: FastifyInstance, secure: boolean): void {
  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('content-security-policy')) void reply.header('content-security-policy', CONTENT_POLICY)
    void reply.headers({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      ...(secure && { 'strict-transport-security': 'max-age=31536000' }),
    })
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store')
  })
}

function healthRoutes(server: FastifyInstance, dependencies: ServerDependencies): void {
  const live = operation({
    summary: 'Whether the process answers',
    access: 'public',
    answers: { 200: { what: 'It does.', schema: z.object({ live: z.literal(true) }) } },
  })
  const ready = operation({
    summary: 'Whether book and queue answer',
    access: 'public',
    answers: { 200: { what: 'They do.', schema: readyAnswer }, 503: { what: 'One does not.', schema: readyAnswer } },
  })
  server.get('/livez', live, async () => ({ live: true }))
  server.get('/readyz', ready, async (_request, reply) => {
    const checks = await dependencies.ready()
    const answer: ReadyAnswer = { ready: checks.every((entry) => entry.ok), checks }
    return reply.status(answer.ready ? 200 : 503).send(answer)
  })
}
