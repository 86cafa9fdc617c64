/** A tag used up, in both bracket modes, and what is claimed when it cannot be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalString } from '#domain/decimal.ts'
import { entryOf, idOf } from '#test/brokers/orders.ts'
import { ACCOUNT_NAME, openSimulatedAccount } from './simulated-account.ts'
import { type Canned, NOW, NQ, openScriptedVenue } from './scripted-venue.ts'

const entry = entryOf('a', { instrument: 'NQZ6', size: decimalString('2'), limitPrice: decimalString('20000') })
const TAG = `${idOf('a')}.0`
const CREATED = '2026-09-30T15:00:00.0000001+00:00'
const rowOf = (change: object): object => ({
  id: 501,
  accountId: 7,
  contractId: NQ.id,
  creationTimestamp: CREATED,
  updateTimestamp: CREATED,
  status: 5,
  type: 1,
  side: 0,
  size: 1,
  limitPrice: null,
  stopPrice: null,
  fillVolume: 0,
  filledPrice: null,
  customTag: TAG,
  ...change,
})
const refusal: Canned = { success: false, errorCode: 2, errorMessage: 'Invalid stop loss ticks (10).', orderId: 501 }

for (const brackets of ['auto-oco', 'position'] as const) {
  test(`with ${brackets} brackets a fenced request can never land`, async (t) => {
    const { broker, venue } = await openSimulatedAccount(t)
    venue.engine.operator.setAccount(ACCOUNT_NAME, { brackets })
    const request = await broker.prepare(entry, { nonce: 1, now: venue.clock.now() })
    const fenced = await broker.fence(request, venue.clock.now())
    assert.ok(fenced.kind === 'absent' && fenced.evidence.detail.includes(TAG), JSON.stringify(fenced))
    assert.equal((await broker.send(request, entry)).kind, 'admitted')
    const resolved = await broker.resolve(request, entry, { now: venue.clock.now(), resend: true })
    assert.equal(resolved.kind, 'rejected')
    assert.equal((await broker.fence(request, venue.clock.now())).kind, 'admitted')
    assert.deepEqual(venue.engine.oracle.ledger(ACCOUNT_NAME).positions, [])
    assert.deepEqual(await broker.listOpenOrders(), [])
  })
}

const fencedBy = async (t: Parameters<typeof openScriptedVenue>[0], place: Canned, record: Canned) => {
  const { broker, asked } = await openScriptedVenue(t, {
    '/api/Order/place': place,
    '/api/Order/searchById': record,
    '/api/Order/cancel': {},
  })
  const request = await broker.prepare(entry, { nonce: 1, now: NOW })
  return { fenced: await broker.fence(request, NOW), asked }
}

test('a refusal proves nothing without the refused row under our tag', async (t) => {
  assert.equal((await fencedBy(t, refusal, { order: rowOf({}) })).fenced.kind, 'absent')
  for (const [name, place, record] of [
    ['no order id', { ...refusal, orderId: null }, { order: rowOf({}) }],
    ['no row', refusal, { order: null }],
    ['a row of another tag', refusal, { order: rowOf({ customTag: null }) }],
    ['a row that is not refused', refusal, { order: rowOf({ status: 1 }) }],
    ['a row that cannot be read', refusal, { status: 500, text: '' }],
    ['an undecided code', { ...refusal, errorCode: 7 }, { order: rowOf({}) }],
  ] as const) {
    assert.equal((await fencedBy(t, place, record)).fenced.kind, 'unknown', name)
  }
})

test('an order that the venue takes against expectation is canceled at once and nothing is claimed', async (t) => {
  const { fenced, asked } = await fencedBy(t, { orderId: 501 }, { order: rowOf({ status: 1 }) })
  assert.ok(fenced.kind === 'unknown' && /AGAINST EXPECTATION.*501/.test(fenced.observed))
  const cancels = asked.filter(({ path }) => path === '/api/Order/cancel')
  assert.deepEqual(
    cancels.map(({ body }) => body),
    [{ accountId: 7, orderId: 501 }],
  )
})

test('a cancel cannot be fenced: it has no tag', async (t) => {
  const { broker, asked } = await openScriptedVenue(t, {})
  const cancel = { type: 'cancel-order', instrument: 'NQZ6', target: idOf('a'), targetVenueOrderId: '5' } as const
  const request = await broker.prepare(cancel, { nonce: 1, now: NOW })
  assert.equal((await broker.fence(request, NOW)).kind, 'unknown')
  assert.equal(
    asked.some(({ path }) => path.startsWith('/api/Order')),
    false,
  )
})
