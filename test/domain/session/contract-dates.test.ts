/** Expiry and roll of quarterly contracts 2025 to 2028 (reference E1), and what a contract's name may look like. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { weekdayOf } from '#domain/session/civil-date.ts'
import { contractDatesOf, expiryOf, rollDateOf } from '#domain/session/contract-dates.ts'
import { localOf } from '#domain/session/zone.ts'

const NEAR = Date.parse('2026-11-26T12:00:00Z')

const TABLE = [
  ['H25', '2025-03-17', '2025-03-21', '13:30'],
  ['M25', '2025-06-16', '2025-06-20', '13:30'],
  ['U25', '2025-09-15', '2025-09-19', '13:30'],
  ['Z25', '2025-12-15', '2025-12-19', '14:30'],
  ['H26', '2026-03-16', '2026-03-20', '13:30'],
  // Its third Friday is Juneteenth.
  ['M26', '2026-06-15', '2026-06-18', '13:30'],
  ['U26', '2026-09-14', '2026-09-18', '13:30'],
  ['Z26', '2026-12-14', '2026-12-18', '14:30'],
  ['H27', '2027-03-15', '2027-03-19', '13:30'],
  // Juneteenth is a Saturday and observed on its third Friday.
  ['M27', '2027-06-14', '2027-06-17', '13:30'],
  ['U27', '2027-09-13', '2027-09-17', '13:30'],
  ['Z27', '2027-12-13', '2027-12-17', '14:30'],
  ['H28', '2028-03-13', '2028-03-17', '13:30'],
  ['M28', '2028-06-12', '2028-06-16', '13:30'],
  ['U28', '2028-09-11', '2028-09-15', '13:30'],
  ['Z28', '2028-12-11', '2028-12-15', '14:30'],
] as const

for (const [code, rollDate, expiryDate, utc] of TABLE) {
  test(`${code} rolls on ${rollDate} and ends on ${expiryDate} at 08:30 Chicago`, () => {
    const dates = contractDatesOf(code, NEAR)
    assert.deepEqual([dates.rollDate, dates.expiryDate], [rollDate, expiryDate])
    assert.equal(new Date(dates.expiresAt).toISOString(), `${expiryDate}T${utc}:00.000Z`)
    const rolls = localOf('America/Chicago', dates.rollsAt)
    assert.deepEqual([rolls.time, weekdayOf(rolls.date)], ['17:00', 0])
    assert.ok(dates.rollsAt < dates.expiresAt)
    assert.deepEqual([expiryOf(code, NEAR), rollDateOf(code, NEAR)], [dates.expiresAt, rollDate])
  })
}

test('a contract is known by the end of its name, whatever the venue puts before it', () => {
  for (const name of ['Z26', 'NQZ6', 'NQZ26', 'ENQ.Z26', 'MESZ6', 'CON.F.US.ENQ.Z26'])
    assert.equal(contractDatesOf(name, NEAR).expiryDate, '2026-12-18', name)
})

test('a year of one digit is the nearest one, the later of two', () => {
  const year = (digit: number) => contractDatesOf(`NQZ${digit}`, NEAR).expiryDate.slice(0, 4)
  assert.deepEqual([2, 3, 4, 5, 6, 7, 8, 9, 0, 1].map(year), [
    '2022',
    '2023',
    '2024',
    '2025',
    '2026',
    '2027',
    '2028',
    '2029',
    '2030',
    '2031',
  ])
  fc.assert(
    fc.property(fc.integer({ min: 2010, max: 2080 }), fc.integer({ min: 0, max: 9 }), (now, digit) => {
      const found = Number(contractDatesOf(`ESM${digit}`, Date.parse(`${now}-06-15T12:00:00Z`)).expiryDate.slice(0, 4))
      assert.ok(found % 10 === digit && found >= now - 4 && found <= now + 5)
    }),
  )
})

test('a year is taken in Chicago: the last evening of a year there is the next one in UTC', () => {
  assert.equal(contractDatesOf('Z1', Date.parse('2027-01-01T03:00:00Z')).expiryDate.slice(0, 4), '2031')
  assert.equal(contractDatesOf('Z1', Date.parse('2027-01-01T07:00:00Z')).expiryDate.slice(0, 4), '2031')
  assert.equal(contractDatesOf('Z2', Date.parse('2027-01-01T03:00:00Z')).expiryDate.slice(0, 4), '2022')
  assert.equal(contractDatesOf('Z2', Date.parse('2027-01-01T07:00:00Z')).expiryDate.slice(0, 4), '2032')
})

test('what is no quarterly contract is refused', () => {
  for (const name of ['NQ', 'NQF6', 'CLX26', 'BTC-PERP', 'NQZ', 'Z2026', ''])
    assert.throws(() => contractDatesOf(name, NEAR), /Expected a quarterly contract such as NQZ6/, name)
})
