/** /info on fills (reference section 4.3). `aggregateByTime` merges partial fills of one order in one ms. */
import { z } from 'zod'
import { Decimal, toDecimalString } from '#domain/decimal.ts'
import type { Fill } from '#simulators/hyperliquid/engine/record.ts'
import { fillRow } from '#simulators/hyperliquid/wire/render/fill.ts'
import { sumText } from '#simulators/hyperliquid/wire/render/number.ts'
import { absentable } from '#simulators/hyperliquid/wire/scalars.ts'
import { rangeOf, timeRange, user } from './info-fields.ts'
import { infoRequest } from './info-request.ts'

const aggregateByTime = absentable(z.boolean())

/** Request types of this group. */
export const fillInfo = {
  userFills: infoRequest({ schema: z.object({ user, aggregateByTime }), rowsPerWeight: 20 }, (request, { account }) =>
    rows(account.fills(request.user), request.aggregateByTime),
  ),
  userFillsByTime: infoRequest(
    {
      schema: z.object({ user, ...timeRange, aggregateByTime, reversed: absentable(z.boolean()) }),
      rowsPerWeight: 20,
    },
    (request, { account }) => {
      const range = { ...rangeOf(request), ...(request.reversed === true ? { reversed: true } : {}) }
      return rows(account.fillsByTime(request.user, range), request.aggregateByTime)
    },
  ),
} as const

function rows(fills: readonly Fill[], aggregate: boolean | undefined): object[] {
  return (aggregate === true ? aggregated(fills) : fills).map(fillRow)
}

/** Merges neighbours of one order and ms; price is the size-weighted average. */
function aggregated(fills: readonly Fill[]): readonly Fill[] {
  const merged: Fill[] = []
  for (const fill of fills) {
    const last = merged.at(-1)
    if (last === undefined || last.oid !== fill.oid || last.time !== fill.time) {
      merged.push(fill)
      continue
    }
    const notional = new Decimal(last.px).times(last.sz).plus(new Decimal(fill.px).times(fill.sz))
    const sz = sumText([last.sz, fill.sz])
    merged[merged.length - 1] = {
      ...last,
      sz,
      px: toDecimalString(notional.dividedBy(sz).toSignificantDigits(8)),
      closedPnl: sumText([last.closedPnl, fill.closedPnl]),
      fee: sumText([last.fee, fill.fee]),
    }
  }
  return merged
}
