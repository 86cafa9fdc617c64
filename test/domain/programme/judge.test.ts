/** Before every limit of the venue there is one of ours: by the buffer of a floor, by a lead before a time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal } from '#domain/decimal.ts'
import { floorsOf } from '#domain/programme/floors.ts'
import { flatWindowOf, judge, judgeClock, stopDeadlineOf } from '#domain/programme/judge.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import type { ProgrammeState } from '#domain/programme/record.ts'
import { observe } from '#domain/programme/state.ts'
import { aPosition, d } from '#test/domain/samples.ts'
import { PROGRAMMES, STARTS, looksOf, programme, readingOf, statesOf } from './paths.ts'

const at = (iso: string): number => Date.parse(iso)
const judgedAt = (state: ProgrammeState, terms: ProgrammeTerms) => judge(state, terms, state.last.at)

for (const terms of PROGRAMMES) {
  const name = terms.rules.programme

  test(`${name}: an account at or under a floor, or restricted, is closed for entries and flattened at a floor`, () => {
    fc.assert(
      fc.property(looksOf(terms), (looks) => {
        let ended = false
        for (const state of statesOf(looks, terms)) {
          const floors = floorsOf(state, terms)
          ended ||= floors.some(({ breached, hard }) => breached && hard)
          const { entries, flatten } = judgedAt(state, terms)
          if (ended || state.last.restriction !== null) assert.notEqual(entries, null)
          if (floors.some(({ breached }) => breached)) {
            assert.notEqual(flatten, null)
            assert.notEqual(entries, null)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  test(`${name}: moves smaller than the buffer never reach a floor before we flatten`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...STARTS), fc.array(fc.integer({ min: -100, max: 90 })), (start, moves) => {
        assertFlattensFirst(terms, at(start), moves)
      }),
      { numRuns: 40 },
    )
  })
}

/** An open position moves against us by up to 99 % of the smallest buffer a look, until we flatten or the moves end. */
function assertFlattensFirst(terms: ProgrammeTerms, start: number, moves: readonly number[]): void {
  let equity = decimal(terms.startBalance)
  let now = start
  let state = observe(null, readingOf(equity, terms.startBalance), terms, now)
  for (const move of moves) {
    const floors = floorsOf(state, terms)
    assert.ok(!floors.some(({ breached }) => breached), 'a floor was reached before the flatten')
    if (judgedAt(state, terms).flatten !== null) return
    const least = Decimal.min(...floors.map(({ buffer }) => buffer), equity)
    equity = equity.plus(least.times(move).div(101))
    now += terms.lookMs
    state = observe(state, readingOf(equity, terms.startBalance), terms, now)
  }
}

const FLAT_BY = PROGRAMMES.filter(({ rules }) => rules.flatBy !== null)

for (const { rules } of FLAT_BY) {
  test(`${rules.programme}: flat five minutes before its time on either clock, entries end ten before`, () => {
    const { zone = '', time = '' } = rules.flatBy ?? {}
    // Regular Tuesdays in winter, in summer, and right after either change of clocks.
    for (const date of ['2026-01-13', '2026-07-14', '2026-03-10', '2026-11-03']) {
      // The exchange closes at 16:00 Chicago, 17:00 New York: the earlier of both binds.
      const deadline = wallInstant(zone, date, time)
      const verdicts = [-601, -600, -301, -300, 0].map((seconds) => judgeClock(rules, deadline + seconds * 1000))
      assert.deepEqual(
        verdicts.map(({ entries, flatten }) => [entries !== null, flatten !== null]),
        [
          [false, false],
          [true, false],
          [true, false],
          [true, true],
          [true, true],
        ],
        date,
      )
      const reopens = wallInstant('America/Chicago', date, '17:00')
      assert.notEqual(judgeClock(rules, reopens - 1).flatten, null)
      assert.equal(judgeClock(rules, reopens).entries, null)
    }
  })
}

/** The instant at which clocks of a zone show a time, found by trial. */
function wallInstant(zone: string, date: string, time: string): number {
  for (let hours = 0; hours <= 12; hours++) {
    const instant = Date.parse(`${date}T${time}:00Z`) + hours * 3_600_000
    if (new Date(instant).toLocaleString('sv-SE', { timeZone: zone }) === `${date} ${time}:00`) return instant
  }
  throw new RangeError(`No instant for ${date} ${time} ${zone}.`)
}

test('an early close moves flat-by forward: 15:10 becomes 12:15 on the day after Thanksgiving', () => {
  const { rules } = programme('topstep-combine-50k')
  const window = flatWindowOf(rules, at('2026-11-27T16:00:00Z'))
  assert.equal(window?.at, at('2026-11-27T18:15:00Z'))
  assert.notEqual(judgeClock(rules, at('2026-11-27T18:10:00Z')).flatten, null)
  assert.notEqual(judgeClock(rules, at('2026-11-28T12:00:00Z')).flatten, null, 'the weekend after')
  assert.equal(judgeClock(rules, at('2026-11-29T23:00:00Z')).entries, null)
})

test('without trading hours flat-by holds until the programme day rolls', () => {
  const { rules } = programme('topstep-combine-50k')
  const always = { ...rules, calendar: null }
  assert.notEqual(judgeClock(always, at('2026-11-28T22:59:59Z')).entries, null)
  assert.equal(judgeClock(always, at('2026-11-28T23:00:00Z')).entries, null)
})

test('a verdict names rule, limit and observed value', () => {
  const terms = programme('topstep-combine-50k')
  const open = observe(null, readingOf('50000', '50000'), terms, at('2026-11-23T15:00:00Z'))
  const state = observe(open, readingOf('49100', '50000'), terms, at('2026-11-23T15:00:01Z'))
  const { entries, flatten } = judgedAt(state, terms)
  assert.deepEqual(flatten, {
    gate: 'programme-daily-loss',
    limit: 'above 49000 USD by more than the buffer of 150 USD',
    observed: '49100 USD',
  })
  assert.equal(entries?.gate, 'programme-lockout')
})

test('a position without a stop is due before the programme says so', () => {
  const terms = programme('hyrotrader-1-step-standard')
  const position = aPosition({ nakedSince: 1000 })
  assert.equal(stopDeadlineOf(position, terms, 1000 + 254_999)?.due, false)
  assert.equal(stopDeadlineOf(position, terms, 1000 + 255_000)?.due, true)
  const stopless = aPosition({ discipline: { ...aPosition().discipline, stopLoss: null }, openedAt: 1000 })
  assert.equal(stopDeadlineOf(stopless, terms, 301_000)?.due, true)
  assert.equal(stopDeadlineOf(aPosition(), terms, 1e13), null)
  assert.equal(stopDeadlineOf(aPosition({ nakedSince: 1, size: d('0') }), terms, 1e13), null)
})
