/** Signatures: the venue's formula, the same bytes for the same request, and nothing but reads and order entry. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { RestClientV5 } from 'bybit-api'
import fc from 'fast-check'
import { CommandRefused } from '#brokers/errors.ts'
import {
  ACCOUNT_PATHS,
  MARKET_PATHS,
  ORDER_PATHS,
  signerOf,
  signRequest,
  streamLogin,
} from '#brokers/bybit/signature.ts'
import { Secret } from '#config/secret.ts'
import { decimalString } from '#domain/decimal.ts'
import { entryOf, refOf } from '#test/brokers/orders.ts'
import { NOW, openScriptedVenue, serveBybit } from './scripted-venue.ts'
import { API_KEY, API_SECRET } from './simulated-account.ts'

const credentials = { apiKey: new Secret(API_KEY), apiSecret: new Secret(API_SECRET) }
const hmac = (text: string): string => createHmac('sha256', API_SECRET).update(text).digest('hex')

test('a request is signed over timestamp, key, window and the exact payload (reference B2)', () => {
  const payload = '{"category":"linear","symbol":"BTCUSDT"}'
  const request = { path: '/v5/order/create', payload, timestamp: 1_672_211_918_471, recvWindowMs: 5_000 }
  assert.deepEqual(signRequest(credentials, request), {
    'x-bapi-api-key': API_KEY,
    'x-bapi-timestamp': '1672211918471',
    'x-bapi-recv-window': '5000',
    'x-bapi-sign': hmac(`1672211918471${API_KEY}5000${payload}`),
  })
})

test("the venue's own client signs the same bytes the same way", async (t) => {
  const { url, asked } = await serveBybit(t, {})
  const client = new RestClientV5({ key: API_KEY, secret: API_SECRET, baseUrl: url })
  await client.getExecutionList({ category: 'linear', cursor: '132766%3A2%2C132766%3A2', limit: 100 })
  await client.submitOrder({ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '1' })
  assert.deepEqual(
    asked.map(({ method }) => method),
    ['GET', 'POST'],
  )
  for (const { path, method, queryText, body, headers } of asked) {
    const signed = signRequest(credentials, {
      path,
      payload: method === 'GET' ? queryText : body,
      timestamp: Number(headers['x-bapi-timestamp']),
      recvWindowMs: Number(headers['x-bapi-recv-window']),
    })
    assert.equal(signed['x-bapi-sign'], headers['x-bapi-sign'])
  }
  assert.match(asked[0]?.queryText ?? '', /cursor=132766%253A2%252C132766%253A2/)
})

test('the stream is logged in with a signature over its expiry (reference B9)', () => {
  assert.deepEqual(JSON.parse(streamLogin(credentials, 1_662_350_400_000)), {
    op: 'auth',
    args: [API_KEY, 1_662_350_400_000, hmac('GET/realtime1662350400000')],
  })
})

test('no other path can be signed: nothing that moves funds, changes the key, or was never thought of', () => {
  const signed = (path: string): unknown =>
    signRequest(credentials, { path, payload: '', timestamp: 1, recvWindowMs: 1 })
  const dangerous = [
    '/v5/asset/withdraw/create',
    '/v5/asset/transfer/inter-transfer',
    '/v5/asset/transfer/universal-transfer',
    '/v5/account/demo-apply-money',
    '/v5/user/update-api',
    '/v5/user/create-sub-api',
    '/v5/position/set-leverage',
    '/v5/order/create-batch',
    '/v5/order/create/../../asset/withdraw/create',
    '/v5/order/create?',
    ...MARKET_PATHS,
    '',
  ]
  for (const path of dangerous) assert.throws(() => signed(path), CommandRefused, path)
  const allowed = new Set<string>([...ORDER_PATHS, ...ACCOUNT_PATHS])
  const words = ['v5', 'order', 'asset', 'account', 'user', 'create', 'cancel', 'withdraw', 'list', '..', '']
  const path = fc.array(fc.oneof(fc.constantFrom(...words), fc.string())).map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(path, (candidate) => {
      if (!allowed.has(candidate)) assert.throws(() => signed(candidate), CommandRefused)
    }),
    { numRuns: 1_000 },
  )
})

test('the same bytes with the same headers go out each time: what was prepared decides, not when it is sent', async (t) => {
  let now = NOW
  const { broker, asked } = await openScriptedVenue(t, {}, { clock: () => now })
  const entry = entryOf('a', { limitPrice: decimalString('100000') })
  const request = await broker.prepare(entry, { nonce: 9, now: NOW })
  await broker.send(request, entry)
  now += 4_000
  await broker.send(request, entry)
  const sent = asked.filter(({ method }) => method === 'POST').map(({ body, headers }) => [body, signedPart(headers)])
  assert.equal(sent.length, 2)
  assert.deepEqual(sent[0], sent[1])
  assert.deepEqual(
    [request.nonce, request.deadline, request.preparedAt, sent[0]?.[0]],
    [null, NOW + 5_000, NOW, request.body],
  )
  // Also after a change of the configuration: the window that was promised is the one that is asked for.
  assert.deepEqual(asked.at(-1)?.headers['x-bapi-recv-window'], '5000')
  await broker.send({ ...request, deadline: NOW + 7_000 }, entry)
  assert.deepEqual(asked.find(({ headers }) => headers['x-bapi-recv-window'] === '7000')?.method, 'POST')
})

test('market data is asked without the key; the secret is nowhere in what is kept', async (t) => {
  const { broker, asked } = await openScriptedVenue(t, {})
  await broker.readMarks()
  assert.ok(asked.every(({ headers }) => headers['x-bapi-api-key'] === undefined))
  await broker.findOrder(refOf('a'))
  assert.ok(asked.at(-1)?.headers['x-bapi-sign'] !== undefined)
  const request = await broker.prepare(entryOf('a'), { nonce: 1, now: NOW })
  assert.ok(!JSON.stringify([request, broker]).includes(API_SECRET))
  assert.deepEqual([broker.signer, request.signer], [signerOf(credentials), signerOf(credentials)])
  assert.ok(!broker.signer.includes(API_KEY))
})

function signedPart(headers: Readonly<Record<string, unknown>>): unknown[] {
  return ['x-bapi-api-key', 'x-bapi-timestamp', 'x-bapi-recv-window', 'x-bapi-sign'].map((name) => headers[name])
}
