/** A Bybit venue for one test, with a funded account and a signed way to speak to it. */
import { createHmac } from 'node:crypto'
import type { TestContext } from 'node:test'
import { controlBybit, type BybitControl } from '#simulators/bybit/control/client.ts'
import { type BybitVenueOptions, type RunningVenue, startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import { type BeforeStop, stopAfterTest } from '#test/simulators/stop-after-test.ts'

export const ACCOUNT = 'alice'
export const KEY = 'ALICEKEY'
export const SECRET = 'secret-of-alice'

/** A venue that stops with its test. */
export interface TestVenue extends RunningVenue {
  readonly control: BybitControl
  /** Closes a client before the venue stops, also when the test fails. */
  readonly beforeStop: BeforeStop
}

/** Starts a venue where alice holds 10,000 USDT and a trade-only key; stops it after the test. */
export async function runVenue(context: TestContext, options: BybitVenueOptions = {}): Promise<TestVenue> {
  const venue = await startBybitVenue(options)
  const beforeStop = stopAfterTest(context, venue)
  const control = controlBybit(venue.url)
  await control.call('createAccount', { account: ACCOUNT, apiKey: KEY, apiSecret: SECRET })
  await control.call('deposit', { account: ACCOUNT, amount: '10000' })
  return { ...venue, control, beforeStop }
}

/** Address of a stream of the venue. */
export function streamUrl(venue: RunningVenue, path: '/v5/private' | '/v5/trade' | '/v5/public/linear'): string {
  return venue.url.replace('http', 'ws') + path
}

/** What the venue answered. */
export interface RestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly retCode: number
  readonly retMsg: string
  /** Loosely typed: tests look at what came over the wire. */
  readonly result: Readonly<Record<string, unknown>> & {
    readonly list: readonly Readonly<Record<string, unknown>>[]
    readonly nextPageCursor: string
  }
}

/** What a test may do wrongly. */
export interface Signing {
  readonly key?: string
  readonly secret?: string
  readonly timestamp?: number
  readonly recvWindow?: string
  /** Signed in place of what is sent. */
  readonly payload?: string
}

/** A signed GET with exactly this query string. */
export async function get(venue: RunningVenue, path: string, query = '', signing: Signing = {}): Promise<RestAnswer> {
  const response = await fetch(`${venue.url}${path}${query === '' ? '' : `?${query}`}`, {
    headers: signedHeaders(venue, query, signing),
  })
  return answerOf(response)
}

/** A signed POST with exactly this body. */
export async function post(
  venue: RunningVenue,
  path: string,
  body: object,
  signing: Signing = {},
): Promise<RestAnswer> {
  const text = JSON.stringify(body)
  const headers = { ...signedHeaders(venue, text, signing), 'content-type': 'application/json' }
  return answerOf(await fetch(venue.url + path, { method: 'POST', headers, body: text }))
}

/** A signed order of the linear category; what is not given is a market buy of 0.01 BTC. */
export async function createOrder(venue: RunningVenue, order: object, signing: Signing = {}): Promise<RestAnswer> {
  const standard = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' }
  return post(venue, '/v5/order/create', { ...standard, ...order }, signing)
}

function signedHeaders(venue: RunningVenue, payload: string, signing: Signing): Record<string, string> {
  const { key = KEY, secret = SECRET, recvWindow = '5000', timestamp = venue.engine.now() } = signing
  const text = `${timestamp}${key}${recvWindow}${signing.payload ?? payload}`
  return {
    'X-BAPI-API-KEY': key,
    'X-BAPI-TIMESTAMP': String(timestamp),
    'X-BAPI-RECV-WINDOW': recvWindow,
    'X-BAPI-SIGN': createHmac('sha256', secret).update(text).digest('hex'),
  }
}

async function answerOf(response: Response): Promise<RestAnswer> {
  const text = await response.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as Partial<RestAnswer>) : {}
  return {
    status: response.status,
    headers: response.headers,
    text,
    retCode: json.retCode ?? -1,
    retMsg: json.retMsg ?? '',
    result: json.result ?? { list: [], nextPageCursor: '' },
  }
}
