/** The hubs: both shapes of events, other accounts, silence, the token of each connection. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { WebSocketServer } from 'ws'
import { SOCKETS } from '#brokers/transport.ts'
import type { Hint } from '#brokers/broker.ts'
import { concealNothing } from '#domain/conceal.ts'
import { lastPriceOf, userHintOf } from '#brokers/projectx/hub-events.ts'
import { watchHubs } from '#brokers/projectx/watch.ts'
import { eventually } from '#test/support/eventually.ts'
import { ACCOUNT_NAME, FRONT, openSimulatedAccount } from './simulated-account.ts'

const TRADE = { id: 1, accountId: 26282486, contractId: 'CON.F.US.MNQ.U26', price: 29423, side: 0, size: 1 }

test('an event is read wrapped or bare, and only of our account', () => {
  const hint = { kind: 'fills', instruments: ['MNQU6'] }
  assert.deepEqual(userHintOf('GatewayUserTrade', { action: 0, data: TRADE }, '26282486'), hint)
  assert.deepEqual(userHintOf('GatewayUserTrade', TRADE, '26282486'), hint)
  assert.equal(userHintOf('GatewayUserTrade', { action: 0, data: TRADE }, '7'), null)
  const account = { action: 1, data: { id: 7, name: 'PRAC', balance: 1, canTrade: false } }
  assert.deepEqual(userHintOf('GatewayUserAccount', account, '7'), { kind: 'orders', instruments: [] })
  assert.equal(userHintOf('GatewayUserAccount', account, '8'), null)
  for (const nonsense of [null, 'text', 7, [], { action: 'x', data: null }]) {
    assert.ok(userHintOf('GatewayUserOrder', nonsense, '7')?.kind !== 'fills')
  }
})

test('a quote without a last price says nothing', () => {
  assert.equal(lastPriceOf({ symbol: 'F.US.EP', lastPrice: 6335.25, bestBid: 6335 }), '6335.25')
  for (const quote of [{ bestBid: 6335 }, { lastPrice: null }, { lastPrice: '6335' }, null, 'x']) {
    assert.equal(lastPriceOf(quote), null)
  }
})

for (const hubEvents of ['action-data', 'bare'] as const) {
  test(`hints come with ${hubEvents} events; a quote is its contract’s, not its product’s`, async (t) => {
    const { broker, venue } = await openSimulatedAccount(t, { venue: { hubEvents } })
    const hints: Hint[] = []
    await using _watching = broker.watch((hint) => hints.push(hint))
    await eventually(() => hints.some(({ kind }) => kind === 'connected'), { what: 'a connection' })
    venue.engine.operator.setMark('NQZ6', '20005.5')
    venue.engine.operator.setMark('NQH7', '20105.5')
    venue.engine.operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side: 'buy', size: 1 })
    await eventually(() => hints.some((hint) => hint.kind === 'fills' && hint.instruments.includes('NQZ6')))
    await eventually(() => hints.some((hint) => hint.kind === 'mark' && hint.marks.get('NQZ6') === '20005.5'))
    assert.ok(!hints.some((hint) => hint.kind === 'mark' && [...hint.marks.values()].includes('20105.5' as never)))
    assert.ok(!hints.some(({ kind }) => kind === 'disconnected'))
  })
}

test('a new connection brings a new token when the venue ended the old one', async (t) => {
  const { broker, venue } = await openSimulatedAccount(t)
  const hints: Hint[] = []
  await using _watching = broker.watch((hint) => hints.push(hint))
  const connected = (): number => hints.filter(({ kind }) => kind === 'connected').length
  await eventually(() => connected() === 1, { what: 'a connection' })
  venue.sessions.expire()
  venue.dropSockets()
  // The hub says only that it refuses; the next read by REST learns that the token is over.
  await eventually(() => hints.some(({ kind }) => kind === 'disconnected'))
  await broker.readAccount()
  await eventually(() => connected() === 2, { what: 'a second connection' })
})

test('a hub that takes connections and says nothing, or never answers a subscription, is left and tried anew', async (t) => {
  for (const mode of ['no-upgrade', 'no-handshake', 'no-completion'] as const) {
    const http = createServer()
    const server = new WebSocketServer({ noServer: true })
    const sockets: Duplex[] = []
    http.on('upgrade', (request, socket, head) => {
      sockets.push(socket)
      if (mode === 'no-upgrade') return
      server.handleUpgrade(request, socket, head, (client) => {
        client.on('message', (data: Buffer) => {
          if (mode === 'no-completion' && data.toString('utf8').includes('protocol')) client.send('{}\u001E')
        })
      })
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    t.after(async () => {
      for (const socket of sockets) socket.destroy()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    })
    const hints: Hint[] = []
    await using _watching = watchHubs({
      conceal: concealNothing,
      transport: SOCKETS,
      rtcUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      accountId: '7',
      token: () => Promise.resolve('token-1'),
      contracts: () => [FRONT],
      listener: (hint) => hints.push(hint),
      onPrice: () => undefined,
      random: () => 0,
      timing: { settleMs: 150, silenceMs: 5_000, backoffMs: 10, backoffMaxMs: 20 },
    })
    await eventually(() => hints.filter(({ kind }) => kind === 'disconnected').length >= 2, {
      what: `two ends (${mode})`,
    })
    assert.ok(sockets.length >= 4)
    assert.ok(!hints.some(({ kind }) => kind === 'connected'))
  }
})
