/** Carries out the disturbances of a scenario. */
import { Decimal } from '#domain/decimal.ts'
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Cut } from '#simulation/kernel/links.ts'
import type { WorldAccount } from '#simulation/world/accounts.ts'
import type { WorldVenue } from '#simulation/world/venues.ts'
import type { World } from '#simulation/world/world.ts'
import type { VenueTruth } from '#simulators/venue/simulated-venue.ts'
import { INSTRUMENTS } from '#storm/accounts.ts'
import { symbolAt } from '#storm/evidence.ts'
import { pick } from '#storm/plan.ts'
import { priceOnGrid } from '#storm/prices.ts'
import { type Hands, type TruePosition, attempt } from './hands.ts'
import type { Disturbance, DisturbanceKind } from './scenario.ts'
import type { Seat } from './seat.ts'

/** How much a lossy way loses. */
const LOSS = 0.25
/** Largest move of a price at once, as a fraction. */
const MOVE = { coins: 0.012, index: 0.003 } as const

/** Numbers in [0, 1) that pick what a disturbance hits and how. */
type Draws = readonly [first: number, second: number, third: number, fourth: number, ...more: number[]]

interface Blow {
  readonly draws: Draws
  readonly forMs: number
  /** The process that it hits, if it hits one. */
  readonly process: Actor
}

/** An account at its venue, and what it holds there. */
interface Target {
  readonly account: WorldAccount
  readonly venue: WorldVenue
  readonly truth: VenueTruth
  readonly held: TruePosition | undefined
}

export class Disturber {
  readonly #world: World
  readonly #hands: Hands
  readonly #seat: Seat
  readonly #acts: Readonly<Record<DisturbanceKind, (blow: Blow) => void>> = {
    kill: ({ process }) => this.#world.kernel.kill(process, 'a kill'),
    stop: ({ process, forMs }) => {
      this.#world.kernel.stop(process)
      this.#later(forMs, 'goes on', () => this.#world.kernel.go(process))
    },
    'redis-down': ({ forMs }) => {
      this.#world.redis.goDown()
      this.#later(forMs, 'redis is back', () => this.#world.redis.comeUp())
    },
    'redis-wipe': () => this.#world.redis.wipe(),
    'job-lost': ({ draws }) => this.#loseJob(draws[1]),
    part: ({ process, forMs, draws }) => this.#part(process, forMs, draws[1], draws[2]),
    lossy: ({ forMs, draws }) => {
      const machine = this.#machine(draws[1])
      this.#world.links.lossy(machine, LOSS)
      this.#later(forMs, 'no more losses', () => this.#world.links.lossy(machine, 0))
    },
    'venue-fault': ({ draws }) => this.#world.kernel.trace.note(`fault ${this.#someVenue(draws[0]).addFault(draws)}`),
    halt: ({ forMs }) => void this.#halt(forMs),
    'drop-streams': ({ draws }) => this.#someVenue(draws[1]).view.dropSockets(),
    'move-price': ({ draws }) => {
      const { account, venue } = this.#target(draws)
      const instrument = pick(INSTRUMENTS[account.strategy].slice(0, 2), draws[1]) as string
      this.#move(venue, account, instrument, (draws[2] - 0.5) * 2 * MOVE[account.strategy])
    },
    'trip-stop': ({ draws }) => {
      const { account, venue, held } = this.#target(draws)
      if (held !== undefined) void attempt(() => venue.view.tripStop(account.venueAccount, held.symbol))
    },
    'close-by-hand': ({ draws }) => {
      const { account, held } = this.#target(draws)
      if (held !== undefined) this.#hands.close(account, held)
    },
    'open-by-hand': ({ draws }) => {
      const { account } = this.#target(draws)
      const instrument = pick(INSTRUMENTS[account.strategy].slice(0, 2), draws[2]) as string
      this.#hands.open(account, instrument, draws[3] < 0.5 ? 'buy' : 'sell')
    },
    'cancel-by-hand': ({ draws }) => {
      const { account, venue, truth } = this.#target(draws)
      const working = truth.orders.filter((order) => order.working)
      const order = pick(working, draws[1])
      if (order !== undefined) void this.#hands.cancel(venue, account, order)
    },
    liquidate: ({ draws }) => {
      const { account, venue, held } = this.#target(draws)
      if (held !== undefined) void this.#hands.liquidate(venue, account, held)
    },
    'void-trade': ({ draws }) => {
      const { account, venue } = this.#target(draws)
      if (venue.name === 'projectx') void this.#hands.voidTrade(venue, account, draws[1])
    },
  }

  constructor(world: World, hands: Hands, seat: Seat) {
    this.#world = world
    this.#hands = hands
    this.#seat = seat
  }

  /** One disturbance; what lasts ends by itself. */
  begin({ kind, forMs, draws }: Disturbance): void {
    const { internet, venues, berths } = this.#world
    const [first = 0, second = 0, third = 0, fourth = 0, ...more] = draws
    const { actor } = pick(berths, first) as World['berths'][number]
    this.#acts[kind]({ process: actor, forMs, draws: [first, second, third, fourth, ...more] })
    for (const name of venues.keys()) internet.touched(internet.host(`http://${name}`))
  }

  /** Undoes all that could still last, and what only a person may. */
  repair(): void {
    const { links, redis, venues, berths, kernel } = this.#world
    links.healAll()
    redis.comeUp()
    for (const venue of venues.values()) venue.clearFaults()
    for (const { actor } of berths) if (actor.stopped) kernel.go(actor)
  }

  /** New exposure is forbidden for a while, as an operator does it; exits go on. */
  async #halt(forMs: number): Promise<void> {
    const scope = { kind: 'all' } as const
    await this.#seat.ask({ verb: 'halt', scope }, 0)
    await this.#seat.wait(forMs)
    await this.#seat.ask({ verb: 'resume', scope }, 0)
  }

  #move(venue: WorldVenue, account: WorldAccount, instrument: string, fraction: number): void {
    const symbol = symbolAt(account.venue, instrument)
    const price = new Decimal(venue.view.mark(symbol)).times(1 + fraction)
    venue.view.setMark(symbol, priceOnGrid(instrument, price))
  }

  #loseJob(draw: number): void {
    const { redis } = this.#world
    const jobs = [...redis.queues.values()].flatMap((queue) => queue.ids().map((id) => ({ queue, id })))
    const lost = pick(jobs, draw)
    lost?.queue.lose(lost.id)
  }

  #part(process: Actor, forMs: number, whom: number, how: number): void {
    const { links } = this.#world
    const machine = this.#machine(whom)
    links.cut(process, machine, pick<Cut>(['refused', 'request-lost', 'answer-lost'], how) as Cut)
    this.#later(forMs, 'healed', () => links.heal(process, machine))
  }

  #machine(draw: number): Actor {
    const { redis, book, venues } = this.#world
    return pick([redis.actor, book.actor, ...[...venues.values()].map(({ actor }) => actor)], draw) as Actor
  }

  #target([first, second]: Draws): Target {
    const account = pick(this.#world.accounts, first) as WorldAccount
    const venue = this.#hands.venueOf(account)
    const truth = venue.view.truth(account.venueAccount)
    return { account, venue, truth, held: pick(truth.positions, second) }
  }

  #someVenue(draw: number): WorldVenue {
    return pick([...this.#world.venues.values()], draw) as WorldVenue
  }

  #later(ms: number, label: string, act: () => void): void {
    this.#world.kernel.post(this.#world.kernel.world, ms, label, act)
  }
}
