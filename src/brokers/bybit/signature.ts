/**
 * Signs requests of the venue's interface and nothing else: the allow-list holds reads and order entry only, so that even with a
 * key that could move funds this process has no way to ask for it. Source: Bybit V5 "Integration guidance", reference section B2.
 */
import { createHash, createHmac } from 'node:crypto'
import { CommandRefused } from '#brokers/errors.ts'
import type { Headers } from '#brokers/http-request.ts'

/** A text that can be read but not printed (the configuration's `Secret` is one). */
export interface ApiSecret {
  reveal(): string
}

export const ORDER_PATHS = ['/v5/order/create', '/v5/order/cancel'] as const
export const ACCOUNT_PATHS = [
  '/v5/account/transaction-log',
  '/v5/account/wallet-balance',
  '/v5/execution/list',
  '/v5/order/history',
  '/v5/order/realtime',
  '/v5/position/closed-pnl',
  '/v5/position/list',
  '/v5/user/query-api',
] as const
/** Open to all: never signed, so that a key gone bad does not hide the market. */
export const MARKET_PATHS = ['/v5/market/instruments-info', '/v5/market/tickers', '/v5/market/time'] as const
export type OrderPath = (typeof ORDER_PATHS)[number]
export type AccountPath = (typeof ACCOUNT_PATHS)[number]
export type MarketPath = (typeof MARKET_PATHS)[number]
export type ReadPath = AccountPath | MarketPath

const SIGNED: ReadonlySet<string> = new Set<string>([...ORDER_PATHS, ...ACCOUNT_PATHS])
const OPEN: ReadonlySet<string> = new Set<string>(MARKET_PATHS)

export interface Credentials {
  readonly apiKey: ApiSecret
  readonly apiSecret: ApiSecret
}

export interface RequestToSign {
  readonly path: string
  /** The exact query string of a GET, the exact body of a POST. */
  readonly payload: string
  /** Ms since epoch; the venue takes the request up to `recvWindowMs` later. */
  readonly timestamp: number
  readonly recvWindowMs: number
}

/** Whether a path is asked without a signature. */
export function isOpenPath(path: string): path is MarketPath {
  return OPEN.has(path)
}

/** Signs one request; same input, same signature. @throws CommandRefused for a path that is not on the list */
export function signRequest(credentials: Credentials, request: RequestToSign): Headers {
  const { path, payload, timestamp, recvWindowMs } = request
  if (!SIGNED.has(path)) throw new CommandRefused(`Only reads and order entry can be signed; refused ${path}.`)
  const key = credentials.apiKey.reveal()
  return {
    'x-bapi-api-key': key,
    'x-bapi-timestamp': String(timestamp),
    'x-bapi-recv-window': String(recvWindowMs),
    'x-bapi-sign': hmac(credentials, `${timestamp}${key}${recvWindowMs}${payload}`),
  }
}

/** The stream's login; `expires` in ms since epoch. */
export function streamLogin(credentials: Credentials, expires: number): string {
  const args = [credentials.apiKey.reveal(), expires, hmac(credentials, `GET/realtime${expires}`)]
  return JSON.stringify({ op: 'auth', args })
}

/** Names the key in rows and logs without showing it. */
export function signerOf({ apiKey }: Credentials): string {
  return `bybit-${createHash('sha256').update(apiKey.reveal()).digest('hex').slice(0, 16)}`
}

function hmac({ apiSecret }: Credentials, text: string): string {
  return createHmac('sha256', apiSecret.reveal()).update(text).digest('hex')
}
