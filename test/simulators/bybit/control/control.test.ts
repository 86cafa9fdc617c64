/** The control endpoint: every disturbance a test needs, and the venue's own ledger, over HTTP and in venue-free words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedBybit } from '#simulators/bybit/simulated-bybit.ts'
import { ControlError } from '#simulators/venue/control-client.ts'
import { ACCOUNT, createOrder, runVenue } from '#test/simulators/bybit/running-venue.ts'

const MANUAL = { clock: { kind: 'manual' } } as const
const BTC = { account: ACCOUNT, symbol: 'BTCUSDT' }

test('positions are opened and closed by hand, liquidated, deleveraged and closed by administrators', async (t) => {
  const { control } = await runVenue(t, MANUAL)
  for (const close of ['closeByHand', 'liquidate', 'autoDeleverage', 'adminClose'] as const) {
    await control.call('tradeByHand', { ...BTC, side: 'Buy', qty: '0.01' })
    assert.partialDeepStrictEqual((await control.call('ledger', { account: ACCOUNT })).positions, [{ size: '0.01' }])
    const { orderId } = await control.call(close, BTC)
    const { orders, positions } = await control.call('ledger', { account: ACCOUNT })
    assert.deepEqual(positions, [])
    assert.equal(orders.at(-1)?.orderId, orderId)
  }
  await control.call('tradeByHand', { ...BTC, side: 'Sell', qty: '0.02' })
  await control.call('autoDeleverage', { ...BTC, qty: '0.005' })
  assert.partialDeepStrictEqual((await control.call('ledger', { account: ACCOUNT })).positions, [{ size: '-0.015' }])
  assert.deepEqual(await control.call('netPosition', { symbol: 'BTCUSDT' }), { size: '0' })
})

test('a stop trips, orders are cancelled and filled in part, and the oracle knows every order by its link id', async (t) => {
  const venue = await runVenue(t, MANUAL)
  const { control } = venue
  await createOrder(venue, { orderLinkId: 'e', stopLoss: '95000' })
  const { orderIds } = await control.call('tripStop', BTC)
  assert.equal(orderIds.length, 1)
  await createOrder(venue, { orderLinkId: 'r', orderType: 'Limit', price: '99000' })
  await control.call('fillByHand', { account: ACCOUNT, orderLinkId: 'r', qty: '0.004' })
  await control.call('cancelByHand', { account: ACCOUNT, orderLinkId: 'r' })
  const [row] = await control.call('ordersByLinkId', { account: ACCOUNT, orderLinkId: 'r' })
  assert.partialDeepStrictEqual(row, { status: 'Cancelled', cumExecQty: '0.004', working: false })
  assert.deepEqual(
    row?.statuses.map(({ status }) => status),
    ['New', 'PartiallyFilled', 'Cancelled'],
  )
})

test('accounts are made with keys and money, restricted, and counted', async (t) => {
  const { control } = await runVenue(t, MANUAL)
  assert.partialDeepStrictEqual(await control.call('createAccount', { account: 'bob', feeCoin: 'MNT' }), {
    account: 'bob',
    balances: [{ coin: 'USDT', walletBalance: '0' }],
  })
  await control.call('deposit', { account: 'bob', amount: '5', coin: 'MNT' })
  assert.deepEqual(await control.call('accounts', {}), [ACCOUNT, 'bob'])
  const { equity, transactionLog } = await control.call('ledger', { account: ACCOUNT })
  assert.partialDeepStrictEqual(equity, { transfers: '10000', equity: '10000' })
  assert.partialDeepStrictEqual(transactionLog, [{ type: 'TRANSFER_IN', change: '10000', cashBalance: '10000' }])
  await control.call('setReduceOnly', { ...BTC, reduceOnly: true })
  await assert.rejects(control.call('tradeByHand', { ...BTC, side: 'Buy', qty: '0.01' }), /110023/)
})

test('prices, funding, depth, delays and the clock follow their commands', async (t) => {
  const { control, engine } = await runVenue(t, MANUAL)
  assert.partialDeepStrictEqual(await control.call('setMark', { symbol: 'BTCUSDT', price: '98765' }), {
    mark: '98765',
    last: '98765',
    index: '98765',
  })
  assert.partialDeepStrictEqual(await control.call('setPrices', { symbol: 'BTCUSDT', index: '98000' }), {
    mark: '98765',
    index: '98000',
  })
  assert.partialDeepStrictEqual(await control.call('setFundingRate', { symbol: 'BTCUSDT', rate: '-0.001' }), {
    fundingRate: '-0.001',
  })
  assert.partialDeepStrictEqual(await control.call('setDepth', { symbol: 'BTCUSDT', levels: 0 }), {
    bid: '0',
    ask: '0',
  })
  assert.notEqual((await control.call('setDepth', { symbol: 'BTCUSDT' }))?.bid, '0')
  assert.deepEqual(await control.call('setAckDelay', { ms: 7 }), { ms: 7 })
  const { now, nextDue } = await control.call('status', {})
  assert.equal(nextDue - now, 480 * 60_000)
  await control.call('advanceClock', { ms: 1000 })
  assert.equal((await control.call('setClock', { time: now + 2000 })).now, now + 2000)
  assert.equal(engine.now(), now + 2000)
})

test('a real clock carries out acknowledged requests with nobody asking', async (t) => {
  const venue = await runVenue(t, { engine: { ackDelayMs: 10 } })
  const filled = Promise.withResolvers<void>()
  venue.engine.subscribe(({ events }) => {
    if (events.some((event) => event.type === 'execution')) filled.resolve()
  })
  await createOrder(venue, {})
  await filled.promise
})

test('what cannot be done is refused with a sentence that says why', async (t) => {
  const { control } = await runVenue(t, MANUAL)
  for (const [call, message] of [
    [() => control.call('setMark', { symbol: 'NONE', price: '1' }), /setMark: Expected one of BTCUSDT, .*saw "NONE"/],
    [() => control.call('setMark', { symbol: 'BTCUSDT', price: '1e5' }), /expected a decimal text/],
    [() => control.call('setMark', { symbol: 'BTCUSDT', price: '-1' }), /Expected a positive decimal, saw "-1"/],
    [() => control.call('closeByHand', BTC), /closeByHand: Expected a position in BTCUSDT, saw none/],
    [() => control.call('ledger', { account: 'nobody' }), /Expected an account of this venue \(alice\), saw "nobody"/],
    [() => control.call('cancelByHand', { account: ACCOUNT, orderLinkId: 'x' }), /Expected an open order/],
    [() => control.call('changeKey', { apiKey: 'x' }), /Expected an API key of this venue, saw "x"/],
    [() => control.call('setClock', { time: 0 }), /never runs back/],
    [() => control.call('nothing' as 'status', {}), /Unknown command "nothing"/],
  ] as const) {
    await assert.rejects(call, (error: unknown) => error instanceof ControlError && message.test(error.message))
  }
})

test('the venue speaks the words that all simulated venues share', async (t) => {
  const running = await runVenue(t, MANUAL)
  const venue = simulatedBybit(running)
  assert.deepEqual([venue.venue, venue.url, venue.mark('BTCUSDT')], ['bybit', running.url, '100000'])
  venue.tradeByHand(ACCOUNT, 'BTCUSDT', 'buy', '0.01')
  await createOrder(running, { orderLinkId: 'e', stopLoss: '95000' })
  venue.tripStop(ACCOUNT, 'BTCUSDT')
  venue.tradeByHand(ACCOUNT, 'ETHUSDT', 'sell', '0.1')
  venue.advance(480 * 60_000)
  venue.setMark('ETHUSDT', '3400')
  const truth = venue.truth(ACCOUNT)
  assert.deepEqual(truth.positions, [{ symbol: 'ETHUSDT', size: '-0.1' }])
  assert.deepEqual(
    truth.fills.map(({ side, size, clientOrderId }) => [side, size, clientOrderId]),
    [
      ['buy', '0.01', null],
      ['buy', '0.01', 'e'],
      ['sell', '0.02', null],
      ['sell', '0.1', null],
    ],
  )
  assert.equal(truth.funding, '0.035')
  assert.equal(truth.orders.length, 4)
  assert.ok(truth.orders.every(({ working, rejected }) => !working && !rejected))
  const { equity } = running.engine.oracle.ledger(ACCOUNT)
  assert.equal(truth.equity, equity.equity)
  venue.closeByHand(ACCOUNT, 'ETHUSDT')
  assert.deepEqual(venue.truth(ACCOUNT).positions, [])
  venue.silenceNextOrder()
  assert.partialDeepStrictEqual(running.faults.list(), [
    { match: { path: '/v5/order/create' }, fault: { kind: 'hang', processed: true }, count: 1 },
  ])
  assert.equal(venue.dropSockets(), 0)
  await venue.stop()
})
