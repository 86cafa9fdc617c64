/** Brings the HTTP interface up on the foundation. */
import { createHttpServer } from '#http/server.ts'
import type { ReadyAnswer, SitesAnswer } from '#http/wire.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { readAttendance } from '#queues/bullmq/attendance.ts'
import { sweepEnvelope } from '#queues/repeated-work.ts'
import type { Foundation } from './foundation.ts'
import { accountsOf } from './site.ts'

/** The listening interface. */
export interface RunningApi {
  /** As bound, e.g. `http://127.0.0.1:8700`. */
  readonly url: string
  /** Address of a one-time login for a browser; it is a credential until used. */
  loginUrl(): string
}

const READY_TIMEOUT_MS = 2_000

/** @throws UnusableToken; the system's error when the port is taken */
export async function startApi(foundation: Foundation, opened: AsyncDisposableStack): Promise<RunningApi> {
  const { config, secrets, book, queue, log, now } = foundation
  if (secrets.tokens === null) throw new TypeError('Expected the tokens to be read before, saw none.')
  const accounts = config.accounts.map((account) => ({ account: account.id, strategies: account.policy.strategies }))
  const server = await createHttpServer({
    book,
    queues: [...queue.queues.values()],
    tokens: secrets.tokens,
    accountIds: accounts.map((entry) => entry.account),
    log,
    now,
    settings: { mode: config.mode, ...config.http },
    ready: () => readiness(foundation),
    acceptSignal: (signal) =>
      acceptSignal(
        {
          book,
          queue,
          accounts,
          onEnqueueFailed: (error, envelope) =>
            log.warn({ err: error, idempotency_key: envelope.idempotency_key }, 'accepted, not queued: the sweep will'),
        },
        signal,
        now(),
      ),
    async requestSweep(account) {
      const envelope = sweepEnvelope(account, 'demand', now())
      await queue.enqueue(envelope)
      return envelope.idempotency_key
    },
    readSites: () => readSites(foundation),
  })
  opened.defer(() => server.fastify.close())
  const url = await server.fastify.listen({ host: config.http.host, port: config.http.port })
  return { url, loginUrl: () => new URL(server.loginPath(), url).href }
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
