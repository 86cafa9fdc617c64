/**
 * Composition root: from a configuration and a role to a running process, and back down in the reverse order. Ingest stops
 * first, then streams, workers, brokers, queues, Redis and last the book, so that nothing loses what it stands on.
 */
import type { Book } from '#book/book.ts'
import { type ComposeOptions, type Foundation, layFoundation } from '#compose/foundation.ts'
import { showConnection, showState } from '#compose/scraped-state.ts'
import { requireSite, tellOtherSites } from '#compose/site.ts'
import { type RunningApi, startApi } from '#compose/start-api.ts'
import { type RunningTrading, startTrading } from '#compose/start-trading.ts'
import { startPull } from '#compose/start-pull.ts'
import { raiseUnwatched } from '#compose/unwatched-positions.ts'
import { keepWatchdog } from '#compose/watchdog.ts'
import type { Config } from '#config/config.ts'
import { STAGES, type Stage } from '#domain/message.ts'
import type { BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { EVERY_ACCOUNT, sweepEnvelope } from '#queues/repeated-work.ts'
import type { Site } from '#queues/site.ts'
import type { DrainReport } from '#workers/bullmq/runtime.ts'
import type { Log } from '#workers/worker.ts'

/** What a process does. */
export interface Role {
  /** Stages whose jobs this process works on; none for an API process. */
  readonly stages: readonly Stage[]
  readonly api: boolean
  /** Whose accounts it trades; default: those that name no site. */
  readonly site?: Site
}

/** Every stage and the API in one process. */
export const ALL_IN_ONE: Role = { stages: STAGES, api: true }

/** A running process. `trading` and `api` are null where the role has none. */
export interface Truebook {
  readonly book: Book
  readonly queue: BullWorkQueue
  /** May hold a password: never log it. */
  readonly redisUrl: string
  readonly trading: RunningTrading | null
  readonly api: RunningApi | null
  readonly log: Log
  /** Stops in order; running jobs get `graceMs`. Says how the workers ended, null without workers. Safe to call twice. */
  close(graceMs?: number): Promise<DrainReport | null>
}

const GRACE_MS = 20_000

/** Starts a role; on failure everything opened so far is closed again. @throws what stands in the way, with what to do */
export async function startTruebook(config: Config, role: Role, options: ComposeOptions = {}): Promise<Truebook> {
  await using opened = new AsyncDisposableStack()
  const site = role.site ?? null
  requireSite(config, site)
  const needs = { trades: role.stages.length > 0, serves: role.api, site }
  const foundation = await layFoundation(config, needs, options, opened)
  const { book, queue, redisUrl, log, now } = foundation
  showConnection(foundation)
  const ending = { graceMs: GRACE_MS, report: null as DrainReport | null }
  const trading = needs.trades ? await startTrading(foundation, role.stages, opened, ending) : null
  if (needs.trades) tellOtherSites(config, site, log, role.api ? 'warn' : 'info')
  if (role.stages.includes('sweep')) {
    await queue.enqueueAt(site, sweepEnvelope(EVERY_ACCOUNT, 'boot', now()))
    await raiseUnwatched(foundation)
  }
  const api = role.api ? await serve(foundation, opened) : null
  log.info({ mode: config.mode, stages: role.stages, site, api: api?.url ?? null }, 'truebook is up')
  const running = opened.move()
  return {
    book,
    queue,
    redisUrl,
    trading,
    api,
    log,
    async close(graceMs = GRACE_MS) {
      ending.graceMs = graceMs
      await running.disposeAsync()
      return ending.report
    },
  }
}

/** All that an API process does: its interface, the watchdog, and signals from elsewhere. */
async function serve(foundation: Foundation, opened: AsyncDisposableStack): Promise<RunningApi> {
  showState(foundation)
  const api = await startApi(foundation, opened)
  opened.use(keepWatchdog(foundation))
  await startPull(foundation, opened)
  return api
}
