/**
 * The story of the demo: signals in, orders out, discipline; then a stop trips unseen, a position is closed by hand, a worker
 * is killed while placing and an unexpected position appears. Prices come from the seed, waits from what happens.
 */
import { type PositionId, clientOrderIdOf } from '#domain/ids.ts'
import { setTimeout as delay } from 'node:timers/promises'
import type { PositionRow, PositionState } from '#domain/position.ts'
import type { SignalInput } from '#domain/signal.ts'
import type { DemoDesk } from './desk.ts'
import type { Narrator } from './narrator.ts'
import { moved, seeded } from './prices.ts'
import type { TruebookProcess } from './processes.ts'

/** How long nobody watches, ms: the demo's monitors look every 500 ms. */
const UNSEEN_MS = 1500
const EVERYTHING_BUT_PLACE = 'route,precheck,monitor,close,reconcile,sweep,alerts'

export class Story {
  readonly #desk: DemoDesk
  readonly #tell: Narrator
  readonly #random: () => number
  #signals = 0
  readonly positions = new Map<string, PositionId>()
  /** How long the standby took from the kill to the proven order, ms. */
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
    await this.#trailBtc()
    await this.#takeProfitHype()
    this.#tell.act('3. Disturbances')
    watcher = await this.#behindTheBook(watcher)
    await this.#killWhilePlacing(placer)
    await this.#unexpectedPosition()
    this.#tell.act('4. The book against the broker')
    await this.#desk.operate('/v1/sweep', {})
  }

  async #send(signal: Distribute<SignalInput>): Promise<PositionId> {
    this.#signals += 1
    const sent = await this.#desk.client.sendSignal({
      ...signal,
      signal_id: `demo-${this.#signals}`,
      source: 'demo',
      strategy: 'demo',
      ts: Date.now(),
    })
    const [target] = sent.accounts
    if (target === undefined) throw new Error('Expected the signal to reach an account.')
    return target.position_id as PositionId
  }

  async #open(name: string, signal: Distribute<Extract<SignalInput, { kind: 'open' }>>): Promise<PositionRow> {
    const id = await this.#send(signal)
    this.positions.set(name, id)
    return await this.#until(id, 'open')
  }

  async #until(id: PositionId, state: PositionState): Promise<PositionRow> {
    return await this.#desk.until(`${id} to be ${state}`, async () => {
      const row = await this.#desk.position(id)
      return row?.state === state && row
    })
  }

  async #openPositions(): Promise<void> {
    const opened = [
      await this.#open('BTC trail', {
        kind: 'open',
        instrument: 'BTC-PERP',
        side: 'long',
        size: { type: 'notional_usd', value: '8000' },
        stop_loss: { distance_bps: 200 },
        trail: { distance_bps: 60 },
      }),
      await this.#open('ETH stop', {
        kind: 'open',
        instrument: 'ETH-PERP',
        side: 'short',
        size: { type: 'notional_usd', value: '5000' },
        stop_loss: { distance_bps: 150 },
      }),
      await this.#open('SOL by hand', {
        kind: 'open',
        instrument: 'SOL-PERP',
        side: 'long',
        size: { type: 'risk_usd', value: '60' },
        stop_loss: { distance_bps: 200 },
      }),
    ]
    for (const row of opened)
      this.#tell.say(
        `${row.instrument} ${row.side} ${row.size} filled at ${row.entryAverage}, native stop ${row.nativeStop?.triggerPrice ?? 'none'}`,
      )
    await this.#restingEntry()
  }

  /** A limit entry that rests until the market comes to it. */
  async #restingEntry(): Promise<void> {
    const mark = this.#mark('HYPE')
    const id = await this.#send({
      kind: 'open',
      instrument: 'HYPE-PERP',
      side: 'long',
      size: { type: 'notional_usd', value: '2000' },
      entry: { type: 'limit', price: moved(mark, -30), timeout_ms: 60_000 },
      stop_loss: { distance_bps: 400 },
      take_profit: { distance_bps: 150 },
    })
    this.positions.set('HYPE target', id)
    await this.#until(id, 'entering')
    this.#tell.say(`HYPE-PERP long rests at ${moved(mark, -30)}`)
    await this.#setMark('HYPE', moved(mark, -60))
    const row = await this.#until(id, 'open')
    this.#tell.say(`HYPE-PERP long ${row.size} filled at ${row.entryAverage}, as maker`)
  }

  #mark(coin: string): string {
    const context = this.#desk.venue.engine.market.context(coin)
    if (context === undefined) throw new Error(`Expected the venue to list ${coin}.`)
    return context.markPx
  }

  async #setMark(coin: string, px: string): Promise<void> {
    await this.#desk.installation.control.call('setMark', { coin, px })
  }

  async #trailBtc(): Promise<void> {
    const id = this.#idOf('BTC trail')
    for (let step = 0; step < 4; step++) {
      const before = (await this.#desk.position(id))?.nativeStop?.triggerPrice
      await this.#setMark('BTC', moved(this.#mark('BTC'), 35 + Math.floor(this.#random() * 40)))
      const row = await this.#desk.until('the trailing stop to move', async () => {
        const now = await this.#desk.position(id)
        return now?.nativeStop?.triggerPrice !== before && now?.nativeStop?.confirmedAt !== null && now
      })
      this.#tell.say(`BTC at ${this.#mark('BTC')}: native stop raised to ${row.nativeStop?.triggerPrice}`)
    }
    await this.#setMark('BTC', moved(this.#mark('BTC'), -120))
    this.#closed(await this.#until(id, 'closed'))
  }

  async #takeProfitHype(): Promise<void> {
    await this.#setMark('HYPE', moved(this.#mark('HYPE'), 260))
    this.#closed(await this.#until(this.#idOf('HYPE target'), 'closed'))
  }

  #idOf(name: string): PositionId {
    const id = this.positions.get(name)
    if (id === undefined) throw new Error(`Expected position "${name}" to have been opened.`)
    return id
  }

  #closed(row: PositionRow): void {
    const text = `${row.instrument} closed by ${row.exitReason} at ${row.exitAverage}, net ${row.realised?.net} USD`
    if (row.orphaned) this.#tell.alarm(`${text} — behind the book, rebuilt from the broker's fills`)
    else this.#tell.say(text)
  }

  /** While nobody watches, a native stop trips and a position is closed by hand; the sweep at the next start finds both. */
  async #behindTheBook(watcher: TruebookProcess): Promise<TruebookProcess> {
    await watcher.stop()
    this.#tell.say('the watching worker is stopped; nobody looks')
    const { control } = this.#desk.installation
    const user = this.#desk.account.master
    await control.call('tripStop', { user, coin: 'ETH' })
    this.#tell.say('at the venue the native stop of ETH trips')
    await control.call('closeByHand', { user, coin: 'SOL' })
    this.#tell.say('at the venue somebody closes SOL by hand')
    const unseenFrom = performance.now()
    // Longer than two looks: what is found later was not seen as it happened.
    await delay(UNSEEN_MS)
    const next = await this.#desk.startWorker('worker-again', EVERYTHING_BUT_PLACE)
    this.#tell.say(`a worker starts again (pid ${next.pid}); its boot sweep compares broker and book`)
    for (const name of ['ETH stop', 'SOL by hand']) this.#closed(await this.#until(this.#idOf(name), 'closed'))
    this.#tell.say(`both exits rebuilt ${((performance.now() - unseenFrom) / 1000).toFixed(1)} s after they happened`)
    return next
  }

  /** SIGKILL between the order's last byte and the venue's answer: the worst moment there is. */
  async #killWhilePlacing(victim: TruebookProcess): Promise<void> {
    const match = { path: '/exchange', action: 'order' } as const
    await this.#desk.installation.control.call('addFault', { match, fault: { kind: 'hang', processed: true } })
    const id = await this.#send({
      kind: 'open',
      instrument: 'BTC-PERP',
      side: 'short',
      size: { type: 'notional_usd', value: '6000' },
      stop_loss: { distance_bps: 250 },
    })
    this.positions.set('BTC killed', id)
    await this.#desk.until('the order to reach the venue', async () => await Promise.resolve(this.#ordersOf(id) > 0))
    const rescuer = await this.#desk.startWorker('placer-again', 'place')
    await victim.kill()
    const killedAt = performance.now()
    this.#tell.alarm(
      `SIGKILL to ${victim.name} (pid ${victim.pid}) while it waits for the venue's answer; ${rescuer.name} goes on`,
    )
    const row = await this.#until(id, 'open')
    this.recoveryMs = Math.round(performance.now() - killedAt)
    this.#tell.say(
      `${this.recoveryMs} ms later: ${row.instrument} ${row.side} ${row.size} proven, ${this.#ordersOf(id)} order at the venue for the one intent`,
    )
    await this.#setMark('BTC', moved(this.#mark('BTC'), -40 + Math.floor(this.#random() * 60)))
    await this.#send({ kind: 'close', instrument: 'BTC-PERP' })
    this.#closed(await this.#until(id, 'closed'))
  }

  #ordersOf(id: PositionId): number {
    const entry = `0x${clientOrderIdOf(id, 'entry', 0)}`
    return this.#desk.venue.engine.oracle.ordersByCloid(this.#desk.account.master, entry).length
  }

  async #unexpectedPosition(): Promise<void> {
    const user = this.#desk.account.master
    const { control } = this.#desk.installation
    await control.call('tradeByHand', { user, coin: 'ETH', side: 'B', sz: '0.5' })
    this.#tell.say('at the venue somebody buys 0.5 ETH by hand')
    await this.#desk.operate('/v1/sweep', {})
    const alert = await this.#desk.until('the alert', async () =>
      (await this.#desk.alerts()).find((row) => row.kind === 'unexpected-position' && row.active),
    )
    this.#tell.alarm(`${alert.severity}: ${alert.title}. ${alert.detail}`)
    const refused = await this.#send({
      kind: 'open',
      instrument: 'ETH-PERP',
      side: 'long',
      size: { type: 'notional_usd', value: '1000' },
    })
    const outcome = await this.#desk.until(
      'the refusal',
      async () => (await this.#desk.book.load('processed', `${refused}.route`))?.row.outcome,
    )
    this.#tell.say(`a new ETH entry is ${outcome.result}: ${outcome.detail}`)
    if (outcome.gate !== 'drift-lock')
      throw new Error(`Expected the entry to meet the drift lock, saw ${outcome.detail}.`)
    await control.call('closeByHand', { user, coin: 'ETH' })
    this.#tell.say('it was never touched; its owner closes it by hand')
    await this.#desk.operate('/v1/sweep', {})
    await this.#desk.until('the lock to be lifted', async () =>
      (await this.#desk.alerts()).every((row) => row.kind !== 'unexpected-position' || !row.active),
    )
    this.#tell.say('a clean sweep lifts the lock and ends the alert')
  }
}

/** A signal without what the story fills in. */
type Distribute<Signal> = Signal extends unknown ? Omit<Signal, 'signal_id' | 'source' | 'strategy' | 'ts'> : never
