/** From a signal to the exact entry order: size on the lot, prices on the tick, the protective stop beside it. Pure. */
import { Decimal, type DecimalString, decimal, toDecimalString } from './decimal.ts'
import { type Instrument, roundPrice, roundSizeDown } from './instrument.ts'
import type { Side } from './order.ts'
import type { Denial, SizeRule } from './policy.ts'
import type { PositionSide } from './position.ts'
import type { OpenSignal, ReverseSignal } from './signal.ts'
import { contractsOf } from './sizing.ts'

/** An entry ready to be written as position and intent. */
export interface EntryPlan {
  readonly side: Side
  readonly size: DecimalString
  readonly limitPrice: DecimalString
  readonly timeInForce: 'ioc' | 'gtc'
  readonly entryTimeoutMs: number
  /** Where the entry is expected to fill: its limit price, or the mark. */
  readonly reference: DecimalString
  /** size x mark x multiplier, USD. */
  readonly notional: DecimalString
  readonly stopLoss: DecimalString | null
  readonly takeProfit: DecimalString | null
}

export interface PlanInputs {
  readonly signal: OpenSignal | ReverseSignal
  /** The size that rules at the account (`sizingOf`). */
  readonly size: SizeRule
  readonly instrument: Instrument
  readonly mark: Decimal
  readonly equity: Decimal | null
}

/** Side of the order that opens (or with `exit`, ends) a position. */
export function orderSideOf(side: PositionSide, purpose: 'entry' | 'exit'): Side {
  return (side === 'long') === (purpose === 'entry') ? 'buy' : 'sell'
}

/** Price moved against the taker by some basis points, rounded so that the bound is never exceeded. */
export function slippedPrice(instrument: Instrument, from: Decimal, side: Side, bps: number): DecimalString {
  const factor = new Decimal(bps).div(10_000)
  return side === 'buy'
    ? roundPrice(instrument, from.times(factor.plus(1)), 'down')
    : roundPrice(instrument, from.times(new Decimal(1).minus(factor)), 'up')
}

/** Sizes and prices an entry, or says which rule forbids it. */
export function planEntry({ signal, size: rule, instrument, mark, equity }: PlanInputs): EntryPlan | Denial {
  const stopLoss = protectivePrice(signal.stop_loss, signal.side, 'below', instrument, mark)
  const takeProfit = protectivePrice(signal.take_profit, signal.side, 'above', instrument, mark)
  const reference = signal.entry.type === 'limit' ? decimal(signal.entry.price) : mark
  const sides = wrongStop(signal, mark, reference, stopLoss) ?? wrongTarget(signal, mark, takeProfit)
  if (sides !== null) return sides
  const wanted = contractsOf({ rule, instrument, mark, equity, reference, stopLoss })
  if ('gate' in wanted) return wanted
  const size = roundSizeDown(instrument, wanted)
  const notional = decimal(size).times(mark).times(instrument.multiplier)
  const bounds = outOfBounds(instrument, { wanted, size, notional })
  if (bounds !== null) return bounds
  const side = orderSideOf(signal.side, 'entry')
  const entry = signal.entry
  return {
    side,
    size,
    limitPrice:
      entry.type === 'limit'
        ? roundPrice(instrument, decimal(entry.price), side === 'buy' ? 'down' : 'up')
        : slippedPrice(instrument, mark, side, entry.max_slippage_bps),
    timeInForce: entry.type === 'limit' ? 'gtc' : 'ioc',
    entryTimeoutMs: entry.type === 'limit' ? entry.timeout_ms : 0,
    reference: toDecimalString(reference),
    notional: toDecimalString(notional),
    stopLoss,
    takeProfit,
  }
}

interface Sized {
  readonly wanted: Decimal
  readonly size: DecimalString
  readonly notional: Decimal
}

/** A size the venue would refuse is denied, never bent: the strategy asked for this one. */
function outOfBounds(instrument: Instrument, { wanted, size, notional }: Sized): Denial | null {
  if (size === '0' || notional.lt(instrument.minNotional)) {
    return {
      gate: 'minimum-size',
      limit: `${instrument.lot} contracts and ${instrument.minNotional} USD`,
      observed: `${toDecimalString(wanted)} contracts, ${notional.toFixed(2)} USD after rounding to the lot`,
    }
  }
  if (instrument.maxSize !== null && decimal(size).gt(instrument.maxSize)) {
    return { gate: 'maximum-size', limit: `${instrument.maxSize} contracts an order`, observed: `${size} contracts` }
  }
  return null
}

type PriceOrDistance = { readonly price: DecimalString } | { readonly distance_bps: number }

/** Absolute price of a stop (`below` for a long) or a target (`above` for a long), on the tick; null when none is asked. */
export function protectivePrice(
  wish: PriceOrDistance | null | undefined,
  side: PositionSide,
  place: 'below' | 'above',
  instrument: Instrument,
  mark: Decimal,
): DecimalString | null {
  if (wish === undefined || wish === null) return null
  const down = (side === 'long') === (place === 'below')
  const price =
    'price' in wish
      ? decimal(wish.price)
      : mark.times(new Decimal(1).plus(new Decimal(down ? -wish.distance_bps : wish.distance_bps).div(10_000)))
  return roundPrice(instrument, price, side === 'long' ? 'up' : 'down')
}

/** A stop beyond the mark would trigger now, one beyond the entry's own price as soon as it fills. */
function wrongStop(
  signal: OpenSignal | ReverseSignal,
  mark: Decimal,
  reference: Decimal,
  stopLoss: DecimalString | null,
): Denial | null {
  if (stopLoss === null) return null
  const long = signal.side === 'long'
  const bound = long ? Decimal.min(mark, reference) : Decimal.max(mark, reference)
  if (long ? bound.gt(stopLoss) : bound.lt(stopLoss)) return null
  const what = bound.eq(mark) ? 'mark' : 'entry'
  const limit = `${long ? 'below' : 'above'} ${what} ${toDecimalString(bound)}`
  return { gate: 'stop-side', limit, observed: stopLoss }
}

function wrongTarget(
  signal: OpenSignal | ReverseSignal,
  mark: Decimal,
  takeProfit: DecimalString | null,
): Denial | null {
  if (takeProfit === null) return null
  const long = signal.side === 'long'
  if (long ? mark.lt(takeProfit) : mark.gt(takeProfit)) return null
  const limit = `${long ? 'above' : 'below'} mark ${toDecimalString(mark)}`
  return { gate: 'target-side', limit, observed: takeProfit }
}
