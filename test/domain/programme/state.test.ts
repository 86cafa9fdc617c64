/** Under every shipped programme: floors never loosen, locks hold, looks may repeat, and each is as strict as the venue's own count. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal } from '#domain/decimal.ts'
import { amountOf, floorsOf } from '#domain/programme/floors.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import type { ProgrammeState } from '#domain/programme/record.ts'
import { observe } from '#domain/programme/state.ts'
import { d } from '#test/domain/samples.ts'
import { type Look, PROGRAMMES, looksOf, programme, readingOf, statesOf } from './paths.ts'

/** The day of an instant by another road than the code under test: its date where clocks show the boundary or later, else the day before. */
function dayLabel({ rules }: ProgrammeTerms, at: number): string {
  const { zone, time } = rules.day
  const shown = new Date(at).toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16)
  const [date = '', clock = ''] = shown.split(' ')
  if (clock >= time) return date
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)
}

/** The daily floor as the venue counts it, told from the whole history by reference E2; the day's start is the first look of it. */
function venueDaily(looks: readonly Look[], terms: ProgrammeTerms): Decimal | null {
  const { dailyLoss } = terms.rules
  if (dailyLoss === null) return null
  const label = dayLabel(terms, looks.at(-1)?.at ?? 0)
  const today = looks.filter(({ at }) => dayLabel(terms, at) === label).map(({ reading }) => reading)
  const start = decimal(terms.startBalance)
  if (dailyLoss.basis === 'trailing_intraday') {
    const peak = Decimal.max(...today.map(({ equity }) => equity))
    return peak.minus(amountOf(dailyLoss.allowance, Decimal.min(start, peak)))
  }
  const reference = decimal(today[0]?.balance ?? terms.startBalance)
  return reference.minus(amountOf(dailyLoss.allowance, dailyLoss.basis === 'prior_day' ? reference : start))
}

/** The drawdown floor likewise. */
function venueDrawdown(looks: readonly Look[], terms: ProgrammeTerms): Decimal | null {
  const { drawdown } = terms.rules
  if (drawdown === null) return null
  const start = decimal(terms.startBalance)
  const closes = looks.flatMap(({ at, reading }, index) => {
    const next = looks[index + 1]
    return next !== undefined && dayLabel(terms, next.at) !== dayLabel(terms, at) ? [reading.balance] : []
  })
  const peaks = {
    static: [start],
    eod_trailing: [start, ...closes],
    intraday_trailing: [start, ...looks.map(({ reading }) => reading[drawdown.basis])],
  }
  const trailed = Decimal.max(...peaks[drawdown.type]).minus(amountOf(drawdown.allowance, start))
  return drawdown.locksAbove === null ? trailed : Decimal.min(trailed, start.plus(drawdown.locksAbove))
}

function floorsBy(state: ProgrammeState, terms: ProgrammeTerms): Readonly<Record<string, Decimal>> {
  return Object.fromEntries(floorsOf(state, terms).map(({ rule, floor }) => [rule, decimal(floor)]))
}

/** `one` is there and not below `other`, where there is one. */
function assertAtLeast(one: Decimal | undefined, other: Decimal | null | undefined, what: string): void {
  if (other !== null && other !== undefined)
    assert.ok(one?.gte(other), `${what}: ${one?.toFixed()} < ${other.toFixed()}`)
}

function assertStrict(looks: readonly Look[], terms: ProgrammeTerms): void {
  const lock = terms.rules.drawdown?.locksAbove ?? null
  let before: ProgrammeState | null = null
  for (const [index, state] of statesOf(looks, terms).entries()) {
    const floors = floorsBy(state, terms)
    const earlier = before === null ? {} : floorsBy(before, terms)
    assertAtLeast(floors['drawdown'], earlier['drawdown'], 'the drawdown floor fell')
    if (before?.day === state.day) assertAtLeast(floors['daily-loss'], earlier['daily-loss'], 'the daily floor fell')
    if (lock !== null) assertAtLeast(decimal(terms.startBalance).plus(lock), floors['drawdown'], 'the lock')
    const seen = looks.slice(0, index + 1)
    assertAtLeast(floors['daily-loss'], venueDaily(seen, terms), 'below the venue')
    assertAtLeast(floors['drawdown'], venueDrawdown(seen, terms), 'below the venue')
    before = state
  }
}

for (const terms of PROGRAMMES) {
  const name = terms.rules.programme
  test(`${name}: a floor never loosens where it trails, holds at its lock and is never below the venue's`, () => {
    fc.assert(
      fc.property(looksOf(terms), (looks) => {
        assertStrict(looks, terms)
      }),
      { numRuns: 60 },
    )
  })

  test(`${name}: the same look again, or one from the past, changes nothing`, () => {
    fc.assert(
      fc.property(looksOf(terms), (looks) => {
        const states = statesOf(looks, terms)
        looks.forEach(({ at, reading }, index) => {
          const state = states[index] ?? assert.fail()
          assert.deepEqual(observe(state, reading, terms, at), state)
          assert.equal(observe(state, readingOf('1', '1', true), terms, at - 1), state)
        })
      }),
      { numRuns: 40 },
    )
  })
}

const COMBINE = programme('topstep-combine-50k')
const at = (iso: string): number => Date.parse(iso)
const floorAfter = (...looks: readonly [iso: string, equity: string, balance: string][]): string | null | undefined =>
  statesOf(
    looks.map(([iso, equity, balance]) => ({ at: at(iso), reading: readingOf(equity, balance) })),
    COMBINE,
  ).at(-1)?.floor

test('an end-of-day trail moves at 17:00 Chicago, not before, and stops at the start balance', () => {
  const before: [string, string, string] = ['2026-11-23T15:00:00Z', '50000', '50000']
  assert.equal(floorAfter(['2026-11-23T15:00:00Z', '51000', '50800']), '48800', 'a first look may follow any close')
  assert.equal(floorAfter(before, ['2026-11-23T22:59:59Z', '50900', '50900']), '48000')
  const rolled: [string, string, string] = ['2026-11-23T23:00:00Z', '50900', '50900']
  assert.equal(floorAfter(before, ['2026-11-23T22:59:00Z', '50900', '50900'], rolled), '48900')
  assert.equal(floorAfter(before, ['2026-11-23T22:59:00Z', '56000', '56000'], rolled), '50000')
})

test('an intraday trail follows the peak of equity with open PnL', () => {
  const terms = programme('apex-50k-intraday')
  const looks = [readingOf('50000', '50000'), readingOf('51500', '50000'), readingOf('50400', '50000')]
  const states = statesOf(
    looks.map((reading, index) => ({ at: at('2026-11-23T15:00:00Z') + index, reading })),
    terms,
  )
  assert.deepEqual(
    states.map(({ floor }) => floor),
    ['48000', '49500', '49500'],
  )
})

test('a hard floor that is reached closes entries for good, a soft one until the day rolls', () => {
  const soft = statesOf(
    [
      { at: at('2026-11-23T15:00:00Z'), reading: readingOf('50000', '50000') },
      { at: at('2026-11-23T15:01:00Z'), reading: readingOf('48990', '48990') },
    ],
    COMBINE,
  ).at(-1)
  assert.equal(soft?.lockout?.gate, 'programme-daily-loss')
  assert.equal(soft.lockout.until, at('2026-11-23T23:00:00Z'))
  assert.equal(soft.breach?.gate, 'programme-daily-loss')
  const hard = observe(soft, readingOf('47999', '47999'), COMBINE, at('2026-11-23T15:02:00Z'))
  assert.equal(hard.lockout?.until, null)
  const later = observe(hard, readingOf('60000', '60000'), COMBINE, at('2026-11-30T15:00:00Z'))
  assert.deepEqual(later.lockout, hard.lockout)
})

test('a rule file that is edited to allow more does not lower a floor that stands', () => {
  const drawdown = COMBINE.rules.drawdown ?? assert.fail()
  const wider = { ...COMBINE, rules: { ...COMBINE.rules, drawdown: { ...drawdown, allowance: { usd: d('2500') } } } }
  const state = observe(null, readingOf('50000', '50000'), COMBINE, at('2026-11-23T15:00:00Z'))
  assert.equal(observe(state, readingOf('50000', '50000'), wider, at('2026-11-23T15:00:01Z')).floor, '48000')
})

test("the venue's restriction closes entries until its day rolls, and longer while it stands", () => {
  const open = at('2026-11-23T15:00:00Z')
  const locked = observe(null, readingOf('50000', '50000', true), COMBINE, open)
  const lifted = observe(locked, readingOf('50000', '50000'), COMBINE, open + 60_000)
  assert.equal(lifted.lockout?.until, at('2026-11-23T23:00:00Z'))
  const rolled = observe(lifted, readingOf('50000', '50000'), COMBINE, at('2026-11-23T23:00:00Z'))
  assert.equal(rolled.lockout, null)
  const still = observe(lifted, readingOf('50000', '50000', true), COMBINE, at('2026-11-23T23:00:00Z'))
  assert.equal(still.lockout?.until, at('2026-11-24T23:00:00Z'))
})

test('another programme, size or since begins a new record', () => {
  const lost = observe(null, readingOf('47000', '47000'), COMBINE, at('2026-11-23T15:00:00Z'))
  assert.equal(lost.lockout?.until, null)
  const reset = programme('topstep-combine-50k', { since: '2026-11-24' })
  assert.equal(observe(lost, readingOf('50000', '50000'), reset, at('2026-11-24T15:00:00Z')).lockout, null)
})
