/** The shapes of /info answers, field by field, as the reference documents them (sections 4.1 to 4.4). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ACCOUNT, AGENT_ADDRESS, MASTER, runVenue, type TestVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { info, marketOrder, post, restingOrder, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'

const CLOID = '0xaa000000000000000000000000000001'
const RESTING = '0xaa000000000000000000000000000002'
const START = Date.UTC(2026, 0, 1)
type Row = Readonly<Record<string, unknown>>

/** A venue with one filled and one resting order, an hour of funding, and a position. */
async function tradedVenue(t: Parameters<typeof runVenue>[0]): Promise<TestVenue> {
  const venue = await runVenue(t, { clock: { kind: 'manual', start: START }, rateLimits: Infinity })
  venue.engine.operator.setFundingRate('BTC', '0.0001')
  await post(venue, '/exchange', signedRequest(marketOrder(CLOID), START))
  await post(venue, '/exchange', signedRequest(restingOrder(RESTING), START + 1))
  venue.clock.advance(3_600_000)
  return venue
}

/** Strings where the wire has decimals, numbers where it has integers: the type of every field. */
function types(row: unknown): Row {
  return Object.fromEntries(
    Object.entries(row as Row).map(([key, value]) => [key, value === null ? null : typeof value]),
  )
}

async function rows(venue: TestVenue, request: object): Promise<Row[]> {
  return (await info(venue, { user: ACCOUNT, ...request })) as Row[]
}

describe('account answers', () => {
  test('clearinghouseState holds signed sizes, margins and time', async (t) => {
    const venue = await tradedVenue(t)
    const state = (await info(venue, { type: 'clearinghouseState', user: ACCOUNT })) as Row
    assert.deepEqual(Object.keys(state), [
      'marginSummary',
      'crossMarginSummary',
      'crossMaintenanceMarginUsed',
      'withdrawable',
      'assetPositions',
      'time',
    ])
    const summary = { accountValue: 'string', totalNtlPos: 'string', totalRawUsd: 'string', totalMarginUsed: 'string' }
    assert.deepEqual(types(state['marginSummary']), summary)
    const [{ type, position }] = state['assetPositions'] as [{ readonly type: string; readonly position: Row }]
    assert.equal(type, 'oneWay')
    assert.deepEqual(types(position), {
      coin: 'string',
      szi: 'string',
      leverage: 'object',
      entryPx: 'string',
      positionValue: 'string',
      unrealizedPnl: 'string',
      returnOnEquity: 'string',
      liquidationPx: null,
      marginUsed: 'string',
      maxLeverage: 'number',
      cumFunding: 'object',
    })
    assert.deepEqual(position['cumFunding'], { allTime: '0.1', sinceOpen: '0.1', sinceChange: '0.1' })
    assert.equal(state['time'], START + 3_600_000)
  })

  test('openOrders are plain, frontendOpenOrders and orderStatus are full', async (t) => {
    const venue = await tradedVenue(t)
    const [open] = await rows(venue, { type: 'openOrders' })
    const oid = open?.['oid']
    const shared = {
      coin: 'BTC',
      side: 'B',
      limitPx: '90000.0',
      sz: '0.01',
      oid,
      timestamp: START,
      origSz: '0.01',
      cloid: RESTING,
    }
    assert.deepEqual(open, shared)
    const full = {
      ...shared,
      triggerCondition: 'N/A',
      isTrigger: false,
      triggerPx: '0.0',
      children: [],
      isPositionTpsl: false,
      reduceOnly: false,
      orderType: 'Limit',
      tif: 'Gtc',
    }
    assert.deepEqual(await rows(venue, { type: 'frontendOpenOrders' }), [full])
    const status = { order: full, status: 'open', statusTimestamp: START }
    for (const id of [oid, RESTING, RESTING.toUpperCase().replace('0X', '0x')]) {
      assert.deepEqual(await rows(venue, { type: 'orderStatus', oid: id }), { status: 'order', order: status })
    }
    assert.deepEqual(await rows(venue, { type: 'orderStatus', oid: 1 }), { status: 'unknownOid' })
    const history = await rows(venue, { type: 'historicalOrders' })
    assert.deepEqual(history[0], status)
    assert.equal(history[1]?.['status'], 'filled')
  })

  test('userFills rows carry every field, closedPnl gross of fee', async (t) => {
    const venue = await tradedVenue(t)
    await post(venue, '/exchange', signedRequest(marketOrder(undefined, false), START + 2))
    const [close, open] = await rows(venue, { type: 'userFills' })
    assert.deepEqual(types(open), {
      coin: 'string',
      px: 'string',
      sz: 'string',
      side: 'string',
      time: 'number',
      startPosition: 'string',
      dir: 'string',
      closedPnl: 'string',
      hash: 'string',
      oid: 'number',
      crossed: 'boolean',
      fee: 'string',
      tid: 'number',
      cloid: 'string',
      feeToken: 'string',
      twapId: null,
    })
    assert.partialDeepStrictEqual(open, {
      px: '100010.0',
      startPosition: '0.0',
      dir: 'Open Long',
      closedPnl: '0.0',
      fee: '0.450045',
    })
    assert.partialDeepStrictEqual(close, { px: '99990.0', dir: 'Close Long', closedPnl: '-0.2', fee: '0.449955' })
    const byTime = await rows(venue, { type: 'userFillsByTime', startTime: 0 })
    assert.deepEqual(byTime, [open, close], 'oldest first')
    assert.deepEqual(await rows(venue, { type: 'userFillsByTime', startTime: 0, reversed: true }), [close, open])
    assert.deepEqual(await rows(venue, { type: 'userFillsByTime', startTime: START, endTime: START }), [open])
  })

  test('userFills merges the fills of one order in one ms when asked to', async (t) => {
    const venue = await runVenue(t, { engine: { quotes: { levelUsd: '500', levels: 3, jitter: '0' } } })
    await post(venue, '/exchange', signedRequest(marketOrder(CLOID), venue.engine.now()))
    const [single, merged] = [
      await rows(venue, { type: 'userFills' }),
      await rows(venue, { type: 'userFills', aggregateByTime: true }),
    ]
    assert.ok(single.length > 1)
    assert.equal(merged.length, 1)
    assert.equal(merged[0]?.['sz'], '0.01')
  })

  test('funding and other movements are signed and typed', async (t) => {
    const venue = await tradedVenue(t)
    const [funding] = await rows(venue, { type: 'userFunding', startTime: 0 })
    assert.partialDeepStrictEqual(funding, {
      time: START + 3_600_000,
      delta: { type: 'funding', coin: 'BTC', usdc: '-0.1', szi: '0.01', fundingRate: '0.0001' },
    })
    const [deposit] = await rows(venue, { type: 'userNonFundingLedgerUpdates' })
    assert.partialDeepStrictEqual(deposit, { time: START, delta: { type: 'deposit', usdc: '10000.0' } })
    const [rate] = await rows(venue, { type: 'fundingHistory', coin: 'BTC', startTime: 0 })
    assert.deepEqual(types(rate), { coin: 'string', fundingRate: 'string', premium: 'string', time: 'number' })
  })

  test('portfolio has its eight periods and explains the account value', async (t) => {
    const venue = await tradedVenue(t)
    const periods = (await rows(venue, { type: 'portfolio' })) as unknown as [
      string,
      { pnlHistory: [number, string][] },
    ][]
    assert.deepEqual(
      periods.map(([name]) => name),
      ['day', 'week', 'month', 'allTime', 'perpDay', 'perpWeek', 'perpMonth', 'perpAllTime'],
    )
    const value = venue.engine.account.clearinghouse(ACCOUNT).marginSummary.accountValue
    const profit = periods[3]?.[1].pnlHistory.at(-1)?.[1]
    assert.equal(Number(profit), Number((Number(value) - 10_000).toFixed(6)))
  })

  test('who is who: user, agent, sub-account, stranger', async (t) => {
    const venue = await tradedVenue(t)
    const create = { type: 'createSubAccount', name: 'second' }
    const request = signedRequest(create, START + 5, { privateKey: MASTER.privateKey })
    const created = (await (await post(venue, '/exchange', request)).json()) as {
      readonly response: { readonly data: string }
    }
    const role = (user: string) => info(venue, { type: 'userRole', user })
    assert.deepEqual(await role(MASTER.address), { role: 'user' })
    assert.deepEqual(await role(AGENT_ADDRESS), { role: 'agent', data: { user: ACCOUNT } })
    assert.deepEqual(await role(created.response.data), { role: 'subAccount', data: { master: ACCOUNT } })
    assert.deepEqual(await role(`0x${'99'.repeat(20)}`), { role: 'missing' })
    assert.partialDeepStrictEqual(await rows(venue, { type: 'subAccounts' }), [{ name: 'second', master: ACCOUNT }])
    assert.deepEqual(await rows(venue, { type: 'extraAgents' }), [
      { name: 'test', address: AGENT_ADDRESS, validUntil: null },
    ])
    assert.partialDeepStrictEqual(await rows(venue, { type: 'webData2' }), { agentAddress: null, user: ACCOUNT })
  })

  test("an agent's address answers empty everywhere, not an error", async (t) => {
    const venue = await tradedVenue(t)
    for (const type of ['openOrders', 'frontendOpenOrders', 'historicalOrders', 'userFills', 'userFunding']) {
      assert.deepEqual(await info(venue, { type, user: AGENT_ADDRESS }), [], type)
    }
    assert.partialDeepStrictEqual(await info(venue, { type: 'clearinghouseState', user: AGENT_ADDRESS }), {
      marginSummary: { accountValue: '0.0' },
      assetPositions: [],
    })
    assert.deepEqual(await info(venue, { type: 'orderStatus', user: AGENT_ADDRESS, oid: CLOID }), {
      status: 'unknownOid',
    })
  })
})

describe('market answers', () => {
  test('metaAndAssetCtxs aligns contexts with the universe', async (t) => {
    const venue = await tradedVenue(t)
    const [meta, contexts] = (await info(venue, { type: 'metaAndAssetCtxs' })) as [{ readonly universe: Row[] }, Row[]]
    assert.equal(meta.universe.length, contexts.length)
    assert.deepEqual(meta, await info(venue, { type: 'meta' }))
    assert.partialDeepStrictEqual(meta.universe[0], { name: 'BTC', szDecimals: 5 })
    assert.partialDeepStrictEqual(contexts[0], {
      markPx: '100000.0',
      midPx: '100000.0',
      impactPxs: ['99990.0', '100010.0'],
    })
  })

  test('l2Book is best first, at most 20 levels a side, and coarser on request', async (t) => {
    const venue = await tradedVenue(t)
    const book = async (extra: object) => {
      const answer = (await info(venue, { type: 'l2Book', coin: 'BTC', ...extra })) as {
        levels: { px: string; sz: string }[][]
      }
      return answer.levels.map((side) => side.map(({ px }) => Number(px)))
    }
    const [bids = [], asks = []] = await book({})
    assert.ok(bids.length > 1 && bids.length <= 20)
    assert.deepEqual(
      bids,
      bids.toSorted((a, b) => b - a),
    )
    assert.deepEqual(
      asks,
      asks.toSorted((a, b) => a - b),
    )
    const [coarseBids = [], coarseAsks = []] = await book({ nSigFigs: 2 })
    assert.ok(coarseBids.every((px) => px % 1000 === 0) && coarseAsks.every((px) => px % 10_000 === 0))
    assert.ok((coarseBids[0] ?? 0) <= (bids[0] ?? 0) && (coarseAsks[0] ?? 0) >= (asks[0] ?? 0))
  })

  test('candles are built from marks and trades', async (t) => {
    const venue = await runVenue(t, { clock: { kind: 'manual', start: START } })
    venue.engine.operator.setMark('BTC', '101000')
    venue.engine.operator.setMark('BTC', '99000')
    venue.clock.advance(60_000)
    venue.engine.operator.setMark('BTC', '100500')
    const req = { coin: 'BTC', interval: '1m', startTime: START, endTime: START + 60_000 }
    const candles = (await info(venue, { type: 'candleSnapshot', req })) as Row[]
    assert.partialDeepStrictEqual(candles, [
      { t: START, T: START + 59_999, s: 'BTC', i: '1m', h: '101000.0', l: '99000.0', c: '99000.0' },
      { t: START + 60_000, o: '100500.0', n: 0 },
    ])
    assert.equal((await post(venue, '/info', { type: 'candleSnapshot', req: { ...req, interval: '7m' } })).status, 422)
  })

  test('start-up requests of third-party clients are answered', async (t) => {
    const venue = await runVenue(t)
    assert.deepEqual(await info(venue, { type: 'perpDexs' }), [null])
    const spot = (await info(venue, { type: 'spotMeta' })) as { readonly universe: Row[]; readonly tokens: Row[] }
    assert.partialDeepStrictEqual(spot.tokens[0], { name: 'USDC', index: 0 })
    const [meta, contexts] = (await info(venue, { type: 'spotMetaAndAssetCtxs' })) as [Row, Row[]]
    assert.deepEqual(meta, spot)
    assert.deepEqual(
      contexts.map(({ coin }) => coin),
      spot.universe.map(({ name }) => name),
    )
    assert.deepEqual(await info(venue, { type: 'allMids' }), {
      BTC: '100000.0',
      ETH: '3500.0',
      SOL: '180.0',
      HYPE: '35.0',
    })
    assert.equal((await post(venue, '/info', { type: 'meta', dex: 'elsewhere' })).status, 500)
  })
})
