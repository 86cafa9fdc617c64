/** candleSnapshot: candles made of the marks the venue has kept. Volumes come from trades still remembered. */
import { z } from 'zod'
import { Decimal, type DecimalString, toDecimalString } from '#domain/decimal.ts'
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import { wireNumber } from '#simulators/hyperliquid/wire/render/number.ts'
import { absentable, unsignedInteger } from '#simulators/hyperliquid/wire/scalars.ts'
import { infoRequest } from './info-request.ts'

const MINUTE_MS = 60_000
const INTERVAL_MS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '2h': 120 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '8h': 480 * MINUTE_MS,
  '12h': 720 * MINUTE_MS,
  '1d': 1440 * MINUTE_MS,
  '3d': 3 * 1440 * MINUTE_MS,
  '1w': 7 * 1440 * MINUTE_MS,
  '1M': 30 * 1440 * MINUTE_MS,
}
const MAX_CANDLES = 5000

/** A candle as the wire prints it: open and close time, symbol, interval, prices, volume, trade count. */
export interface Candle {
  readonly t: number
  readonly T: number
  readonly s: string
  readonly i: string
  readonly o: string
  readonly c: string
  readonly h: string
  readonly l: string
  readonly v: string
  readonly n: number
}

/** Whether the venue knows a candle interval. */
export function isCandleInterval(interval: string): boolean {
  return Object.hasOwn(INTERVAL_MS, interval)
}

/** Candles of a coin, oldest first, whose open time lies in the range (ms, inclusive). */
export function candles(venue: Venue, coin: string, interval: string, startTime: number, endTime: number): Candle[] {
  const length = INTERVAL_MS[interval] ?? MINUTE_MS
  const open = new Map<number, DecimalString[]>()
  for (const { time, px } of venue.market.marks(coin)) {
    const start = time - (time % length)
    if (start < startTime - (startTime % length) || start > endTime) continue
    const prices = open.get(start)
    if (prices === undefined) open.set(start, [px])
    else prices.push(px)
  }
  return [...open]
    .slice(-MAX_CANDLES)
    .map(([start, prices]) => candle(venue, coin, { interval, start, end: start + length - 1 }, prices))
}

function candle(
  venue: Venue,
  coin: string,
  span: { readonly interval: string; readonly start: number; readonly end: number },
  prices: readonly DecimalString[],
): Candle {
  const trades = venue.market.trades(coin).filter(({ time }) => time >= span.start && time <= span.end)
  const print = (value: Decimal) => wireNumber(toDecimalString(value))
  const first = new Decimal(prices[0] ?? 0)
  return {
    t: span.start,
    T: span.end,
    s: coin,
    i: span.interval,
    o: print(first),
    c: print(new Decimal(prices.at(-1) ?? 0)),
    h: print(Decimal.max(first, ...prices)),
    l: print(Decimal.min(first, ...prices)),
    v: print(trades.reduce((sum, { sz }) => sum.plus(sz), new Decimal(0))),
    n: trades.length,
  }
}

/** Request types of this group. */
export const candleInfo = {
  candleSnapshot: infoRequest(
    {
      schema: z.object({
        req: z.object({
          coin: z.string(),
          interval: z.string().refine(isCandleInterval),
          startTime: unsignedInteger,
          endTime: absentable(unsignedInteger),
        }),
      }),
      rowsPerWeight: 60,
    },
    ({ req }, { venue }) => candles(venue, req.coin, req.interval, req.startTime, req.endTime ?? venue.now()),
  ),
} as const
