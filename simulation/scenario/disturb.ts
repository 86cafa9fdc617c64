/** Carries out the disturbances of a scenario. */
import { Decimal } from '#domain/decimal.ts'
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Cut } from '#simulation/kernel/links.ts'
import type { WorldAccount } from '#simulation/world/accounts.ts'
import type { WorldVenue } from '#simulation/world/venues.ts'
import type { World } from '#simulation/world/world.ts'
import type { TrueOrder, VenueTruth } from '#simulators/venue/simulated-venue.ts'
import { INSTRUMENTS } from '#storm/accounts.ts'
import { type Deed, symbolAt } from '#storm/evidence.ts'
import { pick } from '#storm/plan.ts'
import { priceOnGrid } from '#storm/prices.ts'
import type { Disturbance, DisturbanceKind } from './scenario.ts'

/** How much a lossy way loses. */
const LOSS = 0.25
/** Largest move of a price at once, as a fraction. */
const MOVE = { coins: 0.012, index: 0.003 } as const
/** Size of a position opened by hand. */
const BY_HAND = { 'BTC-PERP': '0.02', 'ETH-PERP': '0.5', MNQ: '1', MES: '1' } as const

type TruePosition = VenueTruth['positions'][number]

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
  readonly deeds: Deed[] = []
  readonly #world: World
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
      if (held !== undefined) this.#closeByHand(account, held)
    },
    'open-by-hand': ({ draws }) => this.#openByHand(draws),
    'cancel-by-hand': ({ draws }) => {
      const { account, venue, truth } = this.#target(draws)
      const working = truth.orders.filter((order) => order.working)
      const order = pick(working, draws[1])
      if (order !== undefined) void this.#cancel(venue, account, order)
    },
    liquidate: ({ draws }) => {
      const { account, venue, held } = this.#target(draws)
      if (held !== undefined) void this.#liquidate(venue, account, held)
    },
    'void-trade': ({ draws }) => {
      const { account, venue } = this.#target(draws)
      if (venue.name === 'projectx') void this.#voidTrade(venue, account, draws[1])
    },
  }

  constructor(world: World) {
    this.#world = world
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

  /** Closes by hand what no position of the book explains. */
  closeStrangers(explained: (account: string, symbol: string) => boolean): void {
    for (const account of this.#world.accounts) {
      for (const held of this.#venueOf(account).view.truth(account.venueAccount).positions) {
        if (!explained(account.id, held.symbol)) this.#closeByHand(account, held)
      }
    }
  }

  #openByHand(draws: Draws): void {
    const { account, venue, truth } = this.#target(draws)
    const instrument = pick(INSTRUMENTS[account.strategy].slice(0, 2), draws[2]) as keyof typeof BY_HAND
    const symbol = symbolAt(account.venue, instrument)
    if (truth.positions.some((position) => position.symbol.includes(symbol))) return
    const side = draws[3] < 0.5 ? 'buy' : 'sell'
    void this.#deed('open-by-hand', account, symbol, `${side} ${BY_HAND[instrument]}`, () =>
      venue.view.tradeByHand(account.venueAccount, symbol, side, BY_HAND[instrument]),
    )
  }

  #closeByHand(account: WorldAccount, { symbol, size }: TruePosition): void {
    const { view } = this.#venueOf(account)
    void this.#deed('close-by-hand', account, symbol, size, () => view.closeByHand(account.venueAccount, symbol))
  }

  async #cancel(venue: WorldVenue, account: WorldAccount, { orderId, symbol }: TrueOrder): Promise<void> {
    const who = account.venueAccount
    const args = {
      hyperliquid: { user: who, oid: Number(orderId) },
      bybit: { account: who, orderId },
      projectx: { account: who, orderId: Number(orderId) },
    }
    await this.#deed('cancel-by-hand', account, symbol, orderId, () => venue.control('cancelByHand', args[venue.name]))
  }

  async #liquidate(venue: WorldVenue, account: WorldAccount, held: TruePosition): Promise<void> {
    const { symbol, size } = held
    const who = account.venueAccount
    const args = {
      hyperliquid: { user: who, coin: symbol },
      bybit: { account: who, symbol },
      projectx: { account: who },
    }
    await this.#deed('liquidate', account, symbol, size, () => venue.control('liquidate', args[venue.name]))
  }

  async #voidTrade(venue: WorldVenue, account: WorldAccount, draw: number): Promise<void> {
    const ledger = (await venue.control('ledger', { account: account.venueAccount })) as {
      readonly trades: readonly { readonly id: number; readonly contractId: string; readonly voided: boolean }[]
    }
    // Hours pass before a venue takes a trade back: the book has read it by then.
    const query = { where: { account: account.id }, orderBy: { field: 'time', direction: 'ascending' } } as const
    const told = (await this.#world.rows.list('fills', query)).map(({ row }) => row.fillId)
    const isTold = (id: number): boolean => told.some((fillId) => fillId.endsWith(`|${id}`))
    const trade = pick(
      ledger.trades.filter(({ id, voided }) => !voided && isTold(id)),
      draw,
    )
    if (trade === undefined) return
    const act = () => venue.control('voidTrade', { tradeId: trade.id })
    await this.#deed('void-trade', account, trade.contractId, `trade ${trade.id}`, act)
  }

  /** New exposure is forbidden for a while, as an operator does it; exits go on. */
  async #halt(forMs: number): Promise<void> {
    const set = async (tradingEnabled: boolean): Promise<void> => {
      const row = {
        tradingEnabled,
        by: 'operator',
        why: 'a halt of the scenario',
        at: Math.floor(this.#world.kernel.now),
      }
      await this.#world.rows.commit([{ op: 'put', kind: 'control', id: 'global', row }])
    }
    await set(false)
    this.#later(forMs, 'trading goes on', () => void set(true))
  }

  #move(venue: WorldVenue, account: WorldAccount, instrument: string, fraction: number): void {
    const symbol = symbolAt(account.venue, instrument)
    const price = new Decimal(venue.view.mark(symbol)).times(1 + fraction)
    venue.view.setMark(symbol, priceOnGrid(instrument, price))
  }

  /** Something at a venue behind the book's back; remembers which orders it made. */
  async #deed(
    kind: Deed['kind'],
    account: WorldAccount,
    symbol: string,
    detail: string,
    act: () => unknown,
  ): Promise<void> {
    const { view } = this.#venueOf(account)
    const orders = () => view.truth(account.venueAccount).orders.map(({ orderId }) => orderId)
    const before = new Set(orders())
    if (!(await attempt(act))) return
    const orderIds = orders().filter((id) => !before.has(id))
    const resolved = view
      .truth(account.venueAccount)
      .fills.findLast(({ orderId }) => orderIds.includes(orderId))?.symbol
    const at = this.#world.kernel.now
    this.#endStrangers(account)
    this.#world.kernel.trace.note(`${kind} ${account.id} ${symbol} ${detail}`)
    this.deeds.push({ kind, account: account.id, symbol: resolved ?? symbol, at, endedAt: null, orderIds, detail })
  }

  /** Positions opened by hand end with whatever made the symbol flat. */
  #endStrangers(account: WorldAccount): void {
    const held = new Set(
      this.#venueOf(account)
        .view.truth(account.venueAccount)
        .positions.map(({ symbol }) => symbol),
    )
    for (const deed of this.deeds) {
      if (deed.kind !== 'open-by-hand' || deed.account !== account.id || held.has(deed.symbol)) continue
      deed.endedAt ??= this.#world.kernel.now
    }
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
    const venue = this.#venueOf(account)
    const truth = venue.view.truth(account.venueAccount)
    return { account, venue, truth, held: pick(truth.positions, second) }
  }

  #someVenue(draw: number): WorldVenue {
    return pick([...this.#world.venues.values()], draw) as WorldVenue
  }

  #venueOf({ venue }: WorldAccount): WorldVenue {
    return this.#world.venues.get(venue) as WorldVenue
  }

  #later(ms: number, label: string, act: () => void): void {
    this.#world.kernel.post(this.#world.kernel.world, ms, label, act)
  }
}

/** What a venue refuses (no stop stands, the market is closed) did not happen. */
async function attempt(act: () => unknown): Promise<boolean> {
  try {
    await act()
    return true
  } catch {
    return false
  }
}
