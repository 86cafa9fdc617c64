/** Brings the HTTP interface up on the foundation. */
import type { Secret } from '#config/secret.ts'
import type { Tokens } from '#http/callers.ts'
import { createHttpServer } from '#http/server.ts'
import type { ReadyAnswer, SitesAnswer } from '#http/wire.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { confirmationKeyOf, createConfirmations } from '#operate/confirmation.ts'
import { createOperator } from '#operate/operator.ts'
import { readAttendance } from '#queues/bullmq/attendance.ts'
import { createDeadJobs } from '#queues/bullmq/dead-jobs.ts'
import type { Foundation } from './foundation.ts'
import { ingestTools } from './ingest-tools.ts'
import { workReader } from './read-work.ts'
import { accountsOf } from './site.ts'

/** The listening interface. */
export interface RunningApi {
  /** As bound, e.g. `http://127.0.0.1:8700`. */
  readonly url: string
  /** Address of a one-time login for the browser of the first admin; it is a credential until used. */
  loginUrl(): string
  /** Nobody can have logged in before. */
  readonly firstRun: boolean
}

const READY_TIMEOUT_MS = 2_000

/** @throws UnusableToken; the system's error when the port is taken */
export async function startApi(foundation: Foundation, opened: AsyncDisposableStack): Promise<RunningApi> {
  const { config, secrets, book, queue, log, now, telemetry } = foundation
  if (secrets.tokens === null) throw new TypeError('Expected the tokens to be read before, saw none.')
  const sites = (): Promise<SitesAnswer['sites']> => readSites(foundation)
  const deadJobs = createDeadJobs(queue)
  const ingest = ingestTools(foundation)
  const confirmations = createConfirmations(confirmationKeyOf(sharedSecret(secrets.tokens)))
  const server = await createHttpServer({
    operator: createOperator({ ...ingest, deadJobs, now }, confirmations),
    deadJobs,
    book,
    seats: config.accounts.map(({ id, venue, site, policy }) => ({ id, venue, site, gates: policy.gates })),
    staleAfterMs: staleAfter(config.sweep.everyMs),
    readWork: workReader(foundation, sites),
    queues: [...queue.queues.values()],
    tokens: secrets.tokens,
    accountIds: config.accounts.map(({ id }) => id),
    log,
    now,
    settings: { mode: config.mode, ...config.http },
    ready: () => readiness(foundation),
    acceptSignal: (signal) => acceptSignal(ingest, signal, now()),
    readSites: sites,
    metrics: {
      contentType: telemetry.metrics.registry.contentType,
      text: () => telemetry.metrics.registry.metrics(),
      token: secrets.metricsToken,
      http: telemetry.metrics.http,
    },
    tracer: telemetry.tracer,
  })
  opened.defer(() => server.fastify.close())
  const url = await server.fastify.listen({ host: config.http.host, port: config.http.port })
  const origin = config.http.publicUrl ?? url
  return { url, firstRun: secrets.firstRun, loginUrl: () => new URL(server.loginPath(), origin).href }
}

/** What every API process of an installation holds: the token of its first admin. */
function sharedSecret({ operators }: Tokens): Secret {
  const admin = operators.find(({ role }) => role === 'admin')
  if (admin === undefined) throw new TypeError('Expected an admin among the operators, saw none.')
  return admin.token
}

/** Two sweeps may be missed, and a slow one takes its time. */
function staleAfter(everyMs: number): number {
  return 2 * everyMs + 10_000
}

/** Who works for the accounts of each site that has any. */
async function readSites({ config, queue }: Foundation): Promise<SitesAnswer['sites']> {
  const peopled = queue.sites.all.filter((site) => accountsOf(config, site).length > 0)
  return await Promise.all(
    peopled.map(async (site) => {
      const { processes, unattended } = await readAttendance(queue, site)
      return { site, accounts: accountsOf(config, site).map(({ id }) => id), workers: processes, unattended }
    }),
  )
}

/** Whether book and queue answer in time. A venue that is away does not make us unready: positions still need managing. */
async function readiness({ book, queue }: Foundation): Promise<ReadyAnswer['checks']> {
  return await Promise.all([answers('book', book.load('control', 'global')), answers('redis', queue.redis.ping())])
}

async function answers(
  check: string,
  question: Promise<unknown>,
): Promise<{ readonly check: string; readonly ok: boolean }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_TIMEOUT_MS)
  })
  const ok = await Promise.race([
    question.then(
      () => true,
      () => false,
    ),
    late,
  ])
  clearTimeout(timer)
  return { check, ok }
}
