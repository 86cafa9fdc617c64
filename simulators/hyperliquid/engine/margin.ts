/** Margin arithmetic (pure over state): equity, initial and maintenance requirements, whether a larger position is affordable. */
import { Decimal, ZERO } from '#domain/decimal.ts'
import { leverageOf } from './account.ts'
import type { PerpInstrument } from './instrument.ts'
import { unrealized } from './position.ts'
import type { AccountState, Position, VenueState } from './state.ts'

/** All USD figures of an account at the current marks. */
export interface MarginFigures {
  /** Cash + unrealised of all positions. */
  readonly accountValue: Decimal
  readonly notional: Decimal
  readonly marginUsed: Decimal
  /** The same without isolated positions and what is set apart for them. */
  readonly crossValue: Decimal
  readonly crossNotional: Decimal
  readonly crossMarginUsed: Decimal
  readonly crossMaintenance: Decimal
}

export function markOf(state: VenueState, coin: string): Decimal {
  const market = state.coins.get(coin)
  if (market === undefined) throw new Error(`Expected coin ${coin} to be listed; the engine refers to it.`)
  return market.mark
}

/** Half the initial margin at the highest leverage. */
export function maintenanceMargin(notional: Decimal, instrument: PerpInstrument): Decimal {
  return notional.div(2 * instrument.maxLeverage)
}

/** USD an isolated position has to lose: what is set apart plus its unrealised result. */
export function isolatedEquity(position: Position, mark: Decimal): Decimal {
  return position.isolatedMargin.plus(unrealized(position, mark))
}

export function marginFigures(state: VenueState, account: AccountState): MarginFigures {
  let accountValue = account.cash
  let crossValue = account.cash
  let notional = ZERO
  let marginUsed = ZERO
  let crossNotional = ZERO
  let crossMarginUsed = ZERO
  let crossMaintenance = ZERO
  for (const [coin, position] of account.positions) {
    if (position.szi.isZero()) continue
    const mark = markOf(state, coin)
    const value = position.szi.abs().times(mark)
    const gain = unrealized(position, mark)
    const leverage = leverageOf(account, position.instrument)
    accountValue = accountValue.plus(gain)
    notional = notional.plus(value)
    if (leverage.isCross) {
      const initial = value.div(leverage.value)
      crossValue = crossValue.plus(gain)
      crossNotional = crossNotional.plus(value)
      crossMarginUsed = crossMarginUsed.plus(initial)
      marginUsed = marginUsed.plus(initial)
      crossMaintenance = crossMaintenance.plus(maintenanceMargin(value, position.instrument))
    } else {
      crossValue = crossValue.minus(position.isolatedMargin)
      marginUsed = marginUsed.plus(position.isolatedMargin.plus(gain))
    }
  }
  return { accountValue, notional, marginUsed, crossValue, crossNotional, crossMarginUsed, crossMaintenance }
}

/** USD free to leave the perpetual side: what neither initial margin nor 10% of the notional ties down. */
export function withdrawable(figures: MarginFigures): Decimal {
  const tied = Decimal.max(figures.crossMarginUsed, figures.crossNotional.times('0.1'))
  return Decimal.max(ZERO, figures.crossValue.minus(tied))
}

/**
 * Whether the account can carry `szi` + signed `change` contracts of the instrument at its leverage and the current mark. Anything that
 * does not enlarge the position is always affordable. Resting orders reserve nothing: they are checked again when they fill.
 */
export function canCarry(
  state: VenueState,
  account: AccountState,
  instrument: PerpInstrument,
  signedChange: Decimal,
): boolean {
  if (account.kind === 'house') return true
  const held = account.positions.get(instrument.name)?.szi ?? ZERO
  const after = held.plus(signedChange).abs()
  if (after.lte(held.abs())) return true
  const mark = markOf(state, instrument.name)
  const leverage = leverageOf(account, instrument)
  const figures = marginFigures(state, account)
  const free = figures.crossValue.minus(figures.crossMarginUsed)
  // Opening through zero frees the old side's margin first, so only the difference must be found.
  const extra = after.minus(held.abs()).times(mark).div(leverage.value)
  return free.gte(extra)
}

/** Price at which the position would be liquidated if nothing else moved, or null when no positive price does it. */
export function liquidationPrice(
  state: VenueState,
  account: AccountState,
  position: Position,
  figures: MarginFigures,
): Decimal | null {
  const { instrument, szi } = position
  const mark = markOf(state, instrument.name)
  const rate = new Decimal(1).div(2 * instrument.maxLeverage)
  const own = szi.abs().times(mark)
  const isCross = leverageOf(account, instrument).isCross
  const equity = isCross ? figures.crossValue : isolatedEquity(position, mark)
  const others = isCross ? figures.crossMaintenance.minus(maintenanceMargin(own, instrument)) : ZERO
  // equity + szi (p - mark) = others + |szi| p rate, solved for p.
  const price = szi
    .times(mark)
    .minus(equity)
    .plus(others)
    .div(szi.minus(szi.abs().times(rate)))
  return price.isPositive() && !price.isZero() ? price : null
}
