/** The venue's rows in our words: exact, with unknown words kept raw, and protocol errors that name the place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerProtocolError } from '#brokers/errors.ts'
import { orderStatusOf } from '#brokers/hyperliquid/translate.ts'
import { idOf, refOf } from '#test/brokers/orders.ts'
import { openScriptedVenue } from './scripted-venue.ts'
import { MASTER } from './simulated-account.ts'

const interval = { from: 0, through: 2_000_000 }
const fill = {
  coin: 'BTC',
  px: '97123.0',
  sz: '0.00500',
  side: 'A',
  time: 1_000,
  startPosition: '0.01',
  dir: 'Close Long',
  closedPnl: '-1.50',
  hash: '0xabc',
  oid: 5,
  crossed: false,
  fee: '-0.01',
  tid: 7,
  feeToken: 'USDC',
  cloid: null,
  twapId: null,
}
const order = {
  coin: 'BTC',
  side: 'B',
  limitPx: '97000.0',
  sz: '0.004',
  oid: 9,
  timestamp: 500,
  origSz: '0.010',
  cloid: `0x${idOf('a').toUpperCase()}`,
  reduceOnly: false,
  isTrigger: false,
  triggerPx: '0.0',
  orderType: 'Limit',
  tif: 'Gtc',
  children: [],
}
const account = {
  marginSummary: { accountValue: '1000.50' },
  assetPositions: [
    {
      type: 'oneWay',
      position: { coin: 'BTC', szi: '-0.0100', entryPx: '97000.0', unrealizedPnl: '3.0', liquidationPx: null },
    },
    { type: 'oneWay', position: { coin: 'ETH', szi: '0.0', entryPx: null, unrealizedPnl: '0.0', liquidationPx: null } },
  ],
  time: 1_999_000,
}

test('a fill row keeps its decimals exactly, its identity and the row itself', async (t) => {
  const { broker } = await openScriptedVenue(t, { userFillsByTime: [fill] })
  const { fills } = await broker.listFills(interval)
  assert.deepEqual(fills, [
    {
      fillId: 'hl-test|BTC|1000|5|7',
      account: 'hl-test',
      venue: 'hyperliquid',
      instrument: 'BTC-PERP',
      side: 'sell',
      price: '97123',
      size: '0.005',
      time: 1_000,
      startPosition: '0.01',
      closedPnl: '-1.5',
      fee: '-0.01',
      feeToken: 'USDC',
      venueOrderId: '5',
      tradeId: '7',
      clientOrderId: null,
      liquidity: 'maker',
      direction: 'Close Long',
      liquidation: null,
      hash: '0xabc',
      raw: fill,
    },
  ])
})

test("F5: a fee is told in its coin, and holds the builder's part already", async (t) => {
  const row = { ...fill, fee: '5.50055', builderFee: '1.0001', feeToken: 'USDH' }
  const { broker } = await openScriptedVenue(t, { userFillsByTime: [row] })
  const [told] = (await broker.listFills(interval)).fills
  assert.deepEqual([told?.fee, told?.feeToken, told?.raw['builderFee']], ['5.50055', 'USDH', '1.0001'])
})

test('B13: a new direction word is kept and loses nothing', async (t) => {
  const { broker } = await openScriptedVenue(t, {
    userFillsByTime: [{ ...fill, dir: 'Something New', extra: { deep: 1 } }],
  })
  const [row] = (await broker.listFills(interval)).fills
  assert.deepEqual([row?.direction, row?.size, row?.unfamiliar], ['Something New', '0.005', true])
  const known = await openScriptedVenue(t, { userFillsByTime: [{ ...fill, dir: 'Liquidated Cross Long' }] })
  assert.deepEqual(
    (await known.broker.listFills(interval)).fills.map(({ unfamiliar }) => unfamiliar),
    [undefined],
  )
})

test('D9: a liquidation is ours only when it names us', async (t) => {
  const liquidation = { markPx: '90000.0', method: 'backstop' }
  const rows = [
    {
      ...fill,
      tid: 1,
      startPosition: '0.02',
      liquidation: { ...liquidation, liquidatedUser: MASTER.toUpperCase().replace('0X', '0x') },
    },
    { ...fill, tid: 2, startPosition: '0.015', liquidation: { ...liquidation, liquidatedUser: `0x${'9'.repeat(40)}` } },
  ]
  const { broker } = await openScriptedVenue(t, { userFillsByTime: rows })
  const { fills } = await broker.listFills(interval)
  assert.deepEqual(
    fills.map((row) => row.liquidation),
    [{ method: 'backstop', markPrice: '90000' }, null],
  )
})

test("spot fills keep the venue's name and form no position chain", async (t) => {
  const rows = [
    { ...fill, coin: '@107', tid: 1, startPosition: '0.0', side: 'B' },
    { ...fill, coin: '@107', tid: 2, startPosition: '99.0' },
    { ...fill, coin: 'PURR/USDC', tid: 3 },
  ]
  const { broker } = await openScriptedVenue(t, { userFillsByTime: rows })
  const { fills, coverage } = await broker.listFills(interval)
  assert.deepEqual(
    fills.map((row) => row.instrument),
    ['@107', '@107', 'PURR/USDC'],
  )
  assert.equal(coverage.complete, true)
})

test('a fill that is missing between two others breaks the chain and makes the certificate incomplete', async (t) => {
  const rows = [fill, { ...fill, tid: 8, time: 1_001, startPosition: '0.004' }]
  const { broker } = await openScriptedVenue(t, { userFillsByTime: rows })
  const { coverage } = await broker.listFills(interval)
  assert.equal(coverage.complete, false)
  assert.match(coverage.gap ?? '', /^chain: BTC-PERP should have been 0\.005 .* starts from 0\.004$/)
})

test('B2: fills of one ms in another order are no gap', async (t) => {
  const rows = [{ ...fill, tid: 8, startPosition: '0.005' }, fill]
  const { broker } = await openScriptedVenue(t, { userFillsByTime: rows })
  assert.equal((await broker.listFills(interval)).coverage.complete, true)
})

test("an account's positions and equity are exact, and flat rows are absent", async (t) => {
  const { broker, asked } = await openScriptedVenue(t, { clearinghouseState: account })
  assert.deepEqual(await broker.readAccount(), {
    equity: '1000.5',
    balance: '997.5',
    restriction: null,
    unrealised: '3',
    positions: [
      { instrument: 'BTC-PERP', size: '-0.01', entryAverage: '97000', unrealised: '3', liquidationPrice: null },
    ],
    asOf: 1_999_000,
  })
  assert.ok(asked.every((question) => question['user'] === undefined || question['user'] === MASTER))
})

test('open orders come with triggers and children, each once; an unknown kind of trigger is never a stop', async (t) => {
  const trigger = { isTrigger: true, triggerPx: '90000.0', reduceOnly: true, side: 'A' }
  const child = { ...order, ...trigger, oid: 10, orderType: 'Stop Market', cloid: null }
  const odd = { ...order, ...trigger, oid: 11, orderType: 'Trailing Something' }
  const rows = [{ ...order, children: [child] }, child, odd]
  const { broker } = await openScriptedVenue(t, { frontendOpenOrders: rows })
  const orders = await broker.listOpenOrders()
  assert.deepEqual(
    orders.map((row) => [row.venueOrderId, row.trigger?.kind ?? null, row.reduceOnly]),
    [
      ['9', null, false],
      ['10', 'stop', true],
      ['11', 'take-profit', true],
    ],
  )
  assert.deepEqual(
    [orders[0]?.clientOrderId, orders[0]?.leavesSize, orders[0]?.originalSize, orders[0]?.limitPrice],
    [idOf('a'), '0.004', '0.01', '97000'],
  )
})

test('status words map to our life of an order; unknown ones end nothing', () => {
  const words = {
    open: 'working',
    filled: 'filled',
    triggered: 'triggered',
    canceled: 'canceled',
    rejected: 'rejected',
    marginCanceled: 'canceled',
    siblingFilledCanceled: 'canceled',
    scheduledCancel: 'canceled',
    internalCancel: 'canceled',
    iocCancelRejected: 'rejected',
    perpMarginRejected: 'rejected',
    somethingNew: 'working',
  }
  for (const [word, status] of Object.entries(words)) assert.equal(orderStatusOf(word), status, word)
})

test('an order record keeps an unknown status word raw', async (t) => {
  const answer = { status: 'order', order: { order, status: 'quantumSuspended', statusTimestamp: 600 } }
  const { broker, asked } = await openScriptedVenue(t, { orderStatus: answer })
  const record = await broker.findOrder(refOf('a'))
  assert.deepEqual([record?.status, record?.venueStatus, record?.statusAt], ['working', 'quantumSuspended', 600])
  assert.deepEqual(asked.at(-1), { type: 'orderStatus', user: MASTER, oid: `0x${idOf('a')}` })
})

test('instruments and marks come from the venue; delisted ones are left out', async (t) => {
  const meta = {
    universe: [
      { name: 'BTC', szDecimals: 5, maxLeverage: 40 },
      { name: 'OLD', szDecimals: 0, maxLeverage: 3, isDelisted: true },
    ],
  }
  const contexts = [{ markPx: '97123.50' }, { markPx: '0.1' }]
  const { broker } = await openScriptedVenue(t, { metaAndAssetCtxs: [meta, contexts] })
  assert.deepEqual([...(await broker.readMarks())], [['BTC-PERP', '97123.5']])
  assert.deepEqual(
    (await broker.listInstruments()).map((row) => [row.instrument, row.lot, row.priceDecimals]),
    [
      ['BTC-PERP', '0.00001', 1],
      ['ETH-PERP', '0.0001', 2],
    ],
  )
})

test('C15: a fill of no size or of a negative one is refused by name, never stored', async (t) => {
  for (const sz of ['-0.005', '0.0']) {
    const { broker } = await openScriptedVenue(t, { userFillsByTime: [{ ...fill, sz }] })
    await assert.rejects(broker.listFills(interval), (error) => {
      assert.ok(error instanceof BrokerProtocolError, String(error))
      assert.match(error.message, /userFillsByTime row 0: at sz expected a size above 0/)
      return true
    })
  }
})

test('B14: a fill without an id of its own is refused by name, never given one that we made up', async (t) => {
  for (const tid of [undefined, null, '', 'x']) {
    const { broker } = await openScriptedVenue(t, { userFillsByTime: [{ ...fill, tid }] })
    await assert.rejects(broker.listFills(interval), /userFillsByTime row 0: at tid/)
  }
})

const PROTOCOL: readonly [
  string,
  Parameters<typeof openScriptedVenue>[1],
  (broker: Awaited<ReturnType<typeof openScriptedVenue>>['broker']) => Promise<unknown>,
  RegExp,
][] = [
  [
    'a size that is a number',
    { userFillsByTime: [{ ...fill, sz: 0.5 }] },
    (broker) => broker.listFills(interval),
    /userFillsByTime row 0: at sz .*saw 0\.5/,
  ],
  [
    'an exponential price',
    { userFillsByTime: [{ ...fill, px: '1e5' }] },
    (broker) => broker.listFills(interval),
    /at px expected a plain decimal; saw "1e5"/,
  ],
  [
    'a fill without start position',
    { userFillsByTime: [{ ...fill, startPosition: undefined }] },
    (broker) => broker.listFills(interval),
    /startPosition/,
  ],
  [
    'a position without size',
    { clearinghouseState: { ...account, assetPositions: [{ position: { coin: 'BTC' } }] } },
    (broker) => broker.readAccount(),
    /clearinghouseState: at assetPositions\.0\.position\.szi/,
  ],
  [
    'an account of null',
    { clearinghouseState: null },
    (broker) => broker.readAccount(),
    /clearinghouseState: at the top/,
  ],
  [
    'fewer contexts than coins',
    { metaAndAssetCtxs: [{ universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }] }, []] },
    (broker) => broker.readMarks(),
    /as many contexts/,
  ],
  [
    'an order status of another form',
    { orderStatus: { status: 'maybe' } },
    (broker) => broker.findOrder(refOf('a')),
    /orderStatus/,
  ],
]
for (const [name, answers, read, words] of PROTOCOL) {
  test(`C1: ${name} is a protocol error that names the place`, async (t) => {
    const { broker } = await openScriptedVenue(t, answers)
    await assert.rejects(read(broker), (error) => {
      assert.ok(error instanceof BrokerProtocolError, String(error))
      assert.match(error.message, words)
      return true
    })
  })
}
