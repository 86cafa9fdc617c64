/** Lists: pages, cursors, time windows, and what the venue forgets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ACCOUNT,
  createOrder,
  get,
  post,
  type RestAnswer,
  runVenue,
  type TestVenue,
} from '#test/simulators/bybit/running-venue.ts'

const DAY = 86_400_000
const MANUAL = { clock: { kind: 'manual' }, rateLimits: Infinity } as const
const LIMIT = { orderType: 'Limit', price: '99000', qty: '0.001' }

const ids = ({ result }: RestAnswer) => result.list.map((row) => row['orderLinkId'])
const lookup = (venue: TestVenue, path: string, orderLinkId: string, more = '') =>
  get(venue, path, `category=linear&orderLinkId=${orderLinkId}${more}`)

test('cursors come percent-encoded, are accepted encoded once more, and do not shift when rows arrive', async (t) => {
  const venue = await runVenue(t, MANUAL)
  for (let n = 0; n < 5; n++) await createOrder(venue, { ...LIMIT, orderLinkId: `o${n}` })
  const first = await get(venue, '/v5/order/realtime', 'category=linear&symbol=BTCUSDT&limit=2')
  assert.deepEqual(ids(first), ['o4', 'o3'])
  assert.match(first.result.nextPageCursor, /^page_token%3D.+%26$/)
  await createOrder(venue, { ...LIMIT, orderLinkId: 'o5' })
  for (const cursor of [encodeURIComponent(first.result.nextPageCursor), first.result.nextPageCursor]) {
    const second = await get(venue, '/v5/order/realtime', `category=linear&symbol=BTCUSDT&limit=2&cursor=${cursor}`)
    assert.deepEqual(ids(second), ['o2', 'o1'])
    assert.notEqual(second.result.nextPageCursor, '')
  }
  const whole = await get(venue, '/v5/order/realtime', 'category=linear&symbol=BTCUSDT')
  assert.equal(whole.result.nextPageCursor, '')
  assert.equal(
    (await get(venue, '/v5/order/realtime', 'category=linear&symbol=BTCUSDT&cursor=nonsense')).retCode,
    10001,
  )
})

for (const [path, max, scope] of [
  ['/v5/order/realtime', 50, 'category=linear&symbol=BTCUSDT'],
  ['/v5/order/history', 50, 'category=linear'],
  ['/v5/execution/list', 100, 'category=linear'],
  ['/v5/position/list', 200, 'category=linear&symbol=BTCUSDT'],
  ['/v5/position/closed-pnl', 100, 'category=linear'],
  ['/v5/account/transaction-log', 50, ''],
] as const) {
  test(`${path} serves at most ${max} rows a page`, async (t) => {
    const venue = await runVenue(t, MANUAL)
    assert.equal((await get(venue, path, `${scope}&limit=${max}`)).retCode, 0)
    for (const limit of [0, max + 1, 'x'])
      assert.equal((await get(venue, path, `${scope}&limit=${limit}`)).retCode, 10001)
  })
}

for (const path of [
  '/v5/order/history',
  '/v5/execution/list',
  '/v5/position/closed-pnl',
  '/v5/account/transaction-log',
]) {
  test(`${path} refuses a window of more than seven days and one more than two years back`, async (t) => {
    const venue = await runVenue(t, MANUAL)
    const now = venue.engine.now()
    const window = async (start: number, end: number) =>
      (await get(venue, path, `category=linear&startTime=${start}&endTime=${end}`)).retCode
    assert.equal(await window(now - 7 * DAY, now), 0)
    assert.equal(await window(now - 7 * DAY - 1, now), 10001)
    assert.equal(await window(now, now - 1), 10001)
    assert.equal(await window(now - 731 * DAY, now - 730.5 * DAY), 10001)
  })
}

test('without bounds lists reach back seven days, the transaction log one', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await createOrder(venue, { orderLinkId: 'e' })
  const count = async (path: string, more = '') => (await get(venue, path, `category=linear${more}`)).result.list.length
  await venue.control.call('advanceClock', { ms: DAY - 1 })
  const traded = venue.engine.oracle.ledger(ACCOUNT).executions[0]!.execTime
  const trades = async () => [
    await count('/v5/execution/list', '&execType=Trade'),
    await count('/v5/account/transaction-log', '&type=TRADE'),
  ]
  assert.deepEqual(await trades(), [1, 1])
  await venue.control.call('advanceClock', { ms: 2 })
  assert.deepEqual(await trades(), [1, 0])
  assert.equal(await count('/v5/account/transaction-log', `&type=TRADE&startTime=${traded}`), 1)
  await venue.control.call('advanceClock', { ms: 6 * DAY })
  assert.deepEqual(await trades(), [0, 0])
  assert.equal(await count('/v5/execution/list', `&execType=Trade&endTime=${traded + DAY}`), 1)
})

test('realtime shows open orders, with openOnly=1 closed ones until the venue restarts', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await createOrder(venue, { ...LIMIT, orderLinkId: 'open' })
  await createOrder(venue, { orderLinkId: 'done' })
  const realtime = async (openOnly: number) =>
    ids(await get(venue, '/v5/order/realtime', `category=linear&settleCoin=USDT&openOnly=${openOnly}`))
  assert.deepEqual([await realtime(0), await realtime(1)], [['open'], ['done']])
  await venue.control.call('restart', {})
  assert.deepEqual([await realtime(0), await realtime(1)], [['open'], []])
  assert.deepEqual(ids(await lookup(venue, '/v5/order/history', 'done')), ['done'])
  assert.equal((await get(venue, '/v5/order/realtime', 'category=linear')).retCode, 10001)
})

test('on demo orders are kept for seven days, filled or not', async (t) => {
  for (const [env, kept] of [
    ['mainnet', 1],
    ['demo', 0],
  ] as const) {
    const venue = await runVenue(t, { ...MANUAL, env })
    await createOrder(venue, { orderLinkId: 'old' })
    const day = venue.engine.now()
    await venue.control.call('advanceClock', { ms: 7 * DAY })
    assert.equal((await lookup(venue, '/v5/order/history', 'old', `&startTime=${day}`)).result.list.length, kept)
  }
})

test('a category must be named, and others than linear are empty', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await createOrder(venue, { orderLinkId: 'e' })
  for (const path of ['/v5/order/history', '/v5/execution/list', '/v5/position/list']) {
    assert.equal((await get(venue, path, 'symbol=BTCUSDT')).retCode, 10001)
    assert.deepEqual((await get(venue, path, 'category=spot&symbol=BTCUSDT')).result.list, [])
  }
  const log = async (category: string) =>
    (await get(venue, '/v5/account/transaction-log', `category=${category}`)).result.list.length
  assert.deepEqual([await log('linear'), await log('spot')], [1, 0])
})

test('orders are asked for by status and by kind', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await createOrder(venue, { orderLinkId: 'done' })
  await createOrder(venue, { orderLinkId: 'ioc', orderType: 'Limit', price: '99000', timeInForce: 'IOC' })
  await createOrder(venue, { orderLinkId: 'stop', side: 'Sell', triggerPrice: '90000', triggerDirection: 2 })
  await createOrder(venue, { ...LIMIT, orderLinkId: 'rest' })
  const asked = async (path: string, filter: string) =>
    ids(await get(venue, path, `category=linear&symbol=BTCUSDT&${filter}`))
  assert.deepEqual(await asked('/v5/order/history', 'orderStatus=Filled'), ['done'])
  assert.deepEqual(await asked('/v5/order/history', 'orderStatus=Cancelled'), ['ioc'])
  assert.deepEqual(await asked('/v5/order/realtime', 'orderFilter=StopOrder'), ['stop'])
  assert.deepEqual(await asked('/v5/order/realtime', 'orderFilter=Order'), ['rest'])
})

test('an order without a fill is forgotten after a day, yet its id stays used', async (t) => {
  const venue = await runVenue(t, MANUAL)
  await createOrder(venue, { ...LIMIT, orderLinkId: 'gone' })
  await createOrder(venue, { ...LIMIT, orderLinkId: 'part', qty: '0.002' })
  await venue.control.call('fillByHand', { account: ACCOUNT, orderLinkId: 'part', qty: '0.001' })
  for (const orderLinkId of ['gone', 'part']) {
    assert.equal(
      (await post(venue, '/v5/order/cancel', { category: 'linear', symbol: 'BTCUSDT', orderLinkId })).retCode,
      0,
    )
  }
  const found = async () => [
    ids(await lookup(venue, '/v5/order/history', 'gone')),
    ids(await lookup(venue, '/v5/order/history', 'part')),
  ]
  assert.deepEqual(await found(), [['gone'], ['part']])
  await venue.control.call('advanceClock', { ms: DAY })
  assert.deepEqual(await found(), [[], ['part']])
  assert.equal((await createOrder(venue, { ...LIMIT, orderLinkId: 'gone' })).retCode, 110072)
})

test('positions by symbol include the flat row, by coin only what is open', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const list = async (scope: string) => (await get(venue, '/v5/position/list', `category=linear&${scope}`)).result.list
  assert.partialDeepStrictEqual(await list('symbol=BTCUSDT'), [{ side: '', size: '0', seq: -1 }])
  assert.deepEqual(await list('settleCoin=USDT'), [])
  await createOrder(venue, { side: 'Sell' })
  assert.partialDeepStrictEqual(await list('settleCoin=USDT'), [
    { symbol: 'BTCUSDT', side: 'Sell', size: '0.01', avgPrice: '99990' },
  ])
  assert.equal((await get(venue, '/v5/position/list', 'category=linear')).retCode, 10001)
})

test('lookups by id follow one order through realtime, history and executions', async (t) => {
  const venue = await runVenue(t, { ...MANUAL, engine: { ackDelayMs: 30 } })
  const ack = await createOrder(venue, { orderLinkId: 'e' })
  const places = async () =>
    [
      await lookup(venue, '/v5/order/realtime', 'e'),
      await lookup(venue, '/v5/order/realtime', 'e', '&openOnly=1'),
      await lookup(venue, '/v5/order/history', 'e'),
      await lookup(venue, '/v5/execution/list', 'e'),
    ].map(({ result }) => result.list.length)
  assert.deepEqual(await places(), [0, 0, 0, 0])
  await venue.control.call('advanceClock', { ms: 30 })
  assert.deepEqual(await places(), [0, 1, 1, 1])
  const byId = await get(
    venue,
    '/v5/execution/list',
    `category=linear&orderId=${String(ack.result['orderId'])}&orderLinkId=other`,
  )
  assert.equal(byId.result.list.length, 1)
})
