/** The hubs, through the unmodified SignalR client: connecting, subscribing, events, and coming back after a cut (reference C5). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { WebSocket } from 'ws'
import { Collected } from '#test/simulators/collected.ts'
import { KEY, NQ, USER, runVenue, type TestVenue } from '#test/simulators/projectx/running-venue.ts'

interface Seen {
  readonly target: string
  readonly args: readonly unknown[]
}

const TARGETS = [
  'GatewayUserAccount',
  'GatewayUserOrder',
  'GatewayUserPosition',
  'GatewayUserTrade',
  'GatewayQuote',
  'GatewayTrade',
  'GatewayDepth',
]

interface HubClient {
  readonly hub: HubConnection
  readonly seen: Collected<Seen>
}

async function connect(venue: TestVenue, name: 'user' | 'market', skipNegotiation = true): Promise<HubClient> {
  const hub = new HubConnectionBuilder()
    .withUrl(`${venue.url}/hubs/${name}`, {
      ...(skipNegotiation ? { skipNegotiation, transport: HttpTransportType.WebSockets } : {}),
      accessTokenFactory: () => venue.token,
    })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 10 })
    .configureLogging(LogLevel.None)
    .build()
  const seen = new Collected<Seen>()
  for (const target of TARGETS) hub.on(target, (...args: unknown[]) => seen.add({ target, args }))
  venue.beforeStop(() => hub.stop())
  await hub.start()
  return { hub, seen }
}

async function subscribeUser(venue: TestVenue, hub: HubConnection): Promise<void> {
  assert.equal(await hub.invoke('SubscribeAccounts'), null)
  for (const method of ['SubscribeOrders', 'SubscribePositions', 'SubscribeTrades'])
    await hub.invoke(method, venue.account)
}

describe('the user hub', () => {
  for (const skipNegotiation of [true, false]) {
    test(`serves the SignalR client ${skipNegotiation ? 'that skips negotiation' : 'with negotiation'}`, async (t) => {
      const venue = await runVenue(t)
      const { hub, seen } = await connect(venue, 'user', skipNegotiation)
      await subscribeUser(venue, hub)
      await venue.place({ customTag: 'a.1' })
      await seen.first(({ target }) => target === 'GatewayUserAccount')
      await venue.place({ side: 1 })
      const gone = await seen.first(({ args }) => (args[0] as { readonly action: number }).action === 2)
      assert.deepEqual(gone, {
        target: 'GatewayUserPosition',
        args: [
          {
            action: 2,
            data: {
              accountId: venue.account,
              contractId: NQ,
              contractDisplayName: 'NQH6',
              type: 0,
              size: 0,
              averagePrice: 20_000,
            },
          },
        ],
      })
      const [opening] = seen.events.filter(({ target }) => target === 'GatewayUserTrade')
      const { action, data } = opening!.args[0] as { readonly action: number; readonly data: object }
      assert.equal(action, 0)
      assert.partialDeepStrictEqual(data, { price: 20_000, fees: 1.4, commissions: 0.5, side: 0, voided: false })
      assert.ok(!('profitAndLoss' in data), 'null fields are left out')
      const statuses = seen.events.flatMap(({ target, args }) => {
        const order = (args[0] as { readonly data: { readonly status: number; readonly customTag?: string } }).data
        return target === 'GatewayUserOrder' && order.customTag === 'a.1' ? [order.status] : []
      })
      assert.deepEqual(statuses, [6, 1, 2])
    })
  }

  test('tells of a rejected order, with its tag', async (t) => {
    const venue = await runVenue(t)
    const { hub, seen } = await connect(venue, 'user')
    await subscribeUser(venue, hub)
    await venue.place({ size: 0, customTag: 'a.1' })
    const { args } = await seen.first(({ target }) => target === 'GatewayUserOrder')
    assert.partialDeepStrictEqual(args[0], { action: 1, data: { status: 5, fillVolume: 0, customTag: 'a.1' } })
  })

  test('sends bare objects when told to', async (t) => {
    const venue = await runVenue(t, { hubEvents: 'bare' })
    const { hub, seen } = await connect(venue, 'user')
    await subscribeUser(venue, hub)
    await venue.place()
    const { args } = await seen.first(({ target }) => target === 'GatewayUserTrade')
    assert.partialDeepStrictEqual(args, [{ accountId: venue.account, price: 20_000 }])
  })

  test('tells only what is subscribed, and nothing of accounts of others', async (t) => {
    const venue = await runVenue(t)
    const other = await venue.control.call('createAccount', { name: 'PRAC-V2-2', userName: 'other', apiKey: 'x' })
    const { hub, seen } = await connect(venue, 'user')
    await hub.invoke('SubscribeTrades', other.id)
    await hub.invoke('SubscribeTrades', venue.account)
    await hub.invoke('SubscribeOrders', venue.account)
    await hub.invoke('UnsubscribeOrders', venue.account)
    await venue.control.call('tradeByHand', { account: other.id, contract: NQ, side: 'buy', size: 1 })
    await venue.place()
    await seen.first(({ target }) => target === 'GatewayUserTrade')
    assert.deepEqual(
      seen.events.map(({ target, args }) => [
        target,
        (args[0] as { readonly data: { accountId: number } }).data.accountId,
      ]),
      [['GatewayUserTrade', venue.account]],
    )
  })

  test('refuses a method it does not have with an error, and stays connected', async (t) => {
    const venue = await runVenue(t)
    const { hub } = await connect(venue, 'user')
    await assert.rejects(() => hub.invoke('SubscribeEverything'), /HubException: Method does not exist/)
    assert.equal(await hub.invoke('SubscribeAccounts'), null)
  })

  test('forgets subscriptions when a connection is cut: the client reconnects to silence', async (t) => {
    const venue = await runVenue(t)
    const { hub, seen } = await connect(venue, 'user')
    await subscribeUser(venue, hub)
    const back = new Promise<void>((resolve) => hub.onreconnected(() => resolve()))
    assert.deepEqual(await venue.control.call('dropSockets', { account: venue.account }), { dropped: 1 })
    await back
    await venue.place()
    await hub.invoke('SubscribeTrades', venue.account)
    await venue.place({ side: 1 })
    const first = await seen.first(({ target }) => target === 'GatewayUserTrade')
    assert.partialDeepStrictEqual(first.args[0], { data: { side: 1 } }, 'nothing is replayed')
  })

  test('wants a good token, in the address or as a header', async (t) => {
    const venue = await runVenue(t)
    const open = (query: string, headers: Record<string, string> = {}) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(`${venue.url.replace('http', 'ws')}/hubs/user${query}`, { headers })
        venue.beforeStop(() => socket.terminate())
        socket.once('open', () => resolve(true))
        socket.once('error', () => resolve(false))
      })
    assert.equal(await open(`?access_token=${venue.token}`), true)
    assert.equal(await open('', { authorization: `Bearer ${venue.token}` }), true)
    assert.equal(await open(''), false)
    assert.equal(await open('?access_token=eyJ.made.up'), false)
    const negotiate = await fetch(`${venue.url}/hubs/user/negotiate?negotiateVersion=1`, { method: 'POST' })
    assert.equal(negotiate.status, 401)
    const { body } = await venue.post('/api/Auth/loginKey', { userName: USER, apiKey: KEY }, '')
    assert.equal(await open(`?access_token=${String(body['token'])}`), true)
  })
})

describe('the market hub', () => {
  test('quotes by contract: a whole quote first, then what moves, beside prints and depth', async (t) => {
    const venue = await runVenue(t, { engine: { liquidity: { halfSpreadTicks: 1 } } })
    const { hub, seen } = await connect(venue, 'market')
    for (const topic of ['ContractQuotes', 'ContractTrades', 'ContractMarketDepth']) {
      await hub.invoke(`Subscribe${topic}`, NQ)
    }
    await venue.control.call('setMark', { contract: 'NQ', price: '20010' })
    await seen.first(({ target }) => target === 'GatewayDepth')
    const quotes = seen.events.filter(({ target }) => target === 'GatewayQuote')
    assert.partialDeepStrictEqual(quotes[0]?.args, [NQ, { symbol: 'F.US.ENQ', lastPrice: 20_000, open: 20_000 }])
    assert.partialDeepStrictEqual(quotes[1]?.args, [NQ, { lastPrice: 20_010, bestBid: 20_009.75, bestAsk: 20_010.25 }])
    assert.ok(!('open' in (quotes[1]!.args[1] as object)))
    const { args } = await seen.first(({ target }) => target === 'GatewayTrade')
    assert.partialDeepStrictEqual(args, [NQ, [{ symbolId: 'F.US.ENQ', price: 20_010, type: 0, volume: 1 }]])
    assert.ok(
      seen.events.every((event) => event.args[0] === NQ),
      'other expiries of the root moved too, unsubscribed',
    )
  })
})

describe('the protocol', () => {
  const END = '\u001E'

  async function raw(t: Parameters<typeof runVenue>[0], options: Parameters<typeof runVenue>[1] = {}) {
    const venue = await runVenue(t, options)
    const socket = new WebSocket(`${venue.url.replace('http', 'ws')}/hubs/user?access_token=${venue.token}`)
    const frames = new Collected<string>()
    socket.on('message', (data: Buffer) => frames.add(data.toString('utf8')))
    const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
    venue.beforeStop(() => socket.terminate())
    await new Promise<void>((resolve) => socket.once('open', () => resolve()))
    return { venue, socket, frames, closed }
  }

  test('shakes hands in JSON, completes invocations, and pings', async (t) => {
    const { socket, frames } = await raw(t, { hubs: { keepAliveMs: 20 } })
    socket.send(`{"protocol":"json","version":1}${END}`)
    assert.equal(await frames.first(() => true), `{}${END}`)
    socket.send(`{"arguments":[],"invocationId":"7","target":"SubscribeAccounts","type":1}${END}{"type":6}${END}`)
    await frames.first((frame) => frame === `{"type":3,"invocationId":"7","result":null}${END}`)
    await frames.first((frame) => frame === `{"type":6}${END}`)
  })

  test('refuses another protocol, closes what it does not understand and who is silent', async (t) => {
    const other = await raw(t)
    other.socket.send(`{"protocol":"messagepack","version":1}${END}`)
    assert.match(await other.frames.first(() => true), /^\{"error":/)
    await other.closed
    const garbled = await raw(t)
    garbled.socket.send(`{"protocol":"json","version":1}${END}no json${END}`)
    await garbled.frames.first((frame) => frame.includes('"type":7') && frame.includes('"allowReconnect":true'))
    await garbled.closed
    const silent = await raw(t, { hubs: { clientTimeoutMs: 20 } })
    await silent.frames.first((frame) => frame.includes('"type":7'))
    await silent.closed
    const leaving = await raw(t)
    leaving.socket.send(`{"protocol":"json","version":1}${END}{"type":7}${END}`)
    await leaving.closed
  })
})
