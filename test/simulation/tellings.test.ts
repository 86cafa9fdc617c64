/** What a simulated world's sink must have heard. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlertRow } from '#domain/records.ts'
import { checkTellings } from '#simulation/scenario/tellings.ts'

const alert = (alertId: string, active: boolean) => ({ alertId, active, kind: 'orphan' }) as AlertRow
const wrongs = (alerts: readonly AlertRow[], heard: readonly (readonly [string, number])[], blows: number) =>
  checkTellings(alerts, new Map(heard), blows).map(({ about }) => about)

test('an alert that nobody was told of, and an end, are breaches; so are more repeats than deaths and disturbances', () => {
  assert.deepEqual(wrongs([alert('a', true)], [['a', 1]], 0), [])
  assert.deepEqual(wrongs([alert('a', true)], [], 0), ['a'])
  assert.deepEqual(wrongs([alert('a', false)], [['a', 1]], 0), ['a'])
  const ended = [alert('a', false)]
  assert.deepEqual(
    wrongs(
      ended,
      [
        ['a', 1],
        ['a.resolved', 1],
      ],
      0,
    ),
    [],
  )
  assert.deepEqual(
    wrongs(
      ended,
      [
        ['a', 2],
        ['a.resolved', 1],
      ],
      0,
    ),
    ['sink'],
  )
  assert.deepEqual(
    wrongs(
      ended,
      [
        ['a', 2],
        ['a.resolved', 1],
      ],
      1,
    ),
    [],
  )
})
