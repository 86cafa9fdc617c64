/** The venue's limits as its answers state them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateGate } from '#brokers/bybit/rate-gate.ts'

const NOW = 1_672_738_134_000

function answer(remaining: string, reset: number) {
  const headers = {
    'x-bapi-limit': '10',
    'x-bapi-limit-status': remaining,
    'x-bapi-limit-reset-timestamp': String(reset),
  }
  return { kind: 'answer', status: 200, body: '', serverDate: null, headers } as const
}

test('an endpoint with nothing left is closed until its reset, others stay open', async () => {
  let elapsed = 0
  const gate = new RateGate(() => elapsed)
  gate.note('/a', answer('0', NOW + 800), NOW)
  assert.deepEqual([await gate.pass('/a', 100), await gate.pass('/b', 100)], [false, true])
  elapsed = 800
  assert.equal(await gate.pass('/a', 100), true)
})

test('waiting is part of patience', async () => {
  const gate = new RateGate(() => performance.now())
  gate.note('/a', answer('0', NOW + 30), NOW)
  assert.equal(await gate.pass('/a', 1_000), true)
  assert.equal(await gate.pass('/a', 0), true)
})

test('what is left, has passed or is no time closes nothing', async () => {
  const gate = new RateGate(() => 0)
  gate.note('/a', answer('1', NOW + 800), NOW)
  gate.note('/b', answer('0', NOW), NOW)
  gate.note('/c', answer('0', NOW + 3_600_000), NOW)
  gate.note('/d', answer('0', Number.NaN), NOW)
  gate.note('/e', { kind: 'lost', detail: '' }, NOW)
  for (const path of ['/a', '/b', '/c', '/d', '/e']) assert.equal(await gate.pass(path, 0), true)
})
