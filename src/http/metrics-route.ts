/** `GET /metrics` of the API's process, in Prometheus's text format: for the scraper's own token, and for people who may read. */
import type { FastifyInstance } from 'fastify'
import type { Secret } from '#config/secret.ts'
import { scrapeToken } from '#telemetry/metrics/scrape-token.ts'
import { z } from 'zod'
import { answering, authenticate, type AuthenticationTools, type ErrorHandler, requireRole } from './authentication.ts'
import { operation } from './operation.ts'

/** What is served. */
export interface MetricsTools {
  readonly contentType: string
  text(): Promise<string>
  /** Null: only people read it. */
  readonly token: Secret | null
}

/** The scraper is no person: its token opens this page and nothing else. */
export function metricsRoute(
  server: FastifyInstance,
  metrics: MetricsTools,
  access: AuthenticationTools,
  answerError: ErrorHandler,
): void {
  const described = operation({
    summary: 'Metrics of this process and of the book for Prometheus; the token of metrics.token_file opens it too',
    access: 'viewer',
    answers: { 200: { what: 'The metrics as text.', schema: z.string(), type: 'text/plain' } },
  })
  const isScraper = scrapeToken(metrics.token)
  const [known, mayRead] = [authenticate(access), requireRole('viewer')]
  const onRequest = answering(async (request, reply) => {
    if (isScraper(request.headers.authorization)) return
    await known(request, reply)
    await mayRead(request, reply)
  }, answerError)
  server.get('/metrics', { ...described, onRequest }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
}
