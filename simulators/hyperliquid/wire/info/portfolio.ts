/** portfolio: account value, profit and volume per period. Values are points in time that the venue can prove, not a drawn curve. */
import { Decimal, type DecimalString, toDecimalString } from '#domain/decimal.ts'
import { sumText, wireNumber } from '#simulators/hyperliquid/wire/render/number.ts'
import type { InfoContext } from './info-request.ts'

const DAY_MS = 86_400_000
const PERIODS: readonly (readonly [name: string, length: number])[] = [
  ['day', DAY_MS],
  ['week', 7 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['allTime', Infinity],
  ['perpDay', DAY_MS],
  ['perpWeek', 7 * DAY_MS],
  ['perpMonth', 30 * DAY_MS],
  ['perpAllTime', Infinity],
]

/** portfolio of an account: eight periods with a first and a last point. */
export function portfolio(context: InfoContext, user: string): unknown[] {
  const { venue } = context
  const now = venue.now()
  const ledger = venue.oracle.ledger(user)
  return PERIODS.map(([name, length]) => {
    const since = now - length
    const fills = ledger.fills.filter((fill) => fill.time >= since)
    const profit = sumText([
      ...fills.map((fill) => fill.closedPnl),
      ...fills.map((fill) => negated(fill.fee)),
      ...ledger.funding.filter((payment) => payment.time >= since).map((payment) => payment.usdc),
      ledger.equity.unrealized,
    ])
    const moved = ledger.updates.filter((update) => update.time >= since).map((update) => update.effect)
    const value = ledger.equity.accountValue
    const before = sumText([value, negated(profit), ...moved.map(negated)])
    const start = Math.max(Number.isFinite(since) ? since : 0, firstTime(ledger, now))
    return [
      name,
      {
        accountValueHistory: [
          [start, wireNumber(before)],
          [now, wireNumber(value)],
        ],
        pnlHistory: [
          [start, '0.0'],
          [now, wireNumber(profit)],
        ],
        vlm: wireNumber(volumeOf(fills)),
      },
    ]
  })
}

function firstTime(ledger: { readonly updates: readonly { readonly time: number }[] }, now: number): number {
  return ledger.updates[0]?.time ?? now
}

function negated(value: DecimalString): DecimalString {
  return toDecimalString(new Decimal(value).negated())
}

function volumeOf(fills: readonly { readonly px: DecimalString; readonly sz: DecimalString }[]): DecimalString {
  return toDecimalString(fills.reduce((sum, { px, sz }) => sum.plus(new Decimal(px).times(sz)), new Decimal(0)))
}
