/**
 * Moves what a programme remembers of an account: start of the day, peaks, the standing floor, lockouts. `observe` is the only
 * transition; it takes one reading of the broker and may be repeated. Where a day's end was not seen, the higher of the figures
 * around it counts: a floor that is too high stops us early, one that is too low loses the account. Pure.
 */
import { Decimal, type DecimalString, ZERO_STRING, decimal, toDecimalString } from '../decimal.ts'
import type { Denial } from '../policy.ts'
import { type ProgrammeDay, dayOf } from './day.ts'
import { type Floor, drawdownFloorOf, floorsOf } from './floors.ts'
import type { Lockout, ProgrammeReading, ProgrammeState } from './record.ts'
import type { ProgrammeTerms } from './rules.ts'

/** Names the record of an account under its terms: another programme, size or `since` begins a new one. */
export function recordOf({ rules, startBalance, since }: ProgrammeTerms): string {
  return [rules.programme, startBalance, since ?? 'first look'].join(' ')
}

/**
 * The state after a reading at `now`. The same reading again, or an older one, changes nothing. @throws RangeError for a zone that
 * is none
 */
export function observe(
  before: ProgrammeState | null,
  reading: ProgrammeReading,
  terms: ProgrammeTerms,
  now: number,
): ProgrammeState {
  const day = dayOf(terms.rules.day, now)
  const known = before !== null && before.record === recordOf(terms) ? before : null
  if (known !== null && now < known.last.at) return known
  const dawn = known === null ? firstDay(reading, terms, day, now) : rolled(known, reading, terms, day)
  const seen: ProgrammeState = {
    ...dawn,
    dayPeak: higher(dawn.dayPeak, reading.equity),
    peakBalance: higher(dawn.peakBalance, reading.balance),
    peakEquity: higher(dawn.peakEquity, reading.equity),
    last: { ...reading, at: now },
    restricted:
      reading.restriction === null
        ? dawn.restricted
        : dawn.restricted?.day === day.startsAt
          ? dawn.restricted
          : { text: reading.restriction, at: now, day: day.startsAt },
  }
  const floor = drawdownFloorOf(seen, terms)
  return withLockout({ ...seen, floor }, terms, day, now)
}

function higher(one: DecimalString, other: DecimalString): DecimalString {
  return toDecimalString(Decimal.max(one, other))
}

function firstDay(
  { equity, balance, restriction }: ProgrammeReading,
  terms: ProgrammeTerms,
  day: ProgrammeDay,
  now: number,
): ProgrammeState {
  const start = terms.startBalance
  const closed = terms.highestBalance === null ? start : higher(start, terms.highestBalance)
  return {
    record: recordOf(terms),
    day: day.startsAt,
    dayStart: { balance, equity },
    dayPeak: equity,
    last: { equity, balance, restriction, at: now },
    highestClose: higher(closed, balance),
    peakBalance: higher(closed, balance),
    peakEquity: higher(closed, equity),
    floor: null,
    bestDay: ZERO_STRING,
    positiveDays: ZERO_STRING,
    lockout: null,
    breach: null,
    restricted: null,
  }
}

/** The state at the start of the day of `now`; the same object while the day stands. */
function rolled(
  state: ProgrammeState,
  reading: ProgrammeReading,
  terms: ProgrammeTerms,
  day: ProgrammeDay,
): ProgrammeState {
  if (day.startsAt <= state.day) return state
  const { last } = state
  const profit = decimal(last.balance).minus(state.dayStart.balance)
  // After a day that nobody saw, the last figures say nothing about the start of this one.
  const seenYesterday = dayOf(terms.rules.day, day.startsAt - 1).startsAt === state.day
  const dayStart = seenYesterday
    ? { balance: higher(last.balance, reading.balance), equity: higher(last.equity, reading.equity) }
    : { balance: reading.balance, equity: reading.equity }
  return {
    ...state,
    day: day.startsAt,
    dayStart,
    dayPeak: dayStart.equity,
    highestClose: higher(higher(state.highestClose, last.balance), reading.balance),
    bestDay: higher(state.bestDay, toDecimalString(profit)),
    positiveDays: profit.gt(0) ? toDecimalString(profit.plus(state.positiveDays)) : state.positiveDays,
  }
}

/** Reaching a floor or its buffer closes entries until the day rolls, a hard floor for good; so does the venue's own word. */
function withLockout(state: ProgrammeState, terms: ProgrammeTerms, day: ProgrammeDay, now: number): ProgrammeState {
  const floors = floorsOf(state, terms)
  const ended = floors.find(({ breached, hard }) => breached && hard)
  const reached = ended ?? floors.find(({ breached }) => breached)
  const near = reached ?? floors.find(({ inBuffer }) => inBuffer)
  const breach =
    reached === undefined || state.breach?.day === day.startsAt
      ? state.breach
      : { ...denialOf(reached), at: now, day: day.startsAt }
  return { ...state, breach, lockout: lockoutOf({ state, ended, near, restriction: state.last.restriction, day, now }) }
}

interface LockoutInputs {
  readonly state: ProgrammeState
  readonly ended: Floor | undefined
  readonly near: Floor | undefined
  readonly restriction: string | null
  readonly day: ProgrammeDay
  readonly now: number
}

function lockoutOf({ state, ended, near, restriction, day, now }: LockoutInputs): Lockout | null {
  const standing = state.lockout !== null && (state.lockout.until ?? Infinity) > now ? state.lockout : null
  if (standing?.until === null) return standing
  if (ended !== undefined) return { ...denialOf(ended), since: now, until: null }
  if (standing !== null) return standing
  if (near !== undefined) return { ...denialOf(near), since: now, until: day.endsAt }
  if (restriction === null) return null
  return {
    gate: 'programme-venue-restriction',
    limit: 'no restriction by the venue since its day began',
    observed: restriction,
    since: now,
    until: day.endsAt,
  }
}

/** A floor as the reason of a decision. */
export function denialOf({ rule, floor, buffer, observed }: Floor): Denial {
  return {
    gate: `programme-${rule}`,
    limit: `above ${floor} USD by more than the buffer of ${buffer} USD`,
    observed: `${observed} USD`,
  }
}
