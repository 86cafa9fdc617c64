/** Leverage and isolated margin settings of an account. */
import { Decimal } from '#domain/decimal.ts'
import type { UpdateIsolatedMarginAction, UpdateLeverageAction } from './action.ts'
import { leverageOf } from './account.ts'
import { isolatedEquity, marginFigures, markOf } from './margin.ts'
import { accountError } from './messages.ts'
import type { AccountState, LeverageSetting, Position, VenueState } from './state.ts'
import { touchAccount } from './step.ts'

const MICRO = 1_000_000

/** Returns the refusal, or undefined when done. Cross or isolated cannot change while a position is open. */
export function updateLeverage(
  state: VenueState,
  account: AccountState,
  action: UpdateLeverageAction,
): string | undefined {
  const instrument = state.perps[action.asset]
  const { leverage: value, isCross } = action
  const legal = Number.isInteger(value) && value >= 1 && value <= (instrument?.maxLeverage ?? 0)
  if (instrument === undefined || !legal) return accountError.invalidLeverage
  if (isCross && instrument.onlyIsolated === true) return accountError.crossNotAllowed
  const position = account.positions.get(instrument.name)
  const refusal = position === undefined ? undefined : remargin(state, account, position, { isCross, value })
  if (refusal !== undefined) return refusal
  account.leverage.set(instrument.name, { isCross, value })
  touchAccount(state, account.address)
  return undefined
}

/** What an open position needs for the change: the same mode, and the margin of a lower leverage. */
function remargin(
  state: VenueState,
  account: AccountState,
  position: Position,
  wanted: LeverageSetting,
): string | undefined {
  if (position.szi.isZero()) return undefined
  const before = leverageOf(account, position.instrument)
  if (before.isCross !== wanted.isCross) return accountError.switchWithPosition
  const notional = position.szi.abs().times(markOf(state, position.instrument.name))
  const figures = marginFigures(state, account)
  const bound = wanted.isCross ? notional.div(before.value) : position.isolatedMargin
  const needed = notional.div(wanted.value).minus(bound)
  if (needed.lte(0)) return undefined
  if (needed.gt(figures.crossValue.minus(figures.crossMarginUsed))) return accountError.leverageMargin
  // Lower leverage tops the isolated margin up; higher leverage leaves what is set apart.
  if (!wanted.isCross) {
    position.isolatedMargin = position.isolatedMargin.plus(needed.toDecimalPlaces(6, Decimal.ROUND_UP))
  }
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
  if (instrument === undefined || position === undefined || position.szi.isZero())
    return accountError.noIsolatedPosition
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
