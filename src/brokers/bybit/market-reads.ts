/** Instruments and mark prices of USDT perpetuals, and the universe that orders are checked against (reference section B5). */
import { Decimal, type DecimalString, decimal, decimalString } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import { type Instrument, roundPrice } from '#domain/instrument.ts'
import type { NewOrder, OrderCommand } from '#domain/order.ts'
import { CommandRefused } from '#brokers/errors.ts'
import { readPages } from './pages.ts'
import type { VenueSession } from './session.ts'
import { instrumentOf, isPerpetual } from './symbols.ts'
import { SETTLE_COIN } from './translate.ts'
import { instrumentSchema, tickersSchema, timeSchema, type WireInstrument } from './wire.ts'

const PAGE = 1_000
const ONE_UNIT = decimalString('1')
/** A mark older than this says nothing about the venue's price limits now, ms. */
const MARK_FRESH_MS = 60_000

/** An instrument with how far from the mark the venue lets a limit price cross it, as a ratio; null when it does not say. */
interface Market {
  readonly instrument: Instrument
  readonly priceLimitRatio: DecimalString | null
}

interface Mark {
  readonly price: DecimalString
  /** Monotonic ms. */
  readonly at: number
}

export class MarketReads {
  readonly #session: VenueSession
  readonly #elapsed: () => number
  #markets: ReadonlyMap<InstrumentId, Market> = new Map()
  readonly #marks = new Map<InstrumentId, Mark>()

  /** `elapsed` in ms, monotonic. */
  constructor(session: VenueSession, elapsed: () => number) {
    this.#session = session
    this.#elapsed = elapsed
  }

  /** Loads the universe again. What is listed no more stays known, for exits, and is not active. @throws BrokerUnavailable */
  async refresh(): Promise<void> {
    const query = { category: 'linear', limit: PAGE }
    const { rows } = await readPages(this.#session, '/v5/market/instruments-info', query, instrumentSchema)
    const listed = rows.filter(isOurs).map((row) => [instrumentOf(row.symbol), marketOf(row)] as const)
    const gone = [...this.#markets].map(
      ([id, market]) => [id, { ...market, instrument: { ...market.instrument, active: false } }] as const,
    )
    this.#markets = new Map([...gone, ...listed])
  }

  /** The instrument as last loaded. @throws CommandRefused */
  instrument(id: InstrumentId): Instrument {
    return this.#market(id).instrument
  }

  /** All instruments, what was delisted while we ran included. @throws BrokerUnavailable */
  async instruments(): Promise<Instrument[]> {
    await this.refresh()
    return this.known()
  }

  /** All instruments as last loaded. */
  known(): Instrument[] {
    return [...this.#markets.values()].map(({ instrument }) => instrument)
  }

  /** Mark prices, USD. @throws BrokerUnavailable */
  async marks(): Promise<ReadonlyMap<InstrumentId, DecimalString>> {
    const { data } = await this.#session.read('/v5/market/tickers', { category: 'linear' }, tickersSchema)
    const rows = data.list.flatMap(({ symbol, markPrice }): [InstrumentId, DecimalString][] =>
      markPrice === null || !isPerpetual(symbol) ? [] : [[instrumentOf(symbol), markPrice]],
    )
    const marks = new Map(rows)
    this.noteMarks(marks)
    return marks
  }

  /** Remembers marks that came another way. */
  noteMarks(marks: ReadonlyMap<InstrumentId, DecimalString>): void {
    const at = this.#elapsed()
    for (const [id, price] of marks) this.#marks.set(id, { price, at })
  }

  /** The venue's own time, ms. @throws BrokerUnavailable */
  async venueTime(): Promise<number> {
    return (await this.#session.read('/v5/market/time', {}, timeSchema)).time
  }

  /**
   * The command with its worst price inside the venue's price limits, as far as a fresh mark tells them: beyond them the venue refuses
   * an order (30208, 30209) that it would have filled within. A worst price is only ever made better. @throws CommandRefused
   */
  withinPriceLimits(command: OrderCommand): OrderCommand {
    if (command.type === 'cancel-order' || command.timeInForce !== 'ioc' || command.trigger !== null) return command
    const limit = this.#priceLimit(command)
    if (limit === null) return command
    const isBeyond =
      command.side === 'buy' ? decimal(command.limitPrice).gt(limit) : decimal(command.limitPrice).lt(limit)
    return isBeyond ? { ...command, limitPrice: limit } : command
  }

  #priceLimit({ instrument: id, side }: NewOrder): DecimalString | null {
    const { instrument, priceLimitRatio } = this.#market(id)
    const mark = this.#marks.get(id)
    if (priceLimitRatio === null || mark === undefined || this.#elapsed() - mark.at > MARK_FRESH_MS) return null
    const ratio = side === 'buy' ? decimal(priceLimitRatio) : decimal(priceLimitRatio).negated()
    return roundPrice(instrument, decimal(mark.price).times(ratio.plus(1)), side === 'buy' ? 'down' : 'up')
  }

  #market(id: InstrumentId): Market {
    const market = this.#markets.get(id)
    if (market !== undefined) return market
    const known = [...this.#markets.keys()].slice(0, 5).join(', ')
    throw new CommandRefused(`Bybit has no USDT perpetual ${id}; it has ${known} and ${this.#markets.size} in all.`)
  }
}

function isOurs(row: WireInstrument): boolean {
  return row.contractType === 'LinearPerpetual' && row.settleCoin === SETTLE_COIN && isPerpetual(row.symbol)
}

function marketOf(row: WireInstrument): Market {
  const { qtyStep, maxMktOrderQty, minNotionalValue } = row.lotSizeFilter
  const { tickSize } = row.priceFilter
  return {
    instrument: {
      instrument: instrumentOf(row.symbol),
      venueSymbol: row.symbol,
      root: null,
      expiresAt: null,
      rollsAt: null,
      calendar: null,
      active: row.status === 'Trading',
      maxSize: maxMktOrderQty,
      tick: tickSize,
      lot: qtyStep,
      priceDecimals: new Decimal(tickSize).decimalPlaces(),
      priceSignificant: null,
      minNotional: minNotionalValue,
      multiplier: ONE_UNIT,
      maxLeverage: Number(row.leverageFilter.maxLeverage),
    },
    priceLimitRatio: row.riskParameters?.priceLimitRatioX ?? null,
  }
}
