/** The unmodified @nktkas/hyperliquid client trades against the venue over REST and websocket. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ApiRequestError,
  ExchangeClient,
  HttpTransport,
  InfoClient,
  SubscriptionClient,
  WebSocketTransport,
} from '@nktkas/hyperliquid'
import { Collected } from '#test/simulators/collected.ts'
import {
  ACCOUNT,
  AGENT,
  AGENT_ADDRESS,
  MASTER,
  runVenue,
  streamUrl,
} from '#test/simulators/hyperliquid/running-venue.ts'

const BTC = 0
// The client reads a cloid that is small enough as an order number, so these are not.
const CLOID = '0xaa00000000000000000000000000abcd'
const RESTING = '0xaa00000000000000000000000000beef'
const ENTRY = { a: BTC, b: true, p: '101000', s: '0.01', r: false, t: { limit: { tif: 'Ioc' } }, c: CLOID } as const
const FAR_BID = { a: BTC, b: true, p: '90000', s: '0.01', r: false, t: { limit: { tif: 'Gtc' } }, c: RESTING } as const

test('@nktkas/hyperliquid places, queries, cancels, trades and streams', async (t) => {
  const venue = await runVenue(t)
  const transport = new HttpTransport({ apiUrl: venue.url })
  const info = new InfoClient({ transport })
  const exchange = new ExchangeClient({ transport, wallet: AGENT })
  const socket = new WebSocketTransport({ url: streamUrl(venue) })
  venue.beforeStop(() => socket.close())
  const stream = new SubscriptionClient({ transport: socket })
  const orders = new Collected<unknown>()
  const fills = new Collected<{
    readonly isSnapshot?: boolean
    readonly fills: readonly { readonly cloid?: string }[]
  }>()
  const events = new Collected<unknown>()
  const books = new Collected<unknown>()
  await stream.orderUpdates({ user: ACCOUNT }, (updates) => updates.forEach(orders.add))
  await stream.userFills({ user: ACCOUNT }, fills.add)
  await stream.userEvents({ user: ACCOUNT }, events.add)
  await stream.l2Book({ coin: 'BTC' }, books.add)

  const placed = await exchange.order({ orders: [ENTRY, FAR_BID], grouping: 'na' })
  const [filled, resting] = placed.response.data.statuses
  assert.ok(typeof filled === 'object' && 'filled' in filled && filled.filled.totalSz === '0.01')
  assert.ok(typeof resting === 'object' && 'resting' in resting && resting.resting.cloid === RESTING)

  const status = await info.orderStatus({ user: ACCOUNT, oid: CLOID })
  assert.equal(status.status === 'order' && status.order.status, 'filled')
  assert.deepEqual(
    (await info.openOrders({ user: ACCOUNT })).map((order) => order.oid),
    [resting.resting.oid],
  )
  const state = await info.clearinghouseState({ user: ACCOUNT })
  assert.deepEqual(
    state.assetPositions.map(({ position }) => [position.coin, position.szi]),
    [['BTC', '0.01']],
  )
  assert.equal((await info.userFills({ user: ACCOUNT }))[0]?.cloid, CLOID)

  await fills.first((event) => event.isSnapshot === true && event.fills.length === 0)
  await fills.first((event) => event.isSnapshot !== true && event.fills[0]?.cloid === CLOID)
  await orders.first((event) => matches(event, { status: 'filled', order: { cloid: CLOID } }))
  await orders.first((event) => matches(event, { status: 'open', order: { cloid: RESTING } }))
  await events.first((event) => matches(event, { fills: [{ cloid: CLOID }] }))
  await books.first((event) => matches(event, { coin: 'BTC' }))

  const cancelled = await exchange.cancelByCloid({ cancels: [{ asset: BTC, cloid: RESTING }] })
  assert.deepEqual(cancelled.response.data.statuses, ['success'])
  await orders.first((event) => matches(event, { status: 'canceled', order: { cloid: RESTING } }))
  await assert.rejects(exchange.cancel({ cancels: [{ a: BTC, o: resting.resting.oid }] }), (error: unknown) => {
    assert.ok(error instanceof ApiRequestError)
    return /never placed, already canceled, or filled/.test(error.message)
  })
})

test('@nktkas/hyperliquid trades over websocket posts and sees refusals as errors', async (t) => {
  const venue = await runVenue(t, { network: 'testnet' })
  const transport = new WebSocketTransport({ url: streamUrl(venue), isTestnet: true })
  venue.beforeStop(() => transport.close())
  const placed = await new ExchangeClient({ transport, wallet: AGENT }).order({ orders: [ENTRY], grouping: 'na' })
  assert.ok(JSON.stringify(placed).includes('"filled"'))
  const info = new InfoClient({ transport })
  assert.equal((await info.clearinghouseState({ user: ACCOUNT })).assetPositions.length, 1)
  const stranger = new ExchangeClient({
    transport: new HttpTransport({ apiUrl: venue.url, isTestnet: false }),
    wallet: AGENT,
  })
  await assert.rejects(
    stranger.order({ orders: [ENTRY], grouping: 'na' }),
    /User or API Wallet 0x[0-9a-f]{40} does not exist/,
  )
})

test('@nktkas/hyperliquid approves an agent and reads who an address is', async (t) => {
  const venue = await runVenue(t)
  const transport = new HttpTransport({ apiUrl: venue.url })
  const info = new InfoClient({ transport })
  const agent = `0x${'ab'.repeat(20)}` as const
  await new ExchangeClient({ transport, wallet: MASTER }).approveAgent({ agentAddress: agent, agentName: 'second' })
  assert.deepEqual(await info.userRole({ user: agent }), { role: 'agent', data: { user: ACCOUNT } })
  assert.deepEqual(await info.userRole({ user: ACCOUNT }), { role: 'user' })
  const agents = await info.extraAgents({ user: ACCOUNT })
  assert.deepEqual(
    new Map(agents.map(({ address, name }) => [name, address])),
    new Map([
      ['test', AGENT_ADDRESS],
      ['second', agent],
    ]),
  )
  const byAgent = new ExchangeClient({ transport, wallet: AGENT })
  await assert.rejects(
    byAgent.withdraw3({ destination: AGENT_ADDRESS, amount: '1' }),
    new RegExp(`Must deposit before performing actions. User: ${AGENT_ADDRESS}`),
  )
})

function matches(value: unknown, pattern: object): boolean {
  try {
    assert.partialDeepStrictEqual(value, pattern)
    return true
  } catch {
    // Only the answer is wanted: another event is no error.
    return false
  }
}
