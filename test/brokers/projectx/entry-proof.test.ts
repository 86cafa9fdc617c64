/** What proves an entry with its brackets: its records and its trades, never one list alone; and it goes out once (A12, A13). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { tagOf } from '#brokers/projectx/tags.ts'
import { decimalString } from '#domain/decimal.ts'
import { entryOf, idOf } from '#test/brokers/orders.ts'
import { NOW, NQ, openScriptedVenue } from './scripted-venue.ts'
import { ACCOUNT_NAME, FRONT, openSimulatedAccount } from './simulated-account.ts'

const entry = entryOf('a', {
  instrument: 'NQZ6',
  size: decimalString('1'),
  limitPrice: decimalString('20000'),
  attachedStop: {
    clientOrderId: idOf('a-stop'),
    triggerPrice: decimalString('19990'),
    limitPrice: decimalString('19900'),
    entryReference: decimalString('20000'),
  },
})
const JUST_NOW = '2026-09-30T14:59:59.0000001+00:00'

test('A12: an entry that no list of orders shows is proven by its trade', async (t) => {
  const order = {
    id: 8,
    accountId: 7,
    contractId: NQ.id,
    creationTimestamp: JUST_NOW,
    updateTimestamp: JUST_NOW,
    status: 2,
    type: 2,
    side: 0,
    size: 1,
    limitPrice: null,
    stopPrice: null,
    fillVolume: 1,
    filledPrice: 20000,
    customTag: tagOf(idOf('a'), 0),
  }
  const trade = {
    id: 1,
    accountId: 7,
    contractId: NQ.id,
    creationTimestamp: JUST_NOW,
    price: 20000,
    profitAndLoss: null,
    fees: 1.4,
    side: 0,
    size: 1,
    voided: false,
    orderId: 8,
  }
  const { broker, asked } = await openScriptedVenue(t, {
    '/api/Order/search': { orders: [] },
    '/api/Order/v2/query': { orders: [], totalCount: 0 },
    '/api/Trade/search': { trades: [trade] },
    '/api/Order/searchById': { order },
  })
  const request = await broker.prepare(entry, { nonce: 1, now: NOW })
  const resolution = await broker.resolve(request, entry, { now: NOW, resend: false })
  assert.ok(resolution.kind === 'accepted', JSON.stringify(resolution))
  const [report] = resolution.reports
  assert.ok(report?.result === 'accepted' && report.status === 'filled' && report.filledSize === '1')
  assert.ok(!asked.some(({ path }) => path === '/api/Order/place'))
})

test('A13: an entry whose brackets the venue took is one order, once', async (t) => {
  const { venue, broker } = await openSimulatedAccount(t)
  const request = await broker.prepare(entry, { nonce: 1, now: venue.clock.now() })
  const outcome = await broker.send(request, entry)
  assert.equal(outcome.kind, 'accepted')
  const { positions, orders } = venue.engine.oracle.ledger(ACCOUNT_NAME)
  assert.deepEqual(
    positions.map(({ contractId, size }) => [contractId, size]),
    [[FRONT, 1]],
  )
  assert.equal(orders.filter(({ order }) => order.customTag?.endsWith('-SL') === false).length, 1)
})

test('A13: positions that could not be read are unavailable, never none', async (t) => {
  const { broker } = await openScriptedVenue(t, { '/api/Position/searchOpen': { status: 500, text: '' } })
  await assert.rejects(broker.readAccount(), BrokerUnavailable)
})
