/** Consistency rules: how much of the profit may come from the best day, and what today may still make. Pure. */
import { Decimal, ZERO, decimal, toDecimalString } from '../decimal.ts'
import { amountOf } from './floors.ts'
import type { ProgrammeTerms } from './rules.ts'
import type { ProgrammeState } from './record.ts'

export interface AllowedToday {
  /** USD that today may still make before it is the day that breaks the rule; negative when it is already. */
  readonly left: Decimal
  readonly made: Decimal
  readonly cap: Decimal
  readonly text: string
}

/**
 * The best day B of a total T keeps B <= f x T. Of today that leaves f / (1 - f) times what the other days made; while these made
 * little, the fraction of the profit target is the yardstick, since the rule is only asked when that is reached. Null: no such rule.
 */
export function allowedTodayOf(state: ProgrammeState, terms: ProgrammeTerms): AllowedToday | null {
  const rule = terms.rules.consistency
  if (rule === null) return null
  const start = decimal(terms.startBalance)
  const made = Decimal.max(state.last.balance, state.last.equity).minus(state.dayStart.balance)
  const others =
    rule.kind === 'best_day_of_total' ? decimal(state.dayStart.balance).minus(start) : decimal(state.positiveDays)
  const fraction = decimal(rule.fraction)
  const grown = Decimal.max(others, ZERO).times(fraction).div(new Decimal(1).minus(fraction))
  const { profitTarget } = terms.rules
  const early = profitTarget === null ? ZERO : amountOf(profitTarget, start).times(fraction)
  const cap = Decimal.max(grown, early)
  if (cap.isZero()) return null
  const text = `today made ${toDecimalString(made)} of ${cap.toFixed(2)} USD that keep the best day within ${rule.fraction}`
  return { left: cap.minus(made), made, cap, text }
}
