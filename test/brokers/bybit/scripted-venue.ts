/** A Bybit of canned answers: for words and forms that no well-behaved simulator says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { type BybitOptions, openBybitBroker } from '#brokers/bybit/bybit-broker.ts'
import { Secret } from '#config/secret.ts'
import { API_KEY, API_SECRET } from './simulated-account.ts'

/** A request as received. */
export interface Asked {
  readonly method: string
  readonly path: string
  /** Exactly as sent, without the question mark. */
  readonly queryText: string
  readonly query: URLSearchParams
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

/** Results by path, or what a request makes of them; a `Refused` answers its code. */
export type Answers = Readonly<Record<string, unknown>>

/** An answer that is no success. */
export class Refused {
  readonly retCode: number
  readonly retMsg: string
  constructor(retCode: number, retMsg = '') {
    this.retCode = retCode
    this.retMsg = retMsg
  }
}

/** The venue's time in all answers, ms. */
export const NOW = 1_780_000_000_000

/** BTCUSDT of reference section B5, a halted contract, one of another settlement and a dated one. */
export const INSTRUMENT_ROWS: readonly object[] = [
  instrumentRow({}),
  instrumentRow({ symbol: 'OLDUSDT', status: 'Closed' }),
  instrumentRow({ symbol: 'BTCPERP', settleCoin: 'USDC' }),
  instrumentRow({ symbol: 'BTCUSDT-26DEC26', contractType: 'LinearFutures' }),
]

function instrumentRow(change: object): object {
  return {
    symbol: 'BTCUSDT',
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin: 'BTC',
    quoteCoin: 'USDT',
    leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
    priceFilter: { minPrice: '0.10', maxPrice: '1999999.80', tickSize: '0.10' },
    lotSizeFilter: {
      maxOrderQty: '1190.000',
      minOrderQty: '0.001',
      qtyStep: '0.001',
      postOnlyMaxOrderQty: '1190.000',
      maxMktOrderQty: '500.000',
      minNotionalValue: '5',
    },
    settleCoin: 'USDT',
    riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' },
    ...change,
  }
}

const EMPTY = { list: [], nextPageCursor: '', category: 'linear' }
const STANDARD: Answers = {
  '/v5/market/instruments-info': { ...EMPTY, list: INSTRUMENT_ROWS },
  '/v5/market/time': { timeSecond: String(NOW / 1_000), timeNano: `${NOW}000000` },
  '/v5/market/tickers': { ...EMPTY, list: [{ symbol: 'BTCUSDT', markPrice: '100000.00' }] },
}

/** Serves answers; `asked` collects the requests. What has no answer is an empty list. */
export async function serveBybit(
  t: TestContext,
  answers: Answers,
): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const [path = '', queryText = ''] = (request.url ?? '').split('?')
      const body = Buffer.concat(chunks).toString('utf8')
      const { method = '', headers } = request
      const question = { method, path, queryText, query: new URLSearchParams(queryText), body, headers }
      asked.push(question)
      const canned = { ...STANDARD, ...answers }[path]
      answer(response, typeof canned === 'function' ? (canned as (asked: Asked) => unknown)(question) : canned)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function answer(response: ServerResponse, result: unknown = EMPTY): void {
  const refused = result instanceof Refused
  const { retCode, retMsg } = refused ? result : { retCode: 0, retMsg: 'OK' }
  const envelope = { retCode, retMsg, result: refused ? {} : result, retExtInfo: {}, time: NOW }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(envelope))
}

/** A broker on canned answers. */
export async function openScriptedVenue(
  t: TestContext,
  answers: Answers,
  options: Partial<BybitOptions> = {},
): Promise<{ readonly broker: Broker; readonly asked: readonly Asked[] }> {
  const { url, asked } = await serveBybit(t, answers)
  const broker = await openBybitBroker({
    account: 'bybit-test',
    apiKey: new Secret(API_KEY),
    apiSecret: new Secret(API_SECRET),
    baseUrl: url,
    wsUrl: `${url.replace('http', 'ws')}/v5/private`,
    clock: () => NOW,
    resolver: { lookups: 3, spanMs: 20, marginMs: 1_000 },
    ...options,
  })
  t.after(() => broker.close())
  return { broker, asked }
}
