/** Brings the accounts of this process's site and its stages to work: brokers, proof of credentials, workers, streams. */
import { setTimeout as delay } from 'node:timers/promises'
import type { AccountConfig } from '#config/account.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Stage } from '#domain/message.ts'
import type { FeedState } from '#domain/records.ts'
import { openWorkQueue } from '#queues/bullmq/work-queue.ts'
import { commandAt, siteText } from '#queues/site.ts'
import { startWorkers, type DrainReport, type RunningWorkers } from '#workers/bullmq/runtime.ts'
import { SOCKETS } from '#brokers/transport.ts'
import { accountGauges } from '#telemetry/metrics/account-gauges.ts'
import { observedBroker } from '#telemetry/observed-broker.ts'
import { observedHandlers } from '#telemetry/observed-handlers.ts'
import { observedTransport } from '#telemetry/observed-transport.ts'
import type { Tools } from '#workers/worker.ts'
import { requireCredentials, whenVenueAnswers } from './credentials.ts'
import type { Foundation } from './foundation.ts'
import { keepHeartbeat } from './heartbeat.ts'
import { HANDLERS } from './handlers.ts'
import { openBroker } from './open-broker.ts'
import { openEvents } from './open-pubsub.ts'
import { accountsOf, schedulesOf } from './site.ts'
import { watchAccount } from './stream-wakes.ts'
import { LiveAccount } from './trading-account.ts'
import { raiseUnworkable } from './unworkable-alert.ts'

/** The trading side of a process. */
export interface RunningTrading {
  readonly workers: RunningWorkers
  readonly accounts: ReadonlyMap<AccountId, LiveAccount>
}

/** How the end is to be made, and how it went. */
export interface Ending {
  graceMs: number
  report: DrainReport | null
}

/** How long a start waits for a venue that is away, ms. */
const VENUE_PATIENCE_MS = 60_000

/** @throws CredentialsRefused, BrokerUnavailable, CommandRefused, RedisUnavailable */
export async function startTrading(
  foundation: Foundation,
  stages: readonly Stage[],
  opened: AsyncDisposableStack,
  ending: Ending,
): Promise<RunningTrading> {
  const { book, queue, log, now, config, site, telemetry } = foundation
  const ended = new AbortController()
  const pause = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal: ended.signal })
  }
  const accounts = new Map<AccountId, LiveAccount>()
  for (const account of accountsOf(config, site)) {
    accounts.set(account.id, await openAccount(account, foundation, opened))
  }
  const events = stages.includes('publish') ? await openEvents(config.pubsub) : null
  if (events !== null) opened.defer(() => events.close())
  accountGauges(telemetry.metrics.registry, accounts)
  const tools: Tools = {
    book,
    queue,
    log,
    now,
    pause,
    accountIds: [...accounts.keys()],
    account: (id) => accounts.get(id) ?? refuseAccount(id, foundation),
    ...(events !== null && { events }),
    alerting: foundation.alerting,
  }
  const { redisUrl: url, redisPrefix: prefix } = foundation
  const workQueue = await openWorkQueue({ url, prefix, patience: 'wait', sites: queue.sites, log })
  // The workers close it too; this one covers a start that fails before there are any.
  opened.defer(() => workQueue.close())
  const workers = await startWorkers({
    workQueue,
    stages,
    site,
    handlers: observedHandlers(HANDLERS, { metrics: telemetry.metrics.stages, tracer: telemetry.tracer }),
    onFirstRun: (stage, waitedMs) => telemetry.metrics.stages.waited(stage, waitedMs / 1000),
    tools,
    onUnworkable: (message) => raiseUnworkable(foundation, message),
    schedules: schedulesOf(config, site),
  })
  opened.defer(async () => {
    ending.report = await workers.close(ending.graceMs)
    // Jobs that were left and only wait between two reads must not keep the process.
    ended.abort()
  })
  // One stream an account and machine is what the venue's limits bear: only processes that monitor open one.
  if (stages.includes('monitor')) {
    for (const account of accounts.values()) opened.use(watchAccount(account, { book, queue: workQueue, log }))
  }
  const feeds = (): FeedState[] =>
    stages.includes('monitor') ? [...accounts.values()].map((account) => account.feed()) : []
  opened.use(await keepHeartbeat({ book, log, now, site, stages, feeds }))
  return { workers, accounts }
}

async function openAccount(
  config: AccountConfig,
  foundation: Foundation,
  opened: AsyncDisposableStack,
): Promise<LiveAccount> {
  const { secrets, log, now, stopped, telemetry } = foundation
  const pause = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal: stopped })
  }
  const credentials = secrets.credentials.get(config.id)
  if (credentials === undefined)
    throw new TypeError(`Expected the credentials of ${config.id} to be read before, saw none.`)
  const patience = { patienceMs: VENUE_PATIENCE_MS, log, pause }
  const ours = accountsOf(foundation.config, foundation.site)
  const sharedBy = ours.filter((account) => account.venue === config.venue).length
  const { metrics, orders, tracer } = telemetry
  const transport = observedTransport(SOCKETS, { venue: config.venue, metrics: metrics.venues, orders })
  const terms = { credentials, clock: now, sharedBy, transport }
  const opening = await whenVenueAnswers(() => openBroker(config, terms), patience)
  const broker = observedBroker(opening, tracer)
  opened.defer(() => broker.close())
  await whenVenueAnswers(() => requireCredentials(broker, now(), log), patience)
  return new LiveAccount(config.policy, broker, now)
}

/** @throws RangeError always: this process does not hold the account */
function refuseAccount(id: AccountId, { config, site }: Foundation): never {
  const elsewhere = config.accounts.find((account) => account.id === id)
  if (elsewhere !== undefined) {
    throw new RangeError(
      `Account ${id} names ${siteText(elsewhere.site)}; this process works for accounts that name ${siteText(site)}. ` +
        `Start: ${commandAt('truebook worker', elsewhere.site)}`,
    )
  }
  const ours = accountsOf(config, site).map((account) => account.id)
  throw new RangeError(`Expected one of the accounts ${ours.join(', ')}, saw ${id}.`)
}
