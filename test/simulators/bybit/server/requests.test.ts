/** Who may ask what, how often and in which form: the venue's checks of a request and their codes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ACCOUNT,
  createOrder,
  get,
  KEY,
  post,
  runVenue,
  SECRET,
  type Signing,
} from '#test/simulators/bybit/running-venue.ts'

const WALLET = ['/v5/account/wallet-balance', 'accountType=UNIFIED'] as const

for (const [title, signing, retCode] of [
  ['an unknown key', { key: 'NOBODY' }, 10003],
  ['another secret', { secret: 'wrong' }, 10004],
  ['a signature over other parameters', { payload: 'accountType=SPOT' }, 10004],
  ['a timestamp older than the window', { timestamp: -5001 }, 10002],
  ['a timestamp a second ahead', { timestamp: 1000 }, 10002],
  ['an old timestamp within a wide window', { timestamp: -5001, recvWindow: '8000' }, 0],
  ['a timestamp just within the window', { timestamp: -5000 }, 0],
] as const satisfies readonly (readonly [string, Signing, number])[]) {
  test(`${title} is answered ${retCode}`, async (t) => {
    const venue = await runVenue(t, { clock: { kind: 'manual' } })
    const at = 'timestamp' in signing ? { ...signing, timestamp: venue.engine.now() + signing.timestamp } : signing
    const answer = await get(venue, ...WALLET, at)
    assert.deepEqual([answer.status, answer.retCode], [200, retCode])
  })
}

test('the signature is over the bytes sent: a body is checked as written', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' } })
  const body = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' }
  const spaced = JSON.stringify(body).replaceAll(',', ', ')
  assert.equal((await post(venue, '/v5/order/create', body, { payload: spaced })).retCode, 10004)
  assert.equal((await post(venue, '/v5/order/create', body)).retCode, 0)
})

test('a request without credentials is HTTP 401, an unknown path 404, a GET with a body 403', async (t) => {
  const venue = await runVenue(t)
  assert.equal((await fetch(`${venue.url}/v5/order/realtime`)).status, 401)
  assert.equal((await fetch(`${venue.url}/v5/order/realtme`)).status, 404)
  assert.equal((await post(venue, '/v5/order/realtime', {})).status, 404)
  const { request } = await import('node:http')
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(
      `${venue.url}/v5/market/time`,
      { method: 'GET', headers: { 'content-length': 2 } },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    sent.on('error', reject)
    sent.end('{}')
  })
  assert.equal(status, 403)
})

test('keys are bound to their host', async (t) => {
  const venue = await runVenue(t, { env: 'demo' })
  assert.equal((await get(venue, ...WALLET)).retCode, 0)
  await venue.control.call('changeKey', { apiKey: KEY, env: 'mainnet' })
  const answer = await get(venue, ...WALLET)
  assert.equal(answer.retCode, 10003)
  assert.match(answer.retMsg, /4 env/)
})

for (const [title, change, codes] of [
  ['read-only', { readOnly: true }, { create: 10005, leverage: 10005, read: 0, query: 0 }],
  [
    'without positions',
    { permissions: { ContractTrade: ['Order'] } },
    { create: 0, leverage: 10005, read: 0, query: 0 },
  ],
  [
    'without contracts',
    { permissions: { Spot: ['SpotTrade'] } },
    { create: 10005, leverage: 10005, read: 10005, query: 0 },
  ],
  ['bound to another machine', { ips: ['10.0.0.1'] }, { create: 10010, leverage: 10010, read: 10010, query: 10010 }],
  ['bound to this machine', { ips: ['127.0.0.1'] }, { create: 0, leverage: 0, read: 0, query: 0 }],
  ['past its deadline', { deadlineDay: 0 }, { create: 33004, leverage: 33004, read: 33004, query: 33004 }],
] as const) {
  test(`a key ${title} may do just what it may`, async (t) => {
    const venue = await runVenue(t)
    await venue.control.call('changeKey', { apiKey: KEY, ...(structuredClone(change) as object) })
    const leverage = { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '20', sellLeverage: '20' }
    assert.deepEqual(
      {
        create: (await createOrder(venue, {})).retCode,
        leverage: (await post(venue, '/v5/position/set-leverage', leverage)).retCode,
        read: (await get(venue, ...WALLET)).retCode,
        query: (await get(venue, '/v5/user/query-api')).retCode,
      },
      codes,
    )
  })
}

test('an over-privileged key shows what it can do', async (t) => {
  const venue = await runVenue(t)
  await venue.control.call('createKey', {
    account: ACCOUNT,
    apiKey: 'FULL',
    apiSecret: 'full',
    isMaster: true,
    permissions: { ContractTrade: ['Order', 'Position'], Wallet: ['AccountTransfer', 'Withdraw'] },
    ips: ['127.0.0.1'],
  })
  const { result } = await get(venue, '/v5/user/query-api', '', { key: 'FULL', secret: 'full' })
  assert.partialDeepStrictEqual(result, {
    isMaster: true,
    deadlineDay: -2,
    permissions: { Wallet: ['AccountTransfer', 'Withdraw'], Spot: [] },
  })
  await venue.control.call('deleteKey', { apiKey: 'FULL' })
  assert.equal((await get(venue, '/v5/user/query-api', '', { key: 'FULL', secret: 'full' })).retCode, 10003)
})

test('ten orders a second and account: the rest is 10006 until the second has rolled on', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' } })
  await venue.control.call('createAccount', { account: 'bob', apiKey: 'BOB', apiSecret: 'bob' })
  const order = { orderType: 'Limit', price: '99000', qty: '0.001' }
  const seen: (string | null)[] = []
  for (let n = 0; n < 10; n++) {
    const answer = await createOrder(venue, order)
    assert.equal(answer.retCode, 0)
    seen.push(answer.headers.get('X-Bapi-Limit-Status'))
  }
  assert.deepEqual(seen, ['9', '8', '7', '6', '5', '4', '3', '2', '1', '0'])
  const refused = await createOrder(venue, order)
  assert.equal(refused.retCode, 10006)
  assert.equal(refused.headers.get('X-Bapi-Limit'), '10')
  assert.equal(refused.headers.get('X-Bapi-Limit-Reset-Timestamp'), String(venue.engine.now() + 1000))
  assert.equal((await createOrder(venue, order, { key: 'BOB', secret: 'bob' })).retCode, 110007)
  assert.equal((await get(venue, ...WALLET)).retCode, 0)
  await venue.control.call('advanceClock', { ms: 1000 })
  assert.equal((await createOrder(venue, order)).retCode, 0)
})

test('a machine that asks 600 times in five seconds is answered 403', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' }, rateLimits: 0.1 })
  for (let n = 0; n < 60; n++) assert.equal((await fetch(`${venue.url}/v5/market/time`)).status, 200)
  const refused = await fetch(`${venue.url}/v5/market/time`)
  assert.deepEqual([refused.status, await refused.text()], [403, 'access too frequent'])
  await venue.control.call('advanceClock', { ms: 5000 })
  assert.equal((await fetch(`${venue.url}/v5/market/time`)).status, 200)
})

for (const [title, order] of [
  ['a number where a text belongs', { qty: 0.01 }],
  ['another category', { category: 'spot' }],
  ['no side', { side: undefined }],
  ['hedge mode', { positionIdx: 1 }],
] as const) {
  test(`an order with ${title} is 10001`, async (t) => {
    const venue = await runVenue(t)
    assert.equal((await createOrder(venue, order)).retCode, 10001)
    assert.deepEqual(venue.engine.oracle.ledger(ACCOUNT).orders, [])
  })
}

test('a body that is no JSON is 10001, and leverage that stands is 110043', async (t) => {
  const venue = await runVenue(t)
  const { createHmac } = await import('node:crypto')
  const time = String(venue.engine.now())
  const headers = {
    'X-BAPI-API-KEY': KEY,
    'X-BAPI-TIMESTAMP': time,
    'X-BAPI-SIGN': createHmac('sha256', SECRET).update(`${time}${KEY}5000{`).digest('hex'),
  }
  const response = await fetch(`${venue.url}/v5/order/create`, { method: 'POST', headers, body: '{' })
  assert.partialDeepStrictEqual(await response.json(), { retCode: 10001 })
  const leverage = { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '10', sellLeverage: '10' }
  assert.equal((await post(venue, '/v5/position/set-leverage', leverage)).retCode, 110043)
  const mode = (value: number) =>
    post(venue, '/v5/position/switch-mode', { category: 'linear', symbol: 'BTCUSDT', mode: value })
  assert.deepEqual([(await mode(0)).retCode, (await mode(3)).retCode], [110025, 10001])
})
