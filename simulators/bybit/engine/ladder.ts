/** The market maker's quotes around a mark: seeded depth, the same for the same seed, symbol and number of price steps. */
import { Decimal, ZERO } from '#domain/decimal.ts'
import { noise } from './ids.ts'
import type { MarketState, VenueState } from './state.ts'
import type { Side } from './vocabulary.ts'

const BPS = 10_000

/** One level: what the market maker offers at a price. */
export interface Level {
  readonly price: Decimal
  readonly qty: Decimal
}

/** The quotes a taker of this side meets, best first. */
export function* quotesFor(state: VenueState, market: MarketState, side: Side): Generator<Level> {
  const levels = market.depth?.levels ?? state.quotes.levels
  for (let level = 0; level < levels; level++) {
    const qty = market.depth?.qty ?? seededQty(state, market, side, level)
    const price = levelPrice(state, market, side, level)
    if (qty.gt(0) && price.gt(0)) yield { price, qty }
  }
}

/** The best quote a taker of this side meets; undefined when the market maker is away. */
export function bestQuote(state: VenueState, market: MarketState, side: Side): Level | undefined {
  return quotesFor(state, market, side).next().value ?? undefined
}

/** The quotes that an order with this limit meets, best first. */
export function crossing(state: VenueState, market: MarketState, side: Side, limit: Decimal): readonly Level[] {
  return [...quotesFor(state, market, side)].filter(({ price }) =>
    side === 'Buy' ? price.lte(limit) : price.gte(limit),
  )
}

/** Sum of the quantities. */
export function depthOf(levels: readonly Level[]): Decimal {
  return levels.reduce((sum: Decimal, { qty }) => sum.plus(qty), ZERO)
}

function levelPrice({ quotes }: VenueState, { mark, instrument }: MarketState, side: Side, level: number): Decimal {
  const away = new Decimal(quotes.halfSpreadBps).plus(new Decimal(quotes.stepBps).times(level)).div(BPS)
  const raw = mark.times(side === 'Buy' ? away.plus(1) : new Decimal(1).minus(away))
  return toTick(raw, instrument.tickSize, side === 'Buy' ? 'up' : 'down')
}

function seededQty(state: VenueState, market: MarketState, side: Side, level: number): Decimal {
  const { instrument, mark, steps } = market
  const draw = noise(state.seed, instrument.symbolId, steps, level, side === 'Buy' ? 1 : 0)
  const usd = new Decimal(state.quotes.levelUsd).times(level + 1).times((0.8 + draw * 0.4).toFixed(4))
  return toStep(usd.div(mark), instrument.qtyStep)
}

/** A price on the instrument's ticks. */
export function toTick(price: Decimal, tickSize: string, direction: 'up' | 'down'): Decimal {
  return price.toNearest(tickSize, direction === 'up' ? Decimal.ROUND_UP : Decimal.ROUND_DOWN)
}

/** A quantity on the instrument's lots, never more. */
export function toStep(qty: Decimal, qtyStep: string): Decimal {
  return qty.toNearest(qtyStep, Decimal.ROUND_DOWN)
}
