/** Shipped programmes as terms, and random lives of an account under them: looks at odd moments, fills, open PnL, restrictions. */
import fc from 'fast-check'
import { listProgrammes } from '#config/programmes.ts'
import { Decimal, type DecimalString, decimal, toDecimalString } from '#domain/decimal.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import type { ProgrammeReading, ProgrammeState } from '#domain/programme/record.ts'
import { observe } from '#domain/programme/state.ts'
import { d } from '#test/domain/samples.ts'

export const PROGRAMMES: readonly ProgrammeTerms[] = listProgrammes(
  new URL('../../../programmes/', import.meta.url).pathname,
).map(({ rules }) => termsOf(rules))

export function termsOf(rules: ProgrammeTerms['rules'], change: Partial<ProgrammeTerms> = {}): ProgrammeTerms {
  return {
    rules,
    startBalance: rules.startBalance,
    highestBalance: null,
    since: null,
    buffer: d('0.15'),
    lookMs: 2000,
    automationOverridden: true,
    ...change,
  }
}

export function programme(name: string, change: Partial<ProgrammeTerms> = {}): ProgrammeTerms {
  const found = PROGRAMMES.find(({ rules }) => rules.programme === name)
  if (found === undefined) throw new RangeError(`Expected a shipped programme, saw ${name}.`)
  return termsOf(found.rules, change)
}

/** Days before the clocks change: both directions, Europe's date too (UTC programmes must not care). */
export const STARTS = ['2026-03-06T12:00:00Z', '2026-10-30T12:00:00Z', '2026-03-27T12:00:00Z', '2026-11-23T12:00:00Z']

export interface Look {
  readonly at: number
  readonly reading: ProgrammeReading
}

interface Step {
  readonly minutes: number
  /** Of the start balance, in hundredths of a percent. */
  readonly realised: number
  readonly open: number
  readonly restricted: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  minutes: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 180 }) },
    { weight: 1, arbitrary: fc.integer({ min: 180, max: 4 * 1440 }) },
  ),
  realised: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: -150, max: 150 }) },
  ),
  open: fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: -150, max: 150 }) },
  ),
  restricted: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})

/** Random looks at an account of these terms, the first of them before anything happened. */
export function looksOf({ startBalance }: ProgrammeTerms): fc.Arbitrary<Look[]> {
  const unit = decimal(startBalance).div(10_000)
  return fc.tuple(fc.constantFrom(...STARTS), fc.array(step, { minLength: 1, maxLength: 40 })).map(([start, steps]) => {
    let at = Date.parse(start)
    let balance = decimal(startBalance)
    const quiet = { at, reading: readingOf(balance, balance) }
    const lived = steps.map(({ minutes, realised, open, restricted }) => {
      at += minutes * 60_000
      balance = balance.plus(unit.times(realised))
      const equity = balance.plus(unit.times(open))
      return { at, reading: readingOf(equity, balance, restricted) }
    })
    return [quiet, ...lived]
  })
}

export function readingOf(equity: Decimal | string, balance: Decimal | string, restricted = false): ProgrammeReading {
  const text = (value: Decimal | string): DecimalString => toDecimalString(new Decimal(value))
  return { equity: text(equity), balance: text(balance), restriction: restricted ? 'canTrade is false' : null }
}

/** The states after each look, from the first on. */
export function statesOf(looks: readonly Look[], terms: ProgrammeTerms): ProgrammeState[] {
  let state: ProgrammeState | null = null
  return looks.map(({ at, reading }) => {
    state = observe(state, reading, terms, at)
    return state
  })
}
