/** What people and venues do at the accounts during a storm, behind the book's back; remembers whose orders were whose. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { RestClientV5 } from 'bybit-api'
import { Decimal } from '#domain/decimal.ts'
import { controlProjectX } from '#simulators/projectx/control/client.ts'
import type { VenueTruth } from '#simulators/venue/simulated-venue.ts'
import { INSTRUMENTS } from './accounts.ts'
import type { Deed } from './evidence.ts'
import type { Ground } from './ground.ts'
import { pick } from './plan.ts'
import { priceOnGrid } from './prices.ts'
import type { Seat } from './seats.ts'

/** About 1,000 USD, and one micro. */
const HAND_SIZE: Readonly<Record<string, string>> = {
  'BTC-PERP': '0.01',
  'ETH-PERP': '0.3',
  'SOL-PERP': '5',
  'XRP-PERP': '500',
  MNQ: '1',
  MES: '1',
}
/** The other program's patience: a fault may keep its answer for good. */
const FOREIGN_TIMEOUT_MS = 3_000
/** Trades that are new enough to be taken back. */
const VOIDABLE = 6

type Note = (kind: string, detail: string) => void

/** A position that somebody opened by hand. */
export interface ByHand {
  readonly seat: Seat
  readonly instrument: string
  readonly deed: Deed
  readonly side: 'buy' | 'sell'
  readonly size: string
}

export class Deeds {
  readonly done: Deed[] = []
  readonly #ground: Ground
  readonly #note: Note

  constructor(ground: Ground, note: Note) {
    this.#ground = ground
    this.#note = note
  }

  /** A jump of one price at one venue by up to 1.5 %. */
  async movePrice([which, where, by]: readonly number[]): Promise<void> {
    const seat = this.#seat(which)
    const instrument = pick(INSTRUMENTS[seat.strategy], where) ?? ''
    const symbol = seat.symbolOf(instrument)
    const reach = seat.strategy === 'coins' ? 0.015 : 0.004
    const mark = new Decimal(await seat.remote.mark(symbol))
    const price = priceOnGrid(instrument, mark.times(1 + reach * (2 * (by ?? 0) - 1)))
    await seat.remote.setMark(symbol, price)
    this.#note('move-price', `${seat.venue} ${symbol} ${mark.toFixed()} to ${price}`)
  }

  async tripStop([which, where]: readonly number[]): Promise<void> {
    const held = await this.#held(which, where)
    if (held === null) return
    await held.seat.remote.tripStop(held.seat.venueAccount, held.symbol)
    this.#note('trip-stop', `${held.seat.id} ${held.symbol}`)
  }

  async closeByHand([which, where]: readonly number[]): Promise<void> {
    const held = await this.#held(which, where)
    if (held === null) return
    const { seat, symbol, size } = held
    this.#record({ kind: 'close-by-hand', seat, symbol, orderIds: await seat.closeByHand(symbol), detail: size })
  }

  async liquidate([which, where]: readonly number[]): Promise<void> {
    const held = await this.#held(which, where)
    if (held === null) return
    const { seat, symbol, size } = held
    this.#record({ kind: 'liquidate', seat, symbol, orderIds: await seat.liquidate(symbol), detail: size })
  }

  async cancelByHand([which, where]: readonly number[]): Promise<void> {
    const seat = this.#seat(which)
    const order = pick(
      (await seat.truth()).orders.filter(({ working }) => working),
      where,
    )
    if (order === undefined) return
    await seat.cancelByHand(order.orderId)
    const { symbol, orderId } = order
    this.#record({ kind: 'cancel-by-hand', seat, symbol, orderIds: [], detail: orderId })
  }

  /** Where the venue is flat. It is left alone for a while, then closed by hand. */
  async openByHand(draws: readonly number[], forMs: number): Promise<void> {
    const opened = await this.open(draws)
    if (opened === null) return
    await delay(forMs)
    await this.undo(opened)
  }

  /** Null: the venue is flat nowhere at the account. */
  async open([which, where, side]: readonly number[]): Promise<ByHand | null> {
    const seat = this.#seat(which)
    const truth = await seat.truth()
    const flat = INSTRUMENTS[seat.strategy].filter((instrument) => isQuiet(truth, seat.symbolOf(instrument)))
    const instrument = pick<string>(flat, where)
    if (instrument === undefined) return null
    const direction = (side ?? 0) < 0.5 ? 'buy' : 'sell'
    const size = HAND_SIZE[instrument] ?? '1'
    const orderIds = await seat.tradeByHand(seat.symbolOf(instrument), direction, size)
    const symbol = (await seat.truth()).fills.findLast(({ orderId }) => orderIds.includes(orderId))?.symbol ?? ''
    const deed = this.#record({ kind: 'open-by-hand', seat, symbol, orderIds, detail: `${direction} ${size}` })
    return { seat, instrument, deed, side: direction, size }
  }

  /** A limit order far from the market that somebody else's program placed; canceled by hand after a while. */
  async foreignOrder([which, where]: readonly number[], forMs: number): Promise<void> {
    const seats = this.#ground.seats.filter(({ venue }) => venue === 'bybit')
    const seat = pick(seats, which)
    if (seat === undefined) return
    const instrument: string = pick(INSTRUMENTS[seat.strategy], where) ?? ''
    const symbol = seat.symbolOf(instrument)
    const price = priceOnGrid(instrument, new Decimal(await seat.remote.mark(symbol)).times('0.7'))
    const client = new RestClientV5(
      { ...this.#bybitKey(seat.id), baseUrl: seat.remote.url },
      { timeout: FOREIGN_TIMEOUT_MS },
    )
    const answer = await client.submitOrder({
      category: 'linear',
      symbol,
      side: 'Buy',
      orderType: 'Limit',
      qty: HAND_SIZE[instrument] ?? '1',
      price,
    })
    const { orderId } = answer.result
    if (orderId === undefined || orderId === '') return
    const deed = this.#record({ kind: 'foreign-order', seat, symbol, orderIds: [orderId], detail: `buy at ${price}` })
    await delay(forMs)
    deed.endedAt = this.#ground.now()
    await seat.cancelByHand(orderId)
  }

  /** ProjectX declares one of the newest trades void. */
  async voidTrade([which, where]: readonly number[]): Promise<void> {
    const seat = pick(
      this.#ground.seats.filter(({ venue }) => venue === 'projectx'),
      which,
    )
    if (seat === undefined) return
    const control = controlProjectX(seat.remote.url)
    const { trades } = await control.call('ledger', { account: seat.venueAccount })
    const trade = pick(trades.filter(({ voided }) => !voided).slice(-VOIDABLE), where)
    if (trade === undefined) return
    await control.call('voidTrade', { tradeId: trade.id })
    const detail = `trade ${trade.id} of order ${trade.orderId}`
    this.#record({ kind: 'void-trade', seat, symbol: trade.contractId, orderIds: [], detail })
  }

  /** Closes by hand what no position of the book explains: what somebody has to do before entries are free again. */
  async clearStrangers(): Promise<void> {
    const rows = await this.#ground.book.book.list('positions', { where: { open: true } })
    // An unresolved one is flat at the broker: what stands there is nobody's.
    const open = rows.map(({ row }) => row).filter(({ state }) => state !== 'unresolved')
    for (const seat of this.#ground.seats) {
      const ours = new Set(
        open.filter(({ account }) => account === seat.id).map(({ instrument }) => seat.symbolOf(instrument)),
      )
      for (const { symbol, size } of (await seat.truth()).positions) {
        if (ours.has(symbol)) continue
        const orderIds = await seat.closeByHand(symbol)
        this.#record({ kind: 'close-by-hand', seat, symbol, orderIds, detail: `${size} that was not ours` })
      }
    }
  }

  #seat(draw: number | undefined): Seat {
    return pick(this.#ground.seats, draw) as Seat
  }

  async #held(which: number | undefined, where: number | undefined) {
    const seat = this.#seat(which)
    const position = pick((await seat.truth()).positions, where)
    return position === undefined ? null : { seat, ...position }
  }

  /** Only what was opened is closed: an entry of ours may have come on top. */
  async undo({ seat, deed, side: opened, size }: ByHand): Promise<void> {
    const side = opened === 'buy' ? 'sell' : 'buy'
    const held = (await seat.truth()).positions.find(({ symbol }) => symbol === deed.symbol)
    deed.endedAt = this.#ground.now()
    if (held === undefined || new Decimal(held.size).isNegative() !== (side === 'buy')) return
    if (new Decimal(held.size).abs().lt(size)) return
    const { symbol } = deed
    this.#record({
      kind: 'close-by-hand',
      seat,
      symbol,
      orderIds: await seat.tradeByHand(symbol, side, size),
      detail: size,
    })
  }

  #record(deed: Pick<Deed, 'kind' | 'symbol' | 'orderIds' | 'detail'> & { readonly seat: Seat }): Deed {
    const { seat, ...rest } = deed
    const record: Deed = { ...rest, account: seat.id, at: this.#ground.now(), endedAt: null }
    this.done.push(record)
    this.#note(deed.kind, `${seat.id} ${deed.symbol} ${deed.detail}`)
    return record
  }

  #bybitKey(account: string): { readonly key: string; readonly secret: string } {
    const folder = join(dirname(this.#ground.installation.configFile), 'secrets')
    const read = (name: string): string => readFileSync(join(folder, `${account}-${name}`), 'utf8').trim()
    return { key: read('key'), secret: read('secret') }
  }
}

/** Nothing is held there and no order works. */
function isQuiet({ positions, orders }: VenueTruth, symbol: string): boolean {
  const isIt = (other: string): boolean => other === symbol || other.includes(`.${symbol}.`)
  return !positions.some((row) => isIt(row.symbol)) && !orders.some((row) => row.working && isIt(row.symbol))
}
