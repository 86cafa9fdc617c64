/**
 * The story of the demo: signals in, orders out, discipline; then stops trip unseen, positions are closed by hand, a worker is killed
 * while placing and unexpected positions appear, at every venue. Prices come from the seed, waits from what happens.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type PositionId, clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow, PositionState } from '#domain/position.ts'
import type { SignalInput } from '#domain/signal.ts'
import type { DemoDesk } from './desk.ts'
import type { Narrator } from './narrator.ts'
import { seeded } from './prices.ts'
import type { TruebookProcess } from './processes.ts'
import { intentsOf } from './reckoning.ts'
import { type Leg, type Part, type Troupe, movePrice, movedPrice } from './traders.ts'

/** How long nobody watches, ms: the demo's monitors look every 500 ms. */
const UNSEEN_MS = 1500
const EVERYTHING_BUT_PLACE = 'route,precheck,monitor,close,reconcile,sweep,alerts,guard'

export class Story {
  readonly #desk: DemoDesk
  readonly #tell: Narrator
  readonly #random: () => number
  #signals = 0
  readonly legs: Leg[] = []
  /** How long the standby took from the kill to the last proven order, ms. */
  recoveryMs = 0

  constructor(desk: DemoDesk, tell: Narrator, seed: number) {
    this.#desk = desk
    this.#tell = tell
    this.#random = seeded(seed)
  }

  async run(): Promise<void> {
    this.#tell.act('1. Signals in, orders out')
    let watcher = await this.#desk.startWorker('worker', EVERYTHING_BUT_PLACE)
    const placer = await this.#desk.startWorker('placer', 'place')
    this.#tell.say(`workers: ${watcher.name} (pid ${watcher.pid}) and ${placer.name} (pid ${placer.pid})`)
    await this.#openPositions()
    this.#tell.act('2. In-trade discipline')
    await this.#trail()
    await this.#takeProfit()
    await this.#funding()
    this.#tell.act('3. Disturbances')
    watcher = await this.#behindTheBook(watcher)
    await this.#killWhilePlacing(placer)
    await this.#unexpectedPositions()
    this.#tell.act('4. The book against the brokers')
    await this.#desk.act({ verb: 'sweep' })
  }

  /** Sends one signal; answers a leg for every account it reaches. */
  async #send(part: Part, troupe: Troupe, signal: Distribute<SignalInput>): Promise<Leg[]> {
    this.#signals += 1
    const sent = await this.#desk.client.sendSignal({
      ...signal,
      signal_id: `demo-${this.#signals}`,
      source: 'demo',
      strategy: troupe.strategy,
      ts: this.#desk.now(),
    })
    return sent.accounts.map(({ account, position_id: id }) => {
      const trader = troupe.traders.find((candidate) => candidate.account === account)
      if (trader === undefined)
        throw new Error(`Expected the signal to reach accounts of ${troupe.strategy}, saw ${account}.`)
      return { part, trader, troupe, id: id as PositionId }
    })
  }

  /** Opens a position of the story at every account of every troupe; answers when all stand in `state`. */
  async #open(part: Part, state: PositionState, terms: (troupe: Troupe) => EntryTerms): Promise<Leg[]> {
    const opened = await Promise.all(
      this.#desk.troupes.map(
        async (troupe) =>
          await this.#send(part, troupe, {
            kind: 'open',
            instrument: troupe.instruments[part],
            size: troupe.size[part],
            ...terms(troupe),
          }),
      ),
    )
    this.legs.push(...opened.flat())
    const rows = await Promise.all(opened.flat().map((leg) => this.#until(leg, state)))
    for (const row of rows) this.#opened(row)
    return opened.flat()
  }

  #opened(row: PositionRow): void {
    const stop = `native stop ${row.nativeStop?.triggerPrice ?? 'none'}`
    const where = `${row.account}: ${row.instrument} ${row.side}`
    if (row.state === 'entering') this.#tell.say(`${where} rests at the venue, waiting for its price`)
    else this.#tell.say(`${where} ${row.size} filled at ${row.entryAverage}, ${stop}`)
  }

  async #until({ id, trader }: Leg, state: PositionState): Promise<PositionRow> {
    return await this.#desk.until(`${id} at ${trader.account} to be ${state}`, async () => {
      const row = await this.#desk.position(id)
      if (row === null) await this.#expectNoDenial(id)
      return row?.state === state && row
    })
  }

  /** A signal that a gate stopped would be waited for in vain. */
  async #expectNoDenial(id: PositionId): Promise<void> {
    const outcome = (await this.#desk.book.load('processed', `${id}.route`))?.row.outcome
    if (outcome?.result === 'denied') throw new Error(`Expected ${id} to be accepted, saw it denied: ${outcome.detail}`)
  }

  #of(part: Part): Leg[] {
    return this.legs.filter((leg) => leg.part === part)
  }

  /** Waits for the ends of the positions of a part and tells them. */
  async #allClosed(part: Part): Promise<void> {
    const rows = await Promise.all(this.#of(part).map((leg) => this.#until(leg, 'closed')))
    for (const row of rows) this.#closed(row)
  }

  #closed(row: PositionRow): void {
    const text = `${row.account}: ${row.instrument} closed by ${row.exitReason} at ${row.exitAverage}, net ${row.realised?.net} USD`
    if (row.orphaned) this.#tell.alarm(`${text} — behind the book, rebuilt from the broker's fills`)
    else this.#tell.say(text)
  }

  async #openPositions(): Promise<void> {
    await this.#open('trail', 'open', ({ scale }) => ({
      side: 'long',
      stop_loss: { distance_bps: 200 * scale },
      trail: { distance_bps: 60 * scale },
    }))
    await this.#open('stop', 'open', ({ scale, stopSide: side }) => ({
      side,
      stop_loss: { distance_bps: 150 * scale },
    }))
    await this.#open('hand', 'open', ({ scale }) => ({ side: 'long', stop_loss: { distance_bps: 100 * scale } }))
    await this.#restingEntries()
  }

  /** Limit entries that rest until the market comes to them. */
  async #restingEntries(): Promise<void> {
    const legs = await this.#open('target', 'entering', ({ traders, instruments, scale }) => ({
      side: 'long',
      entry: {
        type: 'limit',
        price: movedPrice(first(traders), instruments.target, -30 * scale),
        timeout_ms: 60_000,
      },
      stop_loss: { distance_bps: 200 * scale },
      take_profit: { distance_bps: 150 * scale },
    }))
    for (const { trader, troupe } of legs) movePrice(trader, troupe.instruments.target, -60 * troupe.scale)
    const rows = await Promise.all(legs.map((leg) => this.#until(leg, 'open')))
    for (const row of rows) this.#opened(row)
  }

  async #trail(): Promise<void> {
    for (let step = 0; step < 4; step++) {
      const moves = 35 + Math.floor(this.#random() * 40)
      await Promise.all(
        this.#of('trail').map(async ({ id, trader, troupe }) => {
          const before = (await this.#desk.position(id))?.nativeStop?.triggerPrice
          const price = movePrice(trader, troupe.instruments.trail, moves * troupe.scale)
          const row = await this.#desk.until(`the trailing stop at ${trader.account} to move`, async () => {
            const now = await this.#desk.position(id)
            return now?.nativeStop?.triggerPrice !== before && now?.nativeStop?.confirmedAt !== null && now
          })
          this.#tell.say(
            `${row.account}: ${row.instrument} at ${price}, native stop raised to ${row.nativeStop?.triggerPrice}`,
          )
        }),
      )
    }
    for (const { trader, troupe } of this.#of('trail')) movePrice(trader, troupe.instruments.trail, -120 * troupe.scale)
    await this.#allClosed('trail')
  }

  async #takeProfit(): Promise<void> {
    for (const { trader, troupe } of this.#of('target'))
      movePrice(trader, troupe.instruments.target, 260 * troupe.scale)
    await this.#allClosed('target')
  }

  /** The full hour at which both perpetual venues settle funding of what still stands. */
  async #funding(): Promise<void> {
    await delay(Math.max(0, this.#desk.fundingAt - this.#desk.now()))
    for (const { trader } of this.#of('hand')) {
      const { funding } = trader.venue.truth(trader.venueAccount)
      if (funding !== '0') this.#tell.say(`${trader.account}: ${funding} USD of funding`)
    }
  }

  /** While nobody watches, native stops trip and positions are closed by hand; the sweep at the next start finds all of it. */
  async #behindTheBook(watcher: TruebookProcess): Promise<TruebookProcess> {
    await watcher.stop()
    this.#tell.say('the watching worker is stopped; nobody looks')
    for (const { trader, troupe } of this.#of('stop')) {
      trader.venue.tripStop(trader.venueAccount, trader.symbolOf(troupe.instruments.stop))
      this.#tell.say(`at ${trader.venue.venue} the native stop of ${troupe.instruments.stop} trips`)
    }
    for (const { trader, troupe } of this.#of('hand')) {
      trader.venue.closeByHand(trader.venueAccount, trader.symbolOf(troupe.instruments.hand))
      this.#tell.say(`at ${trader.venue.venue} somebody closes ${troupe.instruments.hand} by hand`)
    }
    const unseenFrom = performance.now()
    // Longer than two looks: what is found later was not seen as it happened.
    await delay(UNSEEN_MS)
    const next = await this.#desk.startWorker('worker-again', EVERYTHING_BUT_PLACE)
    this.#tell.say(`a worker starts again (pid ${next.pid}); its boot sweep compares brokers and book`)
    await this.#allClosed('stop')
    await this.#allClosed('hand')
    this.#tell.say(`all exits rebuilt ${((performance.now() - unseenFrom) / 1000).toFixed(1)} s after they happened`)
    return next
  }

  /** SIGKILL between the orders' last bytes and the venues' answers: the worst moment there is. */
  async #killWhilePlacing(victim: TruebookProcess): Promise<void> {
    for (const { traders } of this.#desk.troupes) for (const { venue } of traders) venue.silenceNextOrder()
    const sent = await Promise.all(
      this.#desk.troupes.map(
        async (troupe) =>
          await this.#send('killed', troupe, {
            kind: 'open',
            instrument: troupe.instruments.killed,
            side: 'short',
            size: troupe.size.killed,
            stop_loss: { distance_bps: 250 * troupe.scale },
          }),
      ),
    )
    const legs = sent.flat()
    this.legs.push(...legs)
    await this.#desk.until(
      'the orders to reach their venues',
      async () => await Promise.resolve(legs.every((leg) => this.#ordersOf(leg) > 0)),
    )
    const rescuer = await this.#desk.startWorker('placer-again', 'place')
    await victim.kill()
    const killedAt = performance.now()
    this.#tell.alarm(
      `SIGKILL to ${victim.name} (pid ${victim.pid}) while it waits for the answers of ${legs.length} venues; ${rescuer.name} goes on`,
    )
    const rows = await Promise.all(legs.map((leg) => this.#until(leg, 'open')))
    this.recoveryMs = Math.round(performance.now() - killedAt)
    for (const [index, row] of rows.entries()) {
      const orders = this.#ordersOf(legs[index] as Leg)
      this.#tell.say(
        `${row.account}: ${row.instrument} ${row.side} ${row.size} proven, ${orders} order at the venue for the one intent`,
      )
    }
    this.#tell.say(`all proven ${this.recoveryMs} ms after the kill`)
    const move = -40 + Math.floor(this.#random() * 60)
    for (const { trader, troupe } of legs) movePrice(trader, troupe.instruments.killed, move * troupe.scale)
    for (const troupe of this.#desk.troupes)
      await this.#send('killed', troupe, { kind: 'close', instrument: troupe.instruments.killed })
    await this.#allClosed('killed')
  }

  #ordersOf({ id, trader }: Leg): number {
    const entry = clientOrderIdOf(id, 'entry', 0)
    return intentsOf(trader.venue.truth(trader.venueAccount).orders).get(entry) ?? 0
  }

  async #unexpectedPositions(): Promise<void> {
    const strangers = this.#desk.troupes.flatMap((troupe) => troupe.traders.map((trader) => ({ troupe, trader })))
    for (const { troupe, trader } of strangers) {
      trader.venue.tradeByHand(trader.venueAccount, trader.symbolOf(troupe.instruments.unexpected), 'buy', '1')
      this.#tell.say(`at ${trader.venue.venue} somebody buys 1 ${troupe.instruments.unexpected} by hand`)
    }
    await this.#desk.act({ verb: 'sweep' })
    for (const { trader } of strangers) {
      const alert = await this.#desk.until(`the alert for ${trader.account}`, async () =>
        (await this.#desk.alerts()).find(
          (row) => row.kind === 'unexpected-position' && row.active && row.account === trader.account,
        ),
      )
      this.#tell.alarm(`${trader.account}: ${alert.severity}: ${alert.title}. ${alert.detail}`)
    }
    for (const troupe of this.#desk.troupes) await this.#expectRefusal(troupe)
    for (const { troupe, trader } of strangers) {
      trader.venue.closeByHand(trader.venueAccount, trader.symbolOf(troupe.instruments.unexpected))
    }
    this.#tell.say('they were never touched; their owner closes them by hand')
    await this.#desk.act({ verb: 'sweep' })
    await this.#desk.until('the locks to be lifted', async () =>
      (await this.#desk.alerts()).every((row) => row.kind !== 'unexpected-position' || !row.active),
    )
    this.#tell.say('clean sweeps lift the locks and end the alerts')
  }

  async #expectRefusal(troupe: Troupe): Promise<void> {
    const refused = await this.#send('unexpected', troupe, {
      kind: 'open',
      instrument: troupe.instruments.unexpected,
      side: 'long',
      size: troupe.size.unexpected,
      stop_loss: { distance_bps: 100 * troupe.scale },
    })
    for (const { id, trader } of refused) {
      const outcome = await this.#desk.until(
        `the refusal at ${trader.account}`,
        async () => (await this.#desk.book.load('processed', `${id}.route`))?.row.outcome,
      )
      this.#tell.say(`${trader.account}: a new entry is ${outcome.result}: ${outcome.detail}`)
      if (outcome.gate !== 'drift-lock')
        throw new Error(`Expected the entry at ${trader.account} to meet the drift lock, saw ${outcome.detail}.`)
    }
  }
}

/** What an entry of the story says beside instrument and size. */
type EntryTerms = Omit<Distribute<Extract<SignalInput, { kind: 'open' }>>, 'kind' | 'instrument' | 'size'>

/** A signal without what the story fills in. */
type Distribute<Signal> = Signal extends unknown ? Omit<Signal, 'signal_id' | 'source' | 'strategy' | 'ts'> : never

function first<T>([value]: readonly T[]): T {
  if (value === undefined) throw new RangeError('Expected at least one account.')
  return value
}
