/** Streams: messages as documented, logins that fail, silence, and marks that come and go by themselves. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import { SOCKETS } from '#brokers/transport.ts'
import type { Hint } from '#brokers/broker.ts'
import { readPrivateMessage, readPublicMessage } from '#brokers/bybit/stream-message.ts'
import { watchVenue, type WatchOptions } from '#brokers/bybit/watch.ts'
import { Secret } from '#config/secret.ts'
import { faultRule } from '#simulators/bybit/faults/fault.ts'
import { API_KEY, API_SECRET, openSimulatedAccount, TRADER } from './simulated-account.ts'

const read = (message: object | string) =>
  readPrivateMessage(typeof message === 'string' ? message : JSON.stringify(message), 'SUBSCRIBE')

test('pushes of the three topics are hints of their instruments, and nothing more', () => {
  const rows = [{ symbol: 'BTCUSDT' }, { symbol: 'ETHUSDT' }, { symbol: 'BTCUSDT' }]
  const hintOf = (topic: string) => read({ id: '1', topic, creationTime: 1, data: rows })
  const instruments = ['BTC-PERP', 'ETH-PERP']
  assert.deepEqual(hintOf('execution'), { kind: 'hint', hint: { kind: 'fills', instruments } })
  assert.deepEqual(hintOf('execution.linear'), { kind: 'hint', hint: { kind: 'fills', instruments } })
  assert.deepEqual(hintOf('order'), { kind: 'hint', hint: { kind: 'orders', instruments } })
  assert.deepEqual(hintOf('position'), { kind: 'hint', hint: { kind: 'orders', instruments } })
  assert.deepEqual(hintOf('greeks'), { kind: 'nothing' })
})

test('control messages as documented (reference B9)', () => {
  assert.deepEqual(read({ success: true, ret_msg: '', op: 'auth', conn_id: 'c' }), {
    kind: 'answer',
    texts: ['SUBSCRIBE'],
  })
  assert.deepEqual(read({ success: true, ret_msg: '', op: 'subscribe', req_id: 't', conn_id: 'c' }), {
    kind: 'acknowledged',
    channel: 'subscribe',
  })
  assert.deepEqual(read({ req_id: 'test', op: 'pong', args: ['1675418560633'], conn_id: 'c' }), { kind: 'pong' })
  assert.deepEqual(readPublicMessage('{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"}'), {
    kind: 'pong',
  })
  assert.deepEqual(read({ success: false, ret_msg: 'Params Error', op: 'auth' }), {
    kind: 'error',
    detail: 'auth: Params Error',
  })
  for (const text of ['hello', 'null', '[]', '{}', '{"topic":5}']) assert.deepEqual(read(text), { kind: 'nothing' })
})

test('tickers are marks where they say one; a delta of something else is nothing', () => {
  const ticker = (data: object) =>
    readPublicMessage(JSON.stringify({ topic: 'tickers.BTCUSDT', type: 'delta', data, ts: 1 }))
  assert.deepEqual(ticker({ symbol: 'BTCUSDT', markPrice: '100000.50' }), {
    kind: 'hint',
    hint: { kind: 'mark', marks: new Map([['BTC-PERP', '100000.5']]) },
  })
  assert.deepEqual(ticker({ symbol: 'BTCUSDT', bid1Price: '99999' }), { kind: 'nothing' })
  assert.deepEqual(ticker({ symbol: 'BTCUSDT', markPrice: 'NaN' }), { kind: 'nothing' })
})

/** A stream server; `serve` gets every connection, with its number. */
async function serveStream(t: TestContext, serve: (socket: WebSocket, message: string) => void) {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  let connections = 0
  server.on('connection', (socket) => {
    connections += 1
    socket.on('message', (data: Buffer) => serve(socket, data.toString('utf8')))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    for (const client of server.clients) client.terminate()
    server.close()
    await new Promise((resolve) => http.close(resolve))
  })
  return { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v5/private`, connections: () => connections }
}

/** Watches until a hint that `met` accepts; the promise carries all hints so far. */
function watchUntil(
  options: Partial<WatchOptions> & { readonly url: string },
  met: (hints: readonly Hint[]) => boolean,
) {
  const hints: Hint[] = []
  const { promise, resolve } = Promise.withResolvers<readonly Hint[]>()
  const watching = watchVenue({
    transport: SOCKETS,
    publicUrl: null,
    credentials: { apiKey: new Secret(API_KEY), apiSecret: new Secret(API_SECRET) },
    symbols: [],
    clock: () => Date.now(),
    random: () => 0,
    timing: { pingMs: 40, pongMs: 40, settleMs: 300, backoffMs: 10 },
    ...options,
    listener: (hint) => {
      hints.push(hint)
      if (met(hints)) resolve(hints)
    },
  })
  return { watching, reached: promise }
}

const disconnections = (hints: readonly Hint[]): string[] =>
  hints.flatMap((hint) => (hint.kind === 'disconnected' ? [hint.detail] : []))

test('a stream that answers no ping is cut and connected anew', async (t) => {
  const { url, connections } = await serveStream(t, (socket, message) => {
    const { op } = JSON.parse(message) as { readonly op: string }
    if (op !== 'ping') socket.send(JSON.stringify({ success: true, ret_msg: '', op }))
  })
  const { watching, reached } = watchUntil({ url }, (hints) => disconnections(hints).length === 2)
  await using _watching = watching
  const hints = await reached
  assert.ok(connections() >= 2 && hints.some(({ kind }) => kind === 'connected'))
  assert.match(disconnections(hints)[0] ?? '', /no pong/)
})

test('a login that is refused is said, and tried again; it is never connected', async (t) => {
  const { url } = await serveStream(t, (socket) => {
    socket.send(JSON.stringify({ success: false, ret_msg: 'Params Error', op: 'auth' }))
    socket.close()
  })
  const { watching, reached } = watchUntil({ url }, (hints) => disconnections(hints).length === 2)
  await using _watching = watching
  const hints = await reached
  assert.ok(hints.every(({ kind }) => kind !== 'connected'))
  assert.match(disconnections(hints)[0] ?? '', /auth: Params Error/)
})

test('marks that are lost are no loss of the account: only the private stream is announced', async (t) => {
  const account = await openSimulatedAccount(t)
  const hints: Hint[] = []
  let wake = (): void => undefined
  await using _watching = account.broker.watch((hint) => {
    hints.push(hint)
    wake()
  })
  const until = async (what: string, met: () => boolean): Promise<void> => {
    const limit = AbortSignal.timeout(20_000)
    while (!met()) {
      await new Promise<void>((resolve, reject) => {
        wake = resolve
        limit.addEventListener('abort', () => reject(new Error(`no ${what}: ${JSON.stringify(hints)}`)), { once: true })
      })
    }
  }
  const marks = (): number => hints.filter((hint) => hint.kind === 'mark' && hint.marks.has('BTC-PERP')).length
  await until('connection', () => hints.some(({ kind }) => kind === 'connected'))
  await until('mark', () => marks() > 0)
  const before = marks()
  const cut = { fault: { kind: 'drop-socket' }, match: { topic: 'tickers' } } as const
  account.venue.faults.add(faultRule.parse(cut))
  account.venue.engine.operator.setPrices('BTCUSDT', { mark: '100100' })
  // The snapshot of the next connection.
  await until('mark again', () => marks() > before)
  assert.deepEqual(
    hints.filter(({ kind }) => kind === 'connected' || kind === 'disconnected').map(({ kind }) => kind),
    ['connected'],
  )
  account.venue.dropSockets(TRADER)
  await until('second connection', () => hints.filter(({ kind }) => kind === 'connected').length === 2)
})

test('many symbols are subscribed in several requests', async (t) => {
  const requests: number[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const { url } = await serveStream(t, (_socket, message) => {
    const { op, args = [] } = JSON.parse(message) as { readonly op: string; readonly args?: readonly string[] }
    if (op === 'subscribe' && args[0]?.startsWith('tickers.') === true) requests.push(args.length)
    if (requests.length === 3) resolve()
  })
  const symbols = Array.from({ length: 450 }, (_, index) => `C${index}USDT`)
  const { watching } = watchUntil({ url, publicUrl: url, symbols, timing: {} }, () => false)
  await using _watching = watching
  await promise
  assert.deepEqual(requests, [200, 200, 50])
})
