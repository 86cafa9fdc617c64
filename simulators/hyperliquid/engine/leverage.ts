/** Leverage and isolated margin settings of an account. */
import { Decimal } from '#domain/decimal.ts'
import type { UpdateIsolatedMarginAction, UpdateLeverageAction } from './action.ts'
import { leverageOf } from './account.ts'
import { isolatedEquity, marginFigures, markOf } from './margin.ts'
import { accountError } from './messages.ts'
import type { AccountState, VenueState } from './state.ts'
import { touchAccount } from './step.ts'

const MICRO = 1_000_000

/** Returns the refusal, or undefined when done. Cross or isolated cannot change while a position is open. */
export function updateLeverage(
  state: VenueState,
  account: AccountState,
  action: UpdateLeverageAction,
): string | undefined {
  const instrument = state.perps[action.asset]
  if (instrument === undefined) return accountError.invalidLeverage
  const { leverage: value, isCross } = action
  if (!Number.isInteger(value) || value < 1 || value > instrument.maxLeverage) return accountError.invalidLeverage
  if (isCross && instrument.onlyIsolated === true) return accountError.crossNotAllowed
  const before = leverageOf(account, instrument)
  const position = account.positions.get(instrument.name)
  if (position !== undefined && !position.szi.isZero()) {
    if (before.isCross !== isCross) return accountError.switchWithPosition
    const notional = position.szi.abs().times(markOf(state, instrument.name))
    const figures = marginFigures(state, account)
    const needed = isCross
      ? notional.div(value).minus(notional.div(before.value))
      : notional.div(value).minus(position.isolatedMargin)
    if (needed.gt(0) && needed.gt(figures.crossValue.minus(figures.crossMarginUsed))) return accountError.leverageMargin
    // Lower leverage tops the isolated margin up; higher leverage leaves what is set apart.
    if (!isCross && needed.gt(0)) {
      position.isolatedMargin = position.isolatedMargin.plus(needed.toDecimalPlaces(6, Decimal.ROUND_UP))
    }
  }
  account.leverage.set(instrument.name, { isCross, value })
  touchAccount(state, account.address)
  return undefined
}

/** Moves USD between the free balance and an isolated position. Returns the refusal, or undefined when done. */
export function updateIsolatedMargin(
  state: VenueState,
  account: AccountState,
  action: UpdateIsolatedMarginAction,
): string | undefined {
  const instrument = state.perps[action.asset]
  const position = instrument === undefined ? undefined : account.positions.get(instrument.name)
  if (instrument === undefined || position === undefined || position.szi.isZero()) return accountError.noIsolatedPosition
  const leverage = leverageOf(account, instrument)
  if (leverage.isCross) return accountError.noIsolatedPosition
  const change = new Decimal(action.ntli).div(MICRO)
  const figures = marginFigures(state, account)
  const mark = markOf(state, instrument.name)
  const floor = position.szi.abs().times(mark).div(leverage.value)
  const affordable = change.isPositive()
    ? change.lte(figures.crossValue.minus(figures.crossMarginUsed))
    : isolatedEquity(position, mark).plus(change).gte(floor)
  if (!affordable) return accountError.isolatedMargin
  position.isolatedMargin = position.isolatedMargin.plus(change)
  touchAccount(state, account.address)
  return undefined
}
