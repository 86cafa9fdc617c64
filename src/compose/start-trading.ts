/** Brings the accounts and the stages of this process to work: brokers, proof of credentials, workers, streams. */
import { setTimeout as delay } from 'node:timers/promises'
import type { AccountConfig } from '#config/account.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Stage } from '#domain/message.ts'
import { openWorkQueue } from '#queues/bullmq/work-queue.ts'
import { startWorkers, type DrainReport, type RunningWorkers } from '#workers/bullmq/runtime.ts'
import type { Tools } from '#workers/worker.ts'
import { alertSinks } from './alert-sinks.ts'
import { requireCredentials, whenVenueAnswers } from './credentials.ts'
import type { Foundation } from './foundation.ts'
import { HANDLERS } from './handlers.ts'
import { openBroker } from './open-broker.ts'
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
  const { book, queue, log, now } = foundation
  const ended = new AbortController()
  const pause = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal: ended.signal })
  }
  const accounts = new Map<AccountId, LiveAccount>()
  for (const config of foundation.config.accounts) {
    accounts.set(config.id, await openAccount(config, foundation, opened))
  }
  const tools: Tools = {
    book,
    queue,
    log,
    now,
    pause,
    accountIds: [...accounts.keys()],
    account: (id) => heldAccount(accounts, id),
    deliver: alertSinks(foundation.secrets.webhookUrl, log),
  }
  const { redisUrl: url, redisPrefix: prefix } = foundation
  const workQueue = await openWorkQueue({ url, prefix, patience: 'wait', log })
  // The workers close it too; this one covers a start that fails before there are any.
  opened.defer(() => workQueue.close())
  const workers = await startWorkers({
    workQueue,
    stages,
    handlers: HANDLERS,
    tools,
    onUnworkable: (message) => raiseUnworkable(foundation, message),
    sweepEveryMs: foundation.config.sweep.everyMs,
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
  return { workers, accounts }
}

async function openAccount(
  config: AccountConfig,
  foundation: Foundation,
  opened: AsyncDisposableStack,
): Promise<LiveAccount> {
  const { secrets, log, now, stopped } = foundation
  const pause = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal: stopped })
  }
  const credentials = secrets.credentials.get(config.id)
  if (credentials === undefined)
    throw new TypeError(`Expected the credentials of ${config.id} to be read before, saw none.`)
  const patience = { patienceMs: VENUE_PATIENCE_MS, log, pause }
  const sharedBy = foundation.config.accounts.filter((account) => account.venue === config.venue).length
  const broker = await whenVenueAnswers(() => openBroker(config, { credentials, clock: now, sharedBy }), patience)
  opened.defer(() => broker.close())
  await whenVenueAnswers(() => requireCredentials(broker, now(), log), patience)
  return new LiveAccount(config.policy, broker, now)
}

function heldAccount(accounts: ReadonlyMap<AccountId, LiveAccount>, id: AccountId): LiveAccount {
  const account = accounts.get(id)
  if (account !== undefined) return account
  throw new RangeError(`Expected one of the accounts ${[...accounts.keys()].join(', ')}, saw ${id}.`)
}
