/**
 * Floors of a programme: where the venue ends the day or the account, and how far the account is above them. Algorithms of
 * reference E2. Pure.
 */
import { Decimal, type DecimalString, decimal, toDecimalString } from '../decimal.ts'
import type { Allowance, DailyLoss, Drawdown, ProgrammeTerms } from './rules.ts'
import type { ProgrammeState } from './record.ts'

/** One floor, USD. */
export interface Floor {
  readonly rule: 'daily-loss' | 'drawdown'
  readonly floor: DecimalString
  /** What is held against the floor: where open PnL does not count, a loss that would be made by closing does all the same. */
  readonly observed: DecimalString
  /** What the programme lets be lost above the floor; absent in rows of older versions. */
  readonly allowance?: DecimalString
  /** `observed` minus `floor`. */
  readonly headroom: DecimalString
  /** Part of the headroom that we keep free. */
  readonly buffer: DecimalString
  /** hard: reaching it ends the account; else only the day. */
  readonly hard: boolean
  /** The venue's own count is at or below the floor. */
  readonly breached: boolean
  /** The observed value has used all but the buffer: new exposure stops and what is open is closed. */
  readonly inBuffer: boolean
}

/** Every floor of the programme as it stands now. */
export function floorsOf(state: ProgrammeState, terms: ProgrammeTerms): Floor[] {
  const { dailyLoss, drawdown } = terms.rules
  const floors: Floor[] = []
  if (dailyLoss !== null) floors.push(dailyFloor(state, terms, dailyLoss))
  if (drawdown !== null && state.floor !== null) {
    const allowance = amountOf(drawdown.allowance, decimal(terms.startBalance))
    const counted = { rule: 'drawdown', openPnl: drawdown.basis === 'equity', hard: true } as const
    floors.push(floorAt(decimal(state.floor), allowance, counted, state, terms))
  }
  return floors
}

function dailyFloor(state: ProgrammeState, terms: ProgrammeTerms, rule: DailyLoss): Floor {
  const reference = dailyReference(state, rule)
  const start = decimal(terms.startBalance)
  // Firms differ in what a trailing fraction is one of; the smaller allowance is safe under either reading.
  const base = { fixed: start, initial: start, prior_day: reference, trailing_intraday: Decimal.min(start, reference) }
  const allowance = amountOf(rule.allowance, base[rule.basis])
  const counted = { rule: 'daily-loss', openPnl: rule.includesOpenPnl, hard: rule.severity === 'hard' } as const
  return floorAt(reference.minus(allowance), allowance, counted, state, terms)
}

/** Where the day's loss is counted from: with open PnL in, the higher of balance and equity is the safe reading. */
function dailyReference({ dayStart, dayPeak }: ProgrammeState, { basis, includesOpenPnl }: DailyLoss): Decimal {
  const start = includesOpenPnl ? Decimal.max(dayStart.balance, dayStart.equity) : decimal(dayStart.balance)
  return basis === 'trailing_intraday' ? Decimal.max(start, dayPeak) : start
}

/** USD of an allowance. */
export function amountOf(allowance: Allowance, base: Decimal): Decimal {
  return 'usd' in allowance ? decimal(allowance.usd) : base.times(allowance.fraction)
}

interface Counted {
  readonly rule: Floor['rule']
  readonly openPnl: boolean
  readonly hard: boolean
}

function floorAt(
  floor: Decimal,
  allowance: Decimal,
  { rule, openPnl, hard }: Counted,
  { last }: ProgrammeState,
  terms: ProgrammeTerms,
): Floor {
  const observed = openPnl ? decimal(last.equity) : Decimal.min(last.balance, last.equity)
  const buffer = allowance.times(terms.buffer)
  const headroom = observed.minus(floor)
  return {
    rule,
    floor: toDecimalString(floor),
    observed: toDecimalString(observed),
    allowance: toDecimalString(allowance),
    headroom: toDecimalString(headroom),
    buffer: toDecimalString(buffer),
    hard,
    breached: decimal(openPnl ? last.equity : last.balance).lte(floor),
    inBuffer: headroom.lte(buffer),
  }
}

/** The drawdown floor after the peaks of a state: it trails up to its lock and never falls. */
export function drawdownFloorOf(
  state: Pick<ProgrammeState, 'floor' | 'highestClose' | 'peakBalance' | 'peakEquity'>,
  { rules, startBalance }: ProgrammeTerms,
): DecimalString | null {
  const { drawdown } = rules
  if (drawdown === null) return null
  const start = decimal(startBalance)
  const trailed = drawdownPeak(drawdown, state, start).minus(amountOf(drawdown.allowance, start))
  const cap = drawdown.locksAbove === null ? trailed : Decimal.min(trailed, start.plus(drawdown.locksAbove))
  return toDecimalString(state.floor === null ? cap : Decimal.max(cap, state.floor))
}

function drawdownPeak(
  { type, basis }: Drawdown,
  { highestClose, peakBalance, peakEquity }: Pick<ProgrammeState, 'highestClose' | 'peakBalance' | 'peakEquity'>,
  start: Decimal,
): Decimal {
  if (type === 'static') return start
  if (type === 'eod_trailing') return decimal(highestClose)
  return decimal(basis === 'equity' ? peakEquity : peakBalance)
}
