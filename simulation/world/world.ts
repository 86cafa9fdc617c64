/** One simulated world: machines, what stands on them, and how processes of ours come up again when they die. */
import type { Alerting } from '#alerting/alerting.ts'
import type { Book } from '#book/book.ts'
import { withCommit } from '#book/with-commit.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Config } from '#config/config.ts'
import { type AlertNotice, noticeKeyOf } from '#domain/alert-text.ts'
import type { Envelope } from '#domain/message.ts'
import { Actor } from '#simulation/kernel/actor.ts'
import type { Kernel } from '#simulation/kernel/kernel.ts'
import { Links } from '#simulation/kernel/links.ts'
import { type BookHost, remoteBook } from '#simulation/book/remote-book.ts'
import { RedisClient } from '#simulation/queue/redis-client.ts'
import { SimulatedRedis } from '#simulation/queue/simulated-redis.ts'
import type { Scenario } from '#simulation/scenario/scenario.ts'
import { Internet } from '#simulation/transport/internet.ts'
import { transportOf } from '#simulation/transport/transport.ts'
import type { Log } from '#workers/worker.ts'
import { openAccounts, type WorldAccount } from './accounts.ts'
import { type OurProcess, startOurProcess } from './our-process.ts'
import { openVenue, type WorldVenue } from './venues.ts'

/** A place where a process of ours runs, again and again. */
export interface Berth {
  readonly name: string
  readonly skewMs: number
  actor: Actor
  /** Null while it comes up. */
  process: OurProcess | null
  lives: number
}

/** One sink, told once of each beginning and end, as the log of a real process is. */
const SINK: Pick<Alerting, 'sinks' | 'repeat'> = {
  sinks: [{ name: 'log', minSeverity: 'info', escalation: false, repeats: false, events: ['raised', 'resolved'] }],
  repeat: { critical: null, warning: null, info: null, escalateAfterRounds: 3 },
}

/** How long a supervisor waits before it starts a dead process again, ms. */
const RESTART_MS = { least: 200, spread: 2_000 } as const

export class World {
  readonly kernel: Kernel
  readonly links: Links
  readonly internet: Internet
  readonly redis: SimulatedRedis
  readonly book: BookHost
  readonly venues: ReadonlyMap<string, WorldVenue>
  readonly accounts: readonly WorldAccount[]
  readonly config: Config
  readonly berths: readonly Berth[]
  /** Every message that was ever owed, by its key. */
  readonly messages: ReadonlyMap<string, Envelope>
  /** Notices as the sink got them: key and how often. */
  readonly delivered = new Map<string, number>()
  /** What ended a process of ours by itself. */
  readonly crashes: string[] = []
  readonly #log: Log

  private constructor(
    parts: Pick<
      World,
      'kernel' | 'links' | 'internet' | 'redis' | 'book' | 'venues' | 'accounts' | 'config' | 'berths' | 'messages'
    >,
    log: Log,
  ) {
    this.messages = parts.messages
    this.kernel = parts.kernel
    this.links = parts.links
    this.internet = parts.internet
    this.redis = parts.redis
    this.book = parts.book
    this.venues = parts.venues
    this.accounts = parts.accounts
    this.config = parts.config
    this.berths = parts.berths
    this.#log = log
    this.kernel.onDeath = (actor) => this.#restart(actor)
  }

  static async open(scenario: Scenario, kernel: Kernel, log: Log): Promise<World> {
    const links = new Links(kernel)
    const internet = new Internet(kernel, links)
    const redis = new SimulatedRedis(new Actor('redis'), kernel)
    const host = new Actor('book')
    const venues = new Map<string, WorldVenue>()
    for (const name of new Set(scenario.accounts.map(({ venue }) => venue))) {
      const terms = { seed: scenario.seed, aheadMs: scenario.venueAheadMs }
      venues.set(name, await openVenue(name, terms, internet))
    }
    const { accounts, config } = await openAccounts(scenario.accounts, venues)
    const messages = new Map<string, Envelope>()
    const book = { actor: host, book: noting(messages, await openEmbeddedBook({ file: ':memory:' })) }
    const berths = scenario.skewsMs.map((skewMs, index): Berth => {
      const name = `process-${index + 1}`
      return { name, skewMs, actor: new Actor(name, { skewMs, mortal: true }), process: null, lives: 0 }
    })
    return new World({ kernel, links, internet, redis, book, venues, accounts, config, berths, messages }, log)
  }

  /** The book seen without any network. */
  get rows(): Book {
    return this.book.book
  }

  /** Starts every process of ours. */
  start(): void {
    for (const berth of this.berths) this.#start(berth)
  }

  /** A process that is up, by a draw in [0, 1). */
  someProcess(draw: number): Berth | undefined {
    const up = this.berths.filter(({ process, actor }) => process !== null && actor.alive && !actor.stopped)
    return up[Math.floor(draw * up.length)]
  }

  #start(berth: Berth): void {
    berth.lives += 1
    berth.actor = new Actor(`${berth.name}.${berth.lives}`, { skewMs: berth.skewMs, mortal: true })
    berth.process = null
    const { actor } = berth
    this.kernel.post(actor, 1, 'starts', () => {
      startOurProcess(this.#groundOf(actor)).then(
        (process) => {
          if (berth.actor === actor) berth.process = process
        },
        (error: unknown) => {
          this.#log.error({ err: error }, `${actor.name} did not start`)
          this.kernel.kill(actor, 'a start that failed')
        },
      )
    })
  }

  #restart(actor: Actor): void {
    const berth = this.berths.find((candidate) => candidate.actor === actor)
    if (berth === undefined) return
    berth.process = null
    const { least, spread } = RESTART_MS
    this.kernel.post(this.kernel.world, least + this.kernel.random() * spread, `${berth.name} restarts`, () =>
      this.#start(berth),
    )
  }

  #groundOf(actor: Actor) {
    const { kernel, links, redis } = this
    const client = (patience: 'wait' | 'fail-fast'): RedisClient =>
      new RedisClient(actor, redis, { kernel, links }, patience)
    const named = (level: keyof Log) => (fields: object, message: string) =>
      this.#log[level]({ process: actor.name, ...fields }, message)
    return {
      config: this.config,
      book: remoteBook(actor, this.book, { kernel, links }),
      redis: { patient: client('wait'), hasty: client('fail-fast') },
      transport: transportOf(actor, this.internet),
      credentialsOf: (id: string) => this.accounts.find((account) => account.id === id)?.credentials ?? {},
      log: { debug: named('debug'), info: named('info'), warn: named('warn'), error: named('error') },
      alerting: {
        ...SINK,
        tell: async (_: string, notice: AlertNotice) => {
          if (!kernel.cross(actor, 'alert sink')) return await new Promise<void>(() => undefined)
          const key = noticeKeyOf(notice)
          this.delivered.set(key, (this.delivered.get(key) ?? 0) + 1)
        },
      },
    }
  }
}

/** Remembers every message that a commit which was applied owes. */
function noting(messages: Map<string, Envelope>, book: Book): Book {
  return withCommit(book, async (writes) => {
    const revisions = await book.commit(writes)
    for (const write of writes) {
      if (write.kind === 'outbox' && 'row' in write) messages.set(write.id, write.row.envelope)
    }
    return revisions
  })
}
