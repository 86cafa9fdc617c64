/**
 * Reads single cells of a fill file. Exact or refused: a number whose digits were lost is never taken for money, with
 * one exception that the position chain proves again (tiny numbers that spreadsheets print as `1.00E-05`).
 */
import { type DecimalString, decimalString, isDecimalText } from '#domain/decimal.ts'

/** A number as printed; `rounded` when it was printed in exponential form and may have lost digits. */
export interface Amount {
  readonly value: DecimalString
  readonly rounded: boolean
}

const CANONICAL = /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/
const TINY = /^([+-]?)(\d)(?:\.(\d+))?[eE]-0*(\d{1,2})$/
const IST = /^(\d{1,2})-(\d{1,2})-(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?$/
const IST_OFFSET_MS = 330 * 60_000
const MILLISECONDS = /^\d{13}$/
const ROUNDED_INTEGER = /^\d(\.\d+)?[eE]\+?\d{1,2}$/

/** Parses a plain decimal, or a tiny one in exponential form (negative exponent only); null when it is neither. */
export function parseAmount(text: string): Amount | null {
  if (CANONICAL.test(text) && text !== '-0') return { value: text as DecimalString, rounded: false }
  if (isDecimalText(text)) return { value: decimalString(text), rounded: false }
  const tiny = TINY.exec(text)
  if (tiny === null) return null
  const [, sign = '', lead = '', tail = '', exponent = ''] = tiny
  if (exponent === '0') return null
  return { value: decimalString(`${sign}0.${'0'.repeat(Number(exponent) - 1)}${lead}${tail}`), rounded: true }
}

/** Parses `DD-MM-YYYY HH:MM[:SS]` in India Standard Time (UTC+05:30) to ms since epoch; null when it is no such instant. */
export function parseIst(text: string): number | null {
  const match = IST.exec(text)
  if (match === null) return null
  const [day, month, year, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0))
  if (day === undefined || month === undefined || year === undefined) return null
  const utc = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(utc)
  const real = back.getUTCDate() === day && back.getUTCMonth() === month - 1 && back.getUTCHours() === hour
  return real && back.getUTCMinutes() === minute ? utc - IST_OFFSET_MS : null
}

/** Parses epoch milliseconds; `exact` is false for the rounded form `1.73E+12` (days lost). Null when it is neither. */
export function parseEpoch(text: string): { readonly time: number; readonly exact: boolean } | null {
  if (MILLISECONDS.test(text)) return { time: Number(text), exact: true }
  return ROUNDED_INTEGER.test(text) ? { time: Number(text), exact: false } : null
}

/** Whether an identifier was printed in exponential form: digits lost, no identity by itself. */
export function isRoundedId(text: string): boolean {
  return ROUNDED_INTEGER.test(text)
}

/** Splits one line into cells; quotes as in RFC 4180. Null when a quote is not closed or stands inside a bare cell. */
export function splitLine(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim())
  const cells: string[] = []
  // Blanks before a quote are looked for only where a quote follows: a bare cell holds its own, and is read once.
  const cell = /(?:(?=\s*")\s*"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y
  for (;;) {
    const match = cell.exec(line)
    if (match === null) return null
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim())
    if (match[3] === '') return cells
  }
}
