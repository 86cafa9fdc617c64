/** Sessions ask and send listed paths only, whatever they are told: nothing that moves value can be said. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { type OrderPath, type ReadPath, signRequest } from '#brokers/bybit/signature.ts'
import { VenueSession as BybitSession } from '#brokers/bybit/session.ts'
import { CommandRefused } from '#brokers/errors.ts'
import type { HttpClient } from '#brokers/http-request.ts'
import { PATHS } from '#brokers/projectx/error-codes.ts'
import { RequestWindow } from '#brokers/projectx/request-window.ts'
import { VenueSession as ProjectXSession } from '#brokers/projectx/session.ts'
import { WeightBudget } from '#brokers/rate-limit.ts'
import { Secret } from '#config/secret.ts'
import { runs } from './runs.ts'

/** Paths near the listed ones, and what moves value at these venues. */
function pathsNear(listed: readonly string[], forbidden: readonly string[]): fc.Arbitrary<string> {
  const near = fc
    .constantFrom(...listed)
    .chain((path) =>
      fc.constantFrom(
        path.toUpperCase(),
        `${path}/`,
        `${path}?a=b`,
        `${path} `,
        `/${path}`,
        path.slice(1),
        `${path}/../../asset/withdraw/create`,
        `${path}#`,
        path.replace('/', '/%2e%2e/'),
      ),
    )
  return fc
    .oneof(
      fc.constantFrom(...forbidden),
      near,
      fc.webPath(),
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString'),
    )
    .filter((path) => !listed.includes(path))
}

/** A door that must stay shut. */
function shutDoor(seen: string[], open: (path: string) => string | null): HttpClient {
  const take = async (path: string) => {
    seen.push(path)
    const body = open(path)
    assert.notEqual(body, null, `${path} reached the wire`)
    return { kind: 'answer', status: 200, body: body ?? '', serverDate: null, headers: {} } as const
  }
  return { post: take, get: take, close: async () => {} }
}

const BYBIT_LISTED = [
  '/v5/order/create',
  '/v5/order/cancel',
  '/v5/account/transaction-log',
  '/v5/account/wallet-balance',
  '/v5/execution/list',
  '/v5/order/history',
  '/v5/order/realtime',
  '/v5/position/closed-pnl',
  '/v5/position/list',
  '/v5/user/query-api',
  '/v5/market/instruments-info',
  '/v5/market/tickers',
  '/v5/market/time',
] as const
const BYBIT_FORBIDDEN = [
  '/v5/asset/withdraw/create',
  '/v5/asset/withdraw/cancel',
  '/v5/asset/transfer/inter-transfer',
  '/v5/asset/transfer/universal-transfer',
  '/v5/asset/exchange/convert-execute',
  '/v5/user/create-sub-api',
  '/v5/user/update-api',
  '/v5/user/delete-api',
  '/v5/account/set-margin-mode',
  '/v5/order/create-batch',
  '/v5/order/amend',
  '/v5/position/set-leverage',
  '/v5/spot-lever-token/purchase',
  '/v5/earn/place-order',
] as const

test('Bybit: no path outside the list is signed, asked or sent', async () => {
  const seen: string[] = []
  const credentials = {
    apiKey: new Secret('key-of-the-hostile-test'),
    apiSecret: new Secret('secret-of-the-hostile-test'),
  }
  const budget = new WeightBudget({ perMinute: 1e9, reserve: 0, clock: () => 0 })
  const session = new BybitSession(
    shutDoor(seen, () => null),
    budget,
    {
      credentials,
      timeouts: { readMs: 100, sendMs: 100, budgetMs: 0 },
      recvWindowMs: 5_000,
      clock: () => 1,
    },
  )
  const request = { signer: 's', nonce: null, deadline: 5_000, body: '{"amount":"1"}', preparedAt: 1 }
  const schema = z.unknown()
  await fc.assert(
    fc.asyncProperty(pathsNear(BYBIT_LISTED, BYBIT_FORBIDDEN), async (path) => {
      assert.throws(
        () => signRequest(credentials, { path, payload: '', timestamp: 1, recvWindowMs: 1 }),
        CommandRefused,
      )
      await assert.rejects(session.send(path as OrderPath, request, 'urgent'), CommandRefused)
      await assert.rejects(session.read(path as ReadPath, {}, schema), CommandRefused)
    }),
    runs(300),
  )
  assert.deepEqual(seen, [])
})

const PROJECTX_FORBIDDEN = [
  '/api/Account/withdraw',
  '/api/Account/transfer',
  '/api/Payout/request',
  '/api/Order/modify',
  '/api/Position/closeContract',
  '/api/Position/partialCloseContract',
  '/api/Auth/logout',
  '/api/Auth/loginApp',
] as const

test('ProjectX: no path outside the list reaches the wire', async () => {
  const seen: string[] = []
  const token = '{"success":true,"errorCode":0,"errorMessage":null,"token":"token-of-the-hostile-test"}'
  const door = shutDoor(seen, (path) => (path === '/api/Auth/loginKey' ? token : null))
  const window = (): RequestWindow => new RequestWindow({ requests: 1e9, windowMs: 1_000, reserve: 0, clock: () => 0 })
  const session = new ProjectXSession(door, {
    login: { userName: 'user', apiKey: new Secret('key-of-the-hostile-test') },
    timeouts: { readMs: 100, sendMs: 100, budgetMs: 0 },
    general: window(),
    bars: window(),
    clock: () => 1,
  })
  const schema = z.unknown()
  await fc.assert(
    fc.asyncProperty(pathsNear(PATHS, PROJECTX_FORBIDDEN), async (path) => {
      await assert.rejects(session.transmit(path as '/api/Order/place', '{}', 'urgent'), CommandRefused)
      await assert.rejects(session.read(path as '/api/Account/search', {}, schema), CommandRefused)
    }),
    runs(200),
  )
  assert.deepEqual(new Set(seen), new Set(['/api/Auth/loginKey']))
})
