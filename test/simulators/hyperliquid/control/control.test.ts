/** The control endpoint: every disturbance a test needs, and the venue's own ledger, over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlHyperliquid } from '#simulators/hyperliquid/control/client.ts'
import { ControlError } from '#simulators/venue/control-client.ts'
import { ACCOUNT, AGENT_ADDRESS, MASTER, runVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { info, marketOrder, post, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'

const CLOID = '0xaa000000000000000000000000000001'
const STOP = '0xaa000000000000000000000000000002'
const OTHER = `0x${'44'.repeat(20)}`

test('accounts are made, funded, given agents and pruned of them', async (t) => {
  const venue = await runVenue(t)
  const control = controlHyperliquid(venue.url)
  assert.deepEqual(await control.call('deposit', { user: OTHER, usdc: '250.5' }), {
    user: OTHER,
    accountValue: '250.5',
  })
  assert.ok((await control.call('accounts', {})).includes(OTHER))
  await control.call('pruneAgent', { agent: AGENT_ADDRESS })
  assert.deepEqual(await info(venue, { type: 'userRole', user: AGENT_ADDRESS }), { role: 'missing' })
  const agents = await control.call('approveAgent', { master: MASTER.address, agent: `0x${'55'.repeat(20)}` })
  assert.partialDeepStrictEqual(agents, [{ name: null, validUntil: null }])
  assert.deepEqual(await info(venue, { type: 'extraAgents', user: ACCOUNT }), [])
  await control.call('setAbstraction', { user: ACCOUNT, mode: 'unifiedAccount' })
  assert.equal(await info(venue, { type: 'userAbstraction', user: ACCOUNT }), 'unifiedAccount')
  assert.partialDeepStrictEqual(await info(venue, { type: 'clearinghouseState', user: ACCOUNT }), {
    marginSummary: { accountValue: '0.0' },
  })
  assert.partialDeepStrictEqual(await info(venue, { type: 'spotClearinghouseState', user: ACCOUNT }), {
    balances: [{ coin: 'USDC', total: '10000.0' }],
  })
})

test('a stop trips unseen, a position is opened and closed by hand, liquidated and deleveraged', async (t) => {
  const venue = await runVenue(t)
  const control = controlHyperliquid(venue.url)
  const now = venue.engine.now()
  await post(venue, '/exchange', signedRequest(marketOrder(CLOID), now))
  const trigger = { isMarket: true, triggerPx: '95000', tpsl: 'sl' }
  const leg = { a: 0, b: false, p: '90000', s: '0.01', r: true, t: { trigger }, c: STOP }
  await post(venue, '/exchange', signedRequest({ type: 'order', orders: [leg], grouping: 'na' }, now + 1))
  const { oids } = await control.call('tripStop', { user: ACCOUNT, coin: 'BTC' })
  const [stop] = await control.call('ordersByCloid', { user: ACCOUNT, cloid: STOP })
  assert.deepEqual(oids, [stop?.order.oid])
  assert.equal(stop?.statuses.at(-1)?.status, 'filled')
  assert.deepEqual((await control.call('ledger', { user: ACCOUNT })).positions, [])

  for (const close of [
    () => control.call('closeByHand', { user: ACCOUNT, coin: 'ETH' }),
    () => control.call('autoDeleverage', { user: ACCOUNT, coin: 'ETH' }),
    () => control.call('liquidate', { user: ACCOUNT, coin: 'ETH' }),
    // Last, since it takes everything.
    () => control.call('liquidate', { user: ACCOUNT, coin: 'ETH', method: 'backstop' }),
  ]) {
    await control.call('tradeByHand', { user: ACCOUNT, coin: 'ETH', side: 'A', sz: '0.1' })
    assert.partialDeepStrictEqual((await control.call('ledger', { user: ACCOUNT })).positions, [{ szi: '-0.1' }])
    assert.ok((await close()).length > 0)
    assert.deepEqual((await control.call('ledger', { user: ACCOUNT })).positions, [])
  }
  assert.deepEqual(await control.call('netPosition', { coin: 'ETH' }), { szi: '0' })
  assert.equal((await control.call('actions', {})).length, 2)
})

test('prices move on command and along a path as a manual clock is driven', async (t) => {
  const venue = await runVenue(t, { clock: { kind: 'manual' } })
  const control = controlHyperliquid(venue.url)
  const { now } = await control.call('status', {})
  await control.call('setMark', { coin: 'BTC', px: '98765' })
  await control.call('followPath', { kind: 'recorded', coin: 'BTC', points: [{ time: now + 5000, px: '99000' }] })
  assert.equal((await control.call('market', { coin: 'BTC' }))?.markPx, '98765')
  await control.call('advanceClock', { ms: 5000 })
  assert.equal((await control.call('market', { coin: 'BTC' }))?.markPx, '99000')
  const added = await control.call('addInstrument', { name: 'NEW', szDecimals: 1, maxLeverage: 5, markPx: '2' })
  assert.equal(added.name, 'NEW')
  await control.call('setQuoting', { coin: 'NEW', quoting: false })
  assert.partialDeepStrictEqual(await info(venue, { type: 'l2Book', coin: 'NEW' }), { levels: [[], []] })
})

test('a real clock moves prices with nobody asking', async (t) => {
  const venue = await runVenue(t)
  const moved = Promise.withResolvers<void>()
  venue.engine.subscribe(({ events }) => {
    if (events.some((event) => event.type === 'market' && event.coin === 'SOL')) moved.resolve()
  })
  venue.engine.operator.follow({ kind: 'walk', coin: 'SOL', stepMs: 5, stepBps: 10, seed: 1 })
  await moved.promise
})

test('what cannot be done is refused with a sentence that says why', async (t) => {
  const venue = await runVenue(t)
  const control = controlHyperliquid(venue.url)
  for (const [call, message] of [
    [() => control.call('setMark', { coin: 'NONE', px: '1' }), /setMark: .*NONE/],
    [() => control.call('setMark', { coin: 'BTC', px: '1e5' }), /expected a decimal text/],
    [() => control.call('closeByHand', { user: ACCOUNT, coin: 'BTC' }), /closeByHand: /],
    [() => control.call('setClock', { time: 0 }), /never runs back/],
    [() => control.call('importFills', { csv: 'a,b\n' }), /Expected the columns Account, Coin/],
    [() => control.call('nothing' as 'status', {}), /Unknown command "nothing"/],
  ] as const) {
    await assert.rejects(call, (error: unknown) => error instanceof ControlError && message.test(error.message))
  }
})
