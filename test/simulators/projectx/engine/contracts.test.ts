/** Chicago time, sessions and quarterly contracts: derived from time, right across daylight saving (reference E1). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { chicagoInstant, chicagoTime, nextChicago, timeOfDay } from '#simulators/projectx/engine/chicago.ts'
import { expiriesOf, isActive, products } from '#simulators/projectx/engine/contracts.ts'
import { isGlobexOpen } from '#simulators/projectx/engine/session.ts'
import { NQ, START, openDesk } from './desk.ts'

const intl = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Chicago',
  hourCycle: 'h23',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

describe('Chicago time', () => {
  test('agrees with the time zone database at any instant since the rule of 2007', () => {
    const instant = fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2045, 0, 1) })
    fc.assert(
      fc.property(instant, (ms) => {
        const { weekday, timeOfDay: now } = chicagoTime(ms)
        const minutes = Math.floor(now / 60_000)
        const shown = `${WEEKDAYS[weekday]} ${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
        assert.equal(shown, intl.format(ms))
      }),
      { numRuns: 2_000 },
    )
  })

  test('a local time of day is the same wall clock on both sides of a clock change', () => {
    for (const [before, after] of [
      ['2026-03-06T21:10:00Z', '2026-03-09T20:10:00Z'],
      ['2026-10-30T20:10:00Z', '2026-11-02T21:10:00Z'],
    ] as const) {
      const flat = timeOfDay(15, 10)
      assert.equal(nextChicago(Date.parse(before) - 1, flat), Date.parse(before))
      const threeDays = nextChicago(nextChicago(nextChicago(Date.parse(before), flat), flat), flat)
      assert.equal(threeDays, Date.parse(after))
      assert.equal(chicagoInstant(chicagoTime(Date.parse(after)).day, flat), Date.parse(after))
    }
  })

  test('Globex trades from Sunday 17:00 to Friday 16:00 with an hour off each day', () => {
    for (const [time, isOpen] of [
      ['2026-01-04T22:59:00Z', false],
      ['2026-01-04T23:00:00Z', true],
      ['2026-01-06T21:59:00Z', true],
      ['2026-01-06T22:00:00Z', false],
      ['2026-01-06T23:00:00Z', true],
      ['2026-01-09T21:59:00Z', true],
      ['2026-01-09T22:00:00Z', false],
      ['2026-01-10T18:00:00Z', false],
      ['2026-07-07T20:59:00Z', true],
      ['2026-07-07T21:00:00Z', false],
    ] as const) {
      assert.equal(isGlobexOpen(Date.parse(time)), isOpen, time)
    }
  })
})

describe('contracts', () => {
  test('expire on the third Friday and roll on the Monday before, as published', () => {
    const [product] = products().values()
    assert.ok(product)
    const dates = expiriesOf(product, Date.parse('2026-01-06T15:00:00Z'))
      .filter(({ expiry }) => expiry > START)
      .map(({ id, expiry, roll }) => [id.slice(-3), iso(expiry), iso(roll)])
    assert.deepEqual(dates, [
      ['H26', '2026-03-20', '2026-03-16'],
      ['M26', '2026-06-19', '2026-06-15'],
      ['U26', '2026-09-18', '2026-09-14'],
      ['Z26', '2026-12-18', '2026-12-14'],
      ['H27', '2027-03-19', '2027-03-15'],
    ])
  })

  test('the next one is active from the Monday of the expiry week on', () => {
    const [product] = products().values()
    assert.ok(product)
    const front = (ms: number) => expiriesOf(product, ms).filter((spec) => isActive(spec, ms))
    const monday = Date.parse('2026-03-16T05:00:00Z')
    assert.deepEqual(
      [front(monday - 1), front(monday)].map((specs) => specs.map(({ name }) => name)),
      [['NQH6'], ['NQM6']],
    )
  })

  test('carry the venue ids, ticks and names of the reference', () => {
    const { venue } = openDesk()
    const rows = venue.market.available().filter(({ activeContract }) => activeContract)
    assert.deepEqual(
      rows.map(({ id, name, tickSize, tickValue, symbolId }) => [id, name, tickSize, tickValue, symbolId]),
      [
        ['CON.F.US.ENQ.H26', 'NQH6', '0.25', '5', 'F.US.ENQ'],
        ['CON.F.US.EP.H26', 'ESH6', '0.25', '12.5', 'F.US.EP'],
        ['CON.F.US.MNQ.H26', 'MNQH6', '0.25', '0.5', 'F.US.MNQ'],
        ['CON.F.US.MES.H26', 'MESH6', '0.25', '1.25', 'F.US.MES'],
      ],
    )
    assert.match(venue.market.contract('CON.F.US.ENQ.H25')?.description ?? '', /^E-mini NASDAQ-100: March 2025$/)
    assert.equal(venue.market.contract('CON.F.US.ENQ.X25'), undefined)
  })

  test('are found by a fuzzy text, at most twenty, micros among minis', () => {
    const { venue } = openDesk()
    const roots = new Set(venue.market.search('es').map(({ symbolId }) => symbolId))
    assert.deepEqual([...roots].toSorted(), ['F.US.EP', 'F.US.MES'])
    assert.equal(venue.market.search('F.US').length, 20)
  })

  test('may disagree with what a client expects', () => {
    const { venue } = openDesk({ products: { NQ: { tickSize: '0.5', tickValue: '7' } } })
    assert.partialDeepStrictEqual(venue.market.contract(NQ), { tickSize: '0.5', tickValue: '7' })
    assert.throws(() => openDesk({ products: { CL: {} } }), /Expected one of NQ, ES, MNQ, MES, saw product "CL"/)
  })

  test('that have expired refuse orders, settle what is held at the last price, and let orders expire', () => {
    const desk = openDesk()
    desk.placed()
    const resting = desk.placed({ type: 1, limitPrice: '19000' })
    desk.venue.operator.setMark('NQ', '20010')
    desk.at(Date.parse('2026-03-20T13:30:00Z'))
    assert.equal(desk.held(), 0)
    assert.equal(desk.trades().at(-1)?.profitAndLoss, '200')
    assert.equal(desk.order(resting).status, 4)
    assert.deepEqual(desk.place(), { orderId: null, errorCode: 9, errorMessage: null })
    assert.deepEqual(desk.place({ contractId: 'CON.F.US.ENQ.X26' }), {
      orderId: null,
      errorCode: 8,
      errorMessage: null,
    })
    assert.equal(desk.place({ contractId: 'CON.F.US.ENQ.M26' }).errorCode, 0)
  })
})

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
