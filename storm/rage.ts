/** Carries out the plan of a storm: each kind of disturbance on what it draws from what is there. */
import { setTimeout as delay } from 'node:timers/promises'
import { controlBybit } from '#simulators/bybit/control/client.ts'
import { controlHyperliquid } from '#simulators/hyperliquid/control/client.ts'
import { controlProjectX } from '#simulators/projectx/control/client.ts'
import { Deeds } from './deeds.ts'
import type { Happening, Recovery, Skew } from './evidence.ts'
import type { Ground, Worker } from './ground.ts'
import { type Disturbance, type DisturbanceKind, pick } from './plan.ts'
import { OperatorDesk } from './operator-desk.ts'
import { jobsOf, recoveryOfKill, recoveryOfWipe } from './recovery.ts'
import { faultRules } from './venue-faults.ts'
import type { VenueName } from './venue-calls.ts'

const VENUES: readonly VenueName[] = ['hyperliquid', 'bybit', 'projectx']
/** A worker's clock goes wrong by up to so much, ms. With the venues' jumps it stays below the second at which Truebook refuses to start. */
const WORKER_SKEW_MS = 300
/** One jump of a venue's clock, and all of them together, at most; ms. */
const JUMP_MS = 250
const JUMPS_MS = 500
const SLOW_MS = 400

export class Rage {
  readonly happenings: Happening[] = []
  readonly recoveries: Recovery[] = []
  readonly skews: Skew[] = []
  readonly deeds: Deeds
  readonly desk: OperatorDesk
  readonly #ground: Ground
  readonly #startedAt: number
  readonly #busy = new Set<Promise<void>>()
  /** What must be alone: Redis is started once, one worker at a time is down. */
  readonly #taken = new Set<string>()
  readonly #ahead = new Map<VenueName, number>()

  constructor(ground: Ground) {
    this.#ground = ground
    this.#startedAt = performance.now()
    const note = (kind: string, detail: string): void => this.#note(kind, detail)
    this.deeds = new Deeds(ground, note)
    this.desk = new OperatorDesk(ground, this.deeds, note)
  }

  /** Follows the plan; resolves when its last disturbance is over. @throws when it is ended early */
  async follow(plan: readonly Disturbance[], ended: AbortSignal): Promise<void> {
    for (const disturbance of plan) {
      const wait = disturbance.at - (performance.now() - this.#startedAt)
      if (wait > 0) await delay(wait, undefined, { signal: ended })
      const running = this.#do(disturbance)
      this.#busy.add(running)
      void running.then(() => this.#busy.delete(running))
    }
    const { promise: endedEarly, reject } = Promise.withResolvers<never>()
    ended.addEventListener('abort', () => reject(ended.reason))
    ended.throwIfAborted()
    await Promise.race([Promise.all(this.#busy), endedEarly])
  }

  #note(kind: string, detail: string): void {
    this.happenings.push({ atMs: Math.round(performance.now() - this.#startedAt), kind, detail })
  }

  async #do(disturbance: Disturbance): Promise<void> {
    const { kind, draws, forMs } = disturbance
    try {
      await this.#actions[kind](draws, forMs)
    } catch (error) {
      // The world had moved on before the disturbance came: a stop that is gone, a position that was closed.
      this.#note(`${kind} failed`, error instanceof Error ? error.message : String(error))
    }
  }

  readonly #actions: Readonly<Record<DisturbanceKind, (draws: readonly number[], forMs: number) => Promise<void>>> = {
    'kill-worker': async (draws, forMs) => await this.#killWorker(draws, forMs),
    'skew-worker': async (draws, forMs) => await this.#skewWorker(draws, forMs),
    'kill-api': async (_, forMs) => {
      this.#note('kill-api', `for ${forMs} ms`)
      this.#ground.api.kill(forMs)
      await Promise.resolve()
    },
    'stop-worker': async ([which], forMs) => await this.#stopWorker(which, forMs),
    'kill-redis': async (_, forMs) =>
      await this.#alone('redis', 'kill-redis', async () => await this.#ground.redis.kill(forMs, delay)),
    'flush-redis': async () =>
      await this.#alone(
        'redis',
        'flush-redis',
        async () => await this.#wipe('FLUSHALL', () => this.#ground.redis.flush()),
      ),
    'erase-redis': async (_, forMs) =>
      await this.#alone(
        'redis',
        'erase-redis',
        async () => await this.#wipe('data deleted', () => this.#ground.redis.erase(forMs, delay)),
      ),
    'hole-redis': async (_, forMs) =>
      await this.#alone('redis', 'hole-redis', async () => {
        for (const way of this.#ground.redisWays) way.mode('black-hole')
        await delay(forMs)
        for (const way of this.#ground.redisWays) way.mode('pass')
      }),
    'part-worker': async ([which, how], forMs) => {
      const worker = this.#pickWorker(which)
      await this.#alone(`${worker.service.name} redis`, `part-worker ${worker.service.name}`, async () => {
        worker.redisWay.mode((how ?? 0) < 0.7 ? 'black-hole' : 'refuse')
        await delay(forMs)
        worker.redisWay.mode('pass')
      })
    },
    'stop-book': async ([how], forMs) =>
      await this.#alone('book', 'stop-book', async () => await this.#ground.book.stop(forMs, how ?? 0, delay)),
    'freeze-book': async (_, forMs) =>
      await this.#alone('book', 'freeze-book', async () => await this.#ground.book.freeze(forMs, delay)),
    'hole-venue': async (draws, forMs) => await this.#breakVenue(draws, 'rest', 'black-hole', forMs),
    'refuse-venue': async (draws, forMs) => await this.#breakVenue(draws, 'rest', 'refuse', forMs),
    'hole-stream': async (draws, forMs) => await this.#breakVenue(draws, 'stream', 'black-hole', forMs),
    'reset-venue': async ([which]) => {
      const venue = pick(VENUES, which) ?? 'bybit'
      const { rest, stream } = this.#ground.ways[venue]
      this.#note('reset-venue', `${venue}: ${rest.resetConnections() + stream.resetConnections()} connections`)
      await Promise.resolve()
    },
    'slow-venue': async ([which], forMs) => {
      const venue = pick(VENUES, which) ?? 'bybit'
      await this.#alone(`slow ${venue}`, `slow-venue ${venue}`, async () => {
        this.#ground.ways[venue].rest.delay(SLOW_MS)
        await delay(forMs)
        this.#ground.ways[venue].rest.delay(0)
      })
    },
    'drop-streams': async ([which]) => {
      const venue = pick(VENUES, which) ?? 'bybit'
      this.#note('drop-streams', `${venue}: ${await this.#ground.venues[venue].dropSockets()}`)
    },
    'reset-sender': async () => {
      this.#note('reset-sender', `${this.#ground.apiWay.resetConnections()} connections`)
      await Promise.resolve()
    },
    'refuse-sender': async (_, forMs) =>
      await this.#alone('sender', 'refuse-sender', async () => {
        this.#ground.apiWay.mode('refuse')
        await delay(forMs)
        this.#ground.apiWay.mode('pass')
      }),
    'skew-venue': async (draws) => await this.#skewVenue(draws),
    'fault-venue': async (draws, forMs) => await this.#faultVenue(draws, forMs),
    'move-price': async (draws) => await this.deeds.movePrice(draws),
    'trip-stop': async (draws) => await this.deeds.tripStop(draws),
    'close-by-hand': async (draws) => await this.deeds.closeByHand(draws),
    'open-by-hand': async (draws, forMs) => await this.deeds.openByHand(draws, forMs),
    'foreign-order': async (draws, forMs) => await this.deeds.foreignOrder(draws, forMs),
    'cancel-stop-by-hand': async (draws) => await this.deeds.cancelByHand(draws),
    liquidate: async (draws) => await this.deeds.liquidate(draws),
    flatten: async (draws) => await this.desk.flatten(draws),
    'halt-scope': async (draws, forMs) => await this.desk.haltScope(draws, forMs),
    quarantine: async (draws, forMs) => await this.desk.quarantine(draws, forMs),
    adopt: async (draws, forMs) => await this.desk.adopt(draws, forMs),
    ignore: async (draws, forMs) => await this.desk.ignore(draws, forMs),
    'void-trade': async (draws) => await this.deeds.voidTrade(draws),
  }

  /** Runs it unless the same thing is under way. */
  async #alone(what: string, kind: string, run: () => Promise<void>): Promise<void> {
    if (this.#taken.has(what)) return
    this.#taken.add(what)
    this.#note(kind, 'begins')
    try {
      await run()
    } finally {
      this.#taken.delete(what)
      this.#note(kind, 'is over')
    }
  }

  #pickWorker(draw: number | undefined): Worker {
    return pick(this.#ground.workers, draw) as Worker
  }

  async #killWorker([which]: readonly number[], forMs: number): Promise<void> {
    const { service } = this.#pickWorker(which)
    const { pid } = service
    if (pid === null) return
    const claims = await jobsOf(this.#ground.queue, pid).catch(() => [])
    if (service.pid !== pid) return
    const cause = `${service.name} at ${Math.round(performance.now() - this.#startedAt)} ms`
    this.#note('kill-worker', `${service.name} with ${claims.length} jobs, back after ${forMs} ms`)
    service.kill(forMs)
    if (claims.length === 0) return
    const recovery = await recoveryOfKill(this.#ground, pid, claims, cause)
    if (recovery !== null) this.recoveries.push(recovery)
  }

  async #skewWorker([which, how]: readonly number[], forMs: number): Promise<void> {
    const worker = this.#pickWorker(which)
    worker.clock.skewMs = Math.round(WORKER_SKEW_MS * (2 * (how ?? 0) - 1))
    this.#note('skew-worker', `${worker.service.name} comes back ${worker.clock.skewMs} ms off`)
    worker.service.kill(forMs)
    await Promise.resolve()
  }

  async #stopWorker(which: number | undefined, forMs: number): Promise<void> {
    const { service } = this.#pickWorker(which)
    if (service.pid === null) return
    await this.#alone(`${service.name} stopped`, `stop-worker ${service.name}`, async () => {
      service.signal('SIGSTOP')
      await delay(forMs)
      service.signal('SIGCONT')
    })
  }

  async #wipe(cause: string, wipe: () => Promise<void>): Promise<void> {
    this.recoveries.push(await recoveryOfWipe(this.#ground, cause, wipe))
  }

  async #breakVenue(
    [which]: readonly number[],
    way: 'rest' | 'stream',
    mode: 'black-hole' | 'refuse',
    forMs: number,
  ): Promise<void> {
    const venue = pick(VENUES, which) ?? 'bybit'
    await this.#alone(`${venue} ${way}`, `${mode} ${venue} ${way}`, async () => {
      this.#ground.ways[venue][way].mode(mode)
      await delay(forMs)
      this.#ground.ways[venue][way].mode('pass')
    })
  }

  async #skewVenue([which, how]: readonly number[]): Promise<void> {
    const venue = pick(VENUES, which) ?? 'bybit'
    const ahead = this.#ahead.get(venue) ?? 0
    const jump = Math.min(Math.round(JUMP_MS * (how ?? 0)), JUMPS_MS - ahead)
    if (jump <= 0) return
    await this.#ground.venues[venue].advance(jump)
    this.#ahead.set(venue, ahead + jump)
    this.skews.push({ venue, from: this.#ground.now(), aheadMs: ahead + jump })
    this.#note('skew-venue', `${venue} ${ahead + jump} ms ahead`)
  }

  async #faultVenue(draws: readonly number[], forMs: number): Promise<void> {
    const venue = pick(VENUES, draws[0]) ?? 'bybit'
    const rules = faultRules(draws)
    const { url } = this.#ground.venues[venue]
    const rule = rules[venue]
    this.#note('fault-venue', `${venue} ${JSON.stringify(rule)}`)
    const armed = {
      hyperliquid: async () => {
        const control = controlHyperliquid(url)
        const { id } = await control.call('addFault', rules.hyperliquid)
        return async () => void (await control.call('clearFaults', { id }))
      },
      bybit: async () => {
        const control = controlBybit(url)
        const { id } = await control.call('addFault', rules.bybit)
        return async () => void (await control.call('clearFaults', { id }))
      },
      projectx: async () => {
        const control = controlProjectX(url)
        const { id } = await control.call('addFault', rules.projectx)
        return async () => void (await control.call('clearFaults', { id }))
      },
    }
    const clear = await armed[venue]()
    await delay(forMs)
    await clear()
  }
}
