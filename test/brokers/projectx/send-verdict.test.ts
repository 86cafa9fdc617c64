/** What one transmission proves, code by code. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpOutcome } from '#brokers/http-request.ts'
import { readSendVerdict } from '#brokers/projectx/send-verdict.ts'

const PLACE = '/api/Order/place'
const CANCEL = '/api/Order/cancel'
const answer = (body: unknown, status = 200): HttpOutcome => ({
  kind: 'answer',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  serverDate: null,
})
const refusal = (errorCode: number, errorMessage: string | null = null, orderId: number | null = 9057): HttpOutcome =>
  answer({ orderId, success: false, errorCode, errorMessage })

function assertRefused(code: number): void {
  const verdict = readSendVerdict(refusal(code, 'no'), PLACE)
  assert.ok(verdict.kind === 'refused' && verdict.orderId === '9057' && verdict.reason.startsWith('no (errorCode'))
}

for (const code of [1, 2, 3, 4, 8, 10])
  test(`code ${code} of Order/place refuses for good`, () => {
    assertRefused(code)
  })
test('H6: code 5 of Order/place, outside trading hours, refuses for good', () => {
  assertRefused(5)
})
test('H7: code 9 of Order/place, a contract that is not active, refuses for good', () => {
  assertRefused(9)
})
for (const code of [6, 7, 11, 77]) {
  test(`code ${code} of Order/place leaves it open (A18, I7)`, () => {
    assert.equal(readSendVerdict(refusal(code), PLACE).kind, 'unknown')
  })
}
for (const [code, kind] of [
  [1, 'refused'],
  [2, 'refused'],
  [3, 'refused'],
  [4, 'unknown'],
  [5, 'unknown'],
  [6, 'refused'],
  [7, 'unknown'],
] as const) {
  test(`code ${code} of Order/cancel is ${kind}: the same integer means another thing there`, () => {
    assert.equal(readSendVerdict(answer({ success: false, errorCode: code, errorMessage: null }), CANCEL).kind, kind)
  })
}

test('a tag in use proves that the first one landed (A8)', () => {
  const text = 'Order rejected: custom tag already in use (abc.0).'
  assert.equal(readSendVerdict(refusal(2, text, null), PLACE).kind, 'duplicate')
  // The words alone, under another code, prove nothing of the kind.
  assert.equal(readSendVerdict(refusal(4, text, null), PLACE).kind, 'refused')
})

test('success needs an order id (A19)', () => {
  const success = { success: true, errorCode: 0, errorMessage: null }
  assert.deepEqual(readSendVerdict(answer({ ...success, orderId: 9056 }), PLACE), { kind: 'accepted', orderId: '9056' })
  assert.equal(readSendVerdict(answer({ ...success, orderId: null }), PLACE).kind, 'unknown')
  assert.equal(readSendVerdict(answer(success), PLACE).kind, 'unknown')
  assert.deepEqual(readSendVerdict(answer(success), CANCEL), { kind: 'accepted', orderId: null })
})

test('an id beyond 2^53 keeps its digits', () => {
  const body = '{"orderId":12345678901234567890,"success":true,"errorCode":0,"errorMessage":null}'
  assert.deepEqual(readSendVerdict(answer(body), PLACE), { kind: 'accepted', orderId: '12345678901234567890' })
})

test('only the venue’s own validation of a body is a refusal among HTTP errors', () => {
  const problem = { title: 'One or more validation errors occurred.', status: 400, errors: { $: ['not valid JSON'] } }
  assert.equal(readSendVerdict(answer(problem, 400), PLACE).kind, 'refused')
  for (const outcome of [
    answer('Bad Request', 400),
    answer('', 401),
    answer(problem, 500),
    answer('', 429),
    answer('<html>', 502),
    answer('<html>'),
    answer('null'),
    answer('[]'),
    { kind: 'lost', detail: 'no answer within 10 ms' } as const,
  ]) {
    assert.equal(readSendVerdict(outcome, PLACE).kind, 'unknown', JSON.stringify(outcome))
    assert.equal(readSendVerdict(outcome, CANCEL).kind, 'unknown', JSON.stringify(outcome))
  }
  const notSent = { kind: 'not-sent', detail: 'ECONNREFUSED' } as const
  assert.deepEqual(readSendVerdict(notSent, PLACE), notSent)
})
