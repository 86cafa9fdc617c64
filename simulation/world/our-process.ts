/** A process of Truebook in the simulated world: the real stages, adapters and job processor, put together as `start-trading` does. */
import type { Alerting } from '#alerting/alerting.ts'
import type { Book } from '#book/book.ts'
import type { Broker } from '#brokers/broker.ts'
import type { Transport } from '#brokers/transport.ts'
import { requireCredentials, whenVenueAnswers } from '#compose/credentials.ts'
import { HANDLERS } from '#compose/handlers.ts'
import { openBroker } from '#compose/open-broker.ts'
import { schedulesOf } from '#compose/site.ts'
import { watchAccount } from '#compose/stream-wakes.ts'
import { LiveAccount } from '#compose/trading-account.ts'
import { raiseUnworkable } from '#compose/unworkable-alert.ts'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import { STAGES } from '#domain/message.ts'
import type { Signal } from '#domain/signal.ts'
import { type Acceptance, acceptSignal } from '#ingest/accept-signal.ts'
import { createConfirmations } from '#operate/confirmation.ts'
import { type Operator, createOperator } from '#operate/operator.ts'
import { JOB_OPTIONS } from '#queues/bullmq/job-options.ts'
import { RateLimitedLog } from '#queues/bullmq/queue-log.ts'
import { BullWorkQueue } from '#queues/bullmq/work-queue.ts'
import { EVERY_ACCOUNT, sweepEnvelope } from '#queues/repeated-work.ts'
import { sitesFrom } from '#queues/site.ts'
import type { RedisClient } from '#simulation/queue/redis-client.ts'
import { openSimulatedQueue } from '#simulation/queue/simulated-queue.ts'
import { startSimulatedWorkers } from '#simulation/queue/simulated-workers.ts'
import { keepRepeatedWork } from '#workers/bullmq/keep-repeated-work.ts'
import type { Log, Tools } from '#workers/worker.ts'

/** What a process stands on. */
export interface ProcessGround {
  readonly config: Config
  readonly book: Book
  /** Its connection for workers, which waits, and that for ingest, which does not. */
  readonly redis: { readonly patient: RedisClient; readonly hasty: RedisClient }
  readonly transport: Transport
  readonly credentialsOf: (account: string) => Readonly<Record<string, Secret>>
  readonly log: Log
  readonly alerting: Alerting
}

/** A process that runs. */
export interface OurProcess {
  /** Accepts a signal as the API does. @throws BookUnavailable: then it is sent again */
  accept(signal: Signal): Promise<Acceptance>
  /** Asks for a sweep of everything, as an operator may. */
  sweep(): Promise<void>
  /** Previews and confirms as the API does. */
  readonly operator: Operator
  readonly tools: Tools
}

const VENUE_PATIENCE_MS = 60_000
/** A key of its own would be drawn from the world's randomness. */
const CONFIRMATION_KEY = Buffer.from('the key of a simulated process')
/** No message of a simulated world is unworkable. */
const NO_DEAD_JOBS = { list: async () => [], find: async () => null, remove: async () => false }

/** Brings a process up. @throws what ends a real start: then it is started again */
export async function startOurProcess(ground: ProcessGround): Promise<OurProcess> {
  const { config, book, log } = ground
  const now = (): number => Date.now()
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))
  const sites = sitesFrom(config.accounts)
  const options = { url: 'redis://simulated', prefix: '{truebook}', sites, log }
  const queueOver = (client: RedisClient, patience: 'wait' | 'fail-fast'): BullWorkQueue =>
    new BullWorkQueue(client.commands, { ...options, patience }, (name) =>
      openSimulatedQueue(name, client, JOB_OPTIONS),
    )
  const workQueue = queueOver(ground.redis.patient, 'wait')
  const queue = queueOver(ground.redis.hasty, 'fail-fast')
  const accounts = new Map<string, LiveAccount>()
  for (const account of config.accounts) {
    const patience = { patienceMs: VENUE_PATIENCE_MS, log, pause }
    const terms = {
      credentials: ground.credentialsOf(account.id),
      clock: now,
      sharedBy: 1,
      transport: ground.transport,
    }
    const broker: Broker = await whenVenueAnswers(() => openBroker(account, terms), patience)
    await whenVenueAnswers(() => requireCredentials(broker, now(), log), patience)
    accounts.set(account.id, new LiveAccount(account.policy, broker, now))
  }
  const tools: Tools = {
    book,
    queue,
    log,
    now,
    pause,
    accountIds: [...accounts.keys()],
    account(id) {
      const account = accounts.get(id)
      if (account === undefined) throw new RangeError(`Expected an account of this world, saw ${id}.`)
      return account
    },
    alerting: ground.alerting,
  }
  const schedules = schedulesOf(config, null)
  const onUnworkable = (message: Parameters<typeof raiseUnworkable>[1]) =>
    raiseUnworkable({ book, queue: workQueue, now }, message)
  const repeated = { workQueue, schedules, stages: STAGES, site: null, now, log: new RateLimitedLog(log, now) }
  await keepRepeatedWork(repeated)
  const workers = STAGES.map((stage) => {
    return { stage, site: null, schedules, handler: HANDLERS[stage], tools, workQueue, onUnworkable }
  })
  startSimulatedWorkers(workers, ground.redis.patient)
  for (const account of accounts.values()) watchAccount(account, { book, queue: workQueue, log })
  const sweep = (trigger: 'boot' | 'demand') => queue.enqueueAt(null, sweepEnvelope(EVERY_ACCOUNT, trigger, now()))
  await workQueue.enqueueAt(null, sweepEnvelope(EVERY_ACCOUNT, 'boot', now()))
  const ingest = {
    book,
    queue,
    accounts: config.accounts.map(({ policy }) => policy),
    onEnqueueFailed: () => undefined,
  }
  const operator = operatorOf(config, { book, queue, now })
  return { accept: (signal) => acceptSignal(ingest, signal, now()), sweep: () => sweep('demand'), operator, tools }
}

/** The operator's frame as the API makes it. */
function operatorOf(config: Config, { book, queue, now }: Pick<Tools, 'book' | 'queue' | 'now'>): Operator {
  const accounts = config.accounts.map(({ id, venue, policy }) => ({
    account: id,
    venue,
    strategies: policy.strategies,
  }))
  const tools = { book, queue, deadJobs: NO_DEAD_JOBS, accounts, now }
  return createOperator(tools, createConfirmations(CONFIRMATION_KEY))
}
