/** One fill for tests of the decisions. */
import { decimalString } from '#domain/decimal.ts'
import { type Fill, fillIdOf } from '#domain/fill.ts'
import type { ClientOrderId } from '#domain/ids.ts'

export interface Trade {
  readonly side: 'buy' | 'sell'
  readonly size: string
  /** Signed position before it. */
  readonly start: string
  readonly clientOrderId: ClientOrderId | null
  /** Number of the trade: makes order id, trade id and time. */
  readonly n: number
  readonly price?: string
  readonly closedPnl?: string
  readonly fee?: string
}

export function trade({
  side,
  size,
  start,
  clientOrderId,
  n,
  price = '100',
  closedPnl = '0',
  fee = '0.1',
}: Trade): Fill {
  const time = 1_800_000_000_000 + n
  return {
    fillId: fillIdOf('account', 'BTC', time, String(n), String(n)),
    account: 'account',
    venue: 'hyperliquid',
    instrument: 'BTC-PERP',
    side,
    price: decimalString(price),
    size: decimalString(size),
    time,
    startPosition: decimalString(start),
    closedPnl: decimalString(closedPnl),
    fee: decimalString(fee),
    feeToken: 'USDC',
    venueOrderId: String(n),
    tradeId: String(n),
    clientOrderId,
    liquidity: 'taker',
    direction: 'Open Long',
    liquidation: null,
    hash: '0x0',
    raw: {},
  }
}
