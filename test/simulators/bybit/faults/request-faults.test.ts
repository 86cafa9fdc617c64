/** Faults of requests: for each, whether the venue acted and what the client saw. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FaultRuleInput } from '#simulators/bybit/faults/fault.ts'
import { ACCOUNT, createOrder, get, post, type RestAnswer, runVenue } from '#test/simulators/bybit/running-venue.ts'
import { authArgs, connect } from '#test/simulators/bybit/stream-client.ts'

const MANUAL = { clock: { kind: 'manual' } } as const

/** What the client saw: the connection cut, or status and retCode. */
async function seen(answer: Promise<RestAnswer>): Promise<unknown> {
  try {
    const { status, retCode } = await answer
    return [status, retCode]
  } catch {
    return 'cut'
  }
}

for (const [fault, acted, answer] of [
  [{ kind: 'lose-request' }, false, 'cut'],
  [{ kind: 'lose-response' }, true, 'cut'],
  [{ kind: 'error', status: 503 }, false, [503, -1]],
  [{ kind: 'error-after-commit', status: 502 }, true, [502, -1]],
  [{ kind: 'rate-limit' }, false, [200, 10006]],
  [{ kind: 'delay', when: 'after', ms: 5 }, true, [200, 0]],
  [{ kind: 'garbage' }, true, [200, -1]],
  [{ kind: 'garbage', processed: false }, false, [200, -1]],
  [{ kind: 'ret-code', code: 10016, processed: true }, true, [200, 10016]],
  [{ kind: 'ret-code', code: 10016 }, false, [200, 10016]],
  [{ kind: 'ret-code', code: 10000, processed: true }, true, [200, 10000]],
  [{ kind: 'ip-ban' }, false, [403, -1]],
] as const satisfies readonly (readonly [FaultRuleInput['fault'], boolean, unknown])[]) {
  test(`${JSON.stringify(fault)}: the venue ${acted ? 'acted' : 'did not act'}; then all is well again`, async (t) => {
    const venue = await runVenue(t, MANUAL)
    await venue.control.call('addFault', { match: { path: '/v5/order/create', orderLinkId: 'x' }, fault })
    const order = (orderLinkId: string) => createOrder(venue, { orderType: 'Limit', price: '99000', orderLinkId })
    assert.deepEqual(await seen(order('other')), [200, 0])
    assert.deepEqual(await seen(order('x')), answer)
    assert.equal(venue.engine.oracle.ordersByLinkId(ACCOUNT, 'x').length, acted ? 1 : 0)
    assert.deepEqual(await seen(order('x')), [200, acted ? 110072 : 0])
    assert.equal(venue.engine.oracle.ordersByLinkId(ACCOUNT, 'x').length, 1)
  })
}

test('a request that hangs is never answered, and was carried out when the rule says so', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await venue.control.call('addFault', { match: { account: ACCOUNT }, fault: { kind: 'hang', processed: true } })
  const controller = new AbortController()
  venue.engine.subscribe(() => controller.abort())
  const body = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' }
  const pending = post(venue, '/v5/order/create', body).then(
    () => 'answered',
    () => 'cut',
  )
  await new Promise((resolve) => controller.signal.addEventListener('abort', resolve))
  await venue.stop()
  assert.equal(await pending, 'cut')
})

test('rules match by symbol and account, skip, count, and can be listed and cleared', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const fault = { kind: 'ret-code', code: 10006 } as const
  await venue.control.call('addFault', { match: { symbol: 'ETHUSDT', account: ACCOUNT }, fault, skip: 1, count: 2 })
  const read = async (symbol: string) =>
    (await get(venue, '/v5/position/list', `category=linear&symbol=${symbol}`)).retCode
  assert.deepEqual(
    [await read('BTCUSDT'), await read('ETHUSDT'), await read('ETHUSDT'), await read('ETHUSDT'), await read('ETHUSDT')],
    [0, 0, 10006, 10006, 0],
  )
  assert.partialDeepStrictEqual(await venue.control.call('faults', {}), [{ id: 1, matches: 3, hits: 2 }])
  assert.deepEqual(await venue.control.call('clearFaults', {}), [])
})

test('order entry over a socket has the same faults', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const client = await connect(venue, '/v5/trade')
  client.send({ op: 'auth', args: authArgs(venue) })
  await client.received.first((event) => event['op'] === 'auth')
  const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' }
  const header = { 'X-BAPI-TIMESTAMP': String(venue.engine.now()) }
  for (const [reqId, fault, retCode] of [
    ['1', { kind: 'ret-code', code: 10019, processed: true }, 10019],
    ['2', { kind: 'rate-limit' }, 10429],
    ['3', { kind: 'error' }, 10016],
  ] as const) {
    await venue.control.call('addFault', { match: { path: '/v5/trade', orderLinkId: reqId }, fault })
    client.send({ reqId, header, op: 'order.create', args: [{ ...order, orderLinkId: reqId }] })
    assert.equal((await client.received.first((event) => event['reqId'] === reqId))['retCode'], retCode)
  }
  assert.deepEqual(
    venue.engine.oracle.ledger(ACCOUNT).orders.map(({ orderLinkId }) => orderLinkId),
    ['1'],
  )
  await venue.control.call('addFault', { match: { path: '/v5/trade' }, fault: { kind: 'lose-response' } })
  client.send({ reqId: '4', header, op: 'order.create', args: [{ ...order, orderLinkId: '4' }] })
  await client.closed
  assert.equal(venue.engine.oracle.ordersByLinkId(ACCOUNT, '4').length, 1)
})
