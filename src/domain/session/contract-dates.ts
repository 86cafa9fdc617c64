/**
 * Expiry and roll of CME's quarterly equity index contracts, derived from the code: they end at 08:30 Chicago on the third Friday
 * of March, June, September or December, and trading moves to the next one on the Monday of that week (volume crosses then).
 * When that Friday is an exchange holiday the contract ends on the business day before: Juneteenth does it to M26 and M27
 * (reference E1 marks the rule "to be checked"; ending a day early is the safe error for a position that must be out before).
 */
import { type CivilDate, addDays, isWeekday, weekdayOf } from './civil-date.ts'
import { CME_EQUITY_INDEX } from './cme-equity-index.ts'
import { instantOf, localOf } from './zone.ts'

const MONTHS = { H: '03', M: '06', U: '09', Z: '12' } as const
const CODE = /([HMUZ])(\d{1,2})$/
const FINAL_SETTLEMENT = '08:30'

/** When a contract rolls and ends; days in Chicago, instants in ms. */
export interface ContractDates {
  readonly rollDate: CivilDate
  /** Opening of the roll date's session, the evening before it. Entries belong into the next contract from here on. */
  readonly rollsAt: number
  readonly expiryDate: CivilDate
  /** Last trading instant. */
  readonly expiresAt: number
}

/**
 * Dates of a contract by the end of its name: `Z26`, `NQZ6`, `CON.F.US.ENQ.Z26`. A year of one digit is the one nearest to `near`
 * (an instant, ms), the later one of two.
 * @throws RangeError for any other name
 */
export function contractDatesOf(code: string, near: number): ContractDates {
  const found = CODE.exec(code)
  const letter = found?.[1] as keyof typeof MONTHS | undefined
  const digits = found?.[2]
  if (letter === undefined || digits === undefined)
    throw new RangeError(`Expected a quarterly contract such as NQZ6 or ENQ.Z26, saw "${code}".`)
  const friday = thirdFridayOf(`${yearOf(digits, near)}-${MONTHS[letter]}`)
  const expiryDate = businessDayUpTo(friday)
  const rollDate = addDays(friday, -4)
  const { zone, opens } = CME_EQUITY_INDEX
  return {
    rollDate,
    rollsAt: instantOf(zone, addDays(rollDate, -1), opens),
    expiryDate,
    expiresAt: instantOf(zone, expiryDate, FINAL_SETTLEMENT),
  }
}

/** Last trading instant of a contract, ms; see `contractDatesOf`. @throws RangeError */
export function expiryOf(code: string, near: number): number {
  return contractDatesOf(code, near).expiresAt
}

/** Monday of the contract's last week; see `contractDatesOf`. @throws RangeError */
export function rollDateOf(code: string, near: number): CivilDate {
  return contractDatesOf(code, near).rollDate
}

function yearOf(digits: string, near: number): number {
  if (digits.length === 2) return 2000 + Number(digits)
  const year = Number(localOf(CME_EQUITY_INDEX.zone, near).date.slice(0, 4))
  // From four years back to five ahead each digit occurs once.
  const ahead = (((Number(digits) - year + 4) % 10) + 10) % 10
  return year - 4 + ahead
}

function thirdFridayOf(month: string): CivilDate {
  const first = `${month}-01`
  return addDays(first, ((5 - weekdayOf(first) + 7) % 7) + 14)
}

function businessDayUpTo(date: CivilDate): CivilDate {
  const isHoliday = CME_EQUITY_INDEX.exceptions.some((row) => row.date === date && row.kind !== 'early-close')
  return isWeekday(date) && !isHoliday ? date : businessDayUpTo(addDays(date, -1))
}
