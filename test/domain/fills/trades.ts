/**
 * A small venue for tests: trades in lots and ticks become fills with start positions and closed PnL. Written apart from
 * the code under test (integers and the venue's float step), so that agreement means something.
 */
import fc from 'fast-check'
import { type DecimalString, decimalString } from '#domain/decimal.ts'
import { type Fill, fillIdOf } from '#domain/fill.ts'

export const SIZE_DECIMALS = 2

/** One trade: lots signed (positive buys), price in ticks of 0.0001, whether a millisecond passes before it. */
export interface Trade {
  readonly lots: number
  readonly ticks: number
  readonly later: boolean
}

/** Trades of up to ±30 lots; flips, dust and many trades in one millisecond are common. */
export const trades = fc.array(
  fc.record({
    lots: fc.integer({ min: -30, max: 30 }).filter((lots) => lots !== 0),
    ticks: fc.integer({ min: 1, max: 9_999_999 }),
    later: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
)

/** Trades of one lot either way, most within one millisecond: the chain leaves many orders open. */
export const oneLotTrades = fc
  .array(fc.record({ up: fc.boolean(), ticks: fc.integer({ min: 1, max: 999 }), later: fc.nat(5) }), {
    minLength: 4,
    maxLength: 40,
  })
  .map((history) => history.map(({ up, ticks, later }): Trade => ({ lots: up ? 1 : -1, ticks, later: later === 0 })))

/** Fills a venue would report for these trades, in order, from flat; closed PnL by Hyperliquid's own rounding of the entry. */
export function fillsOf(history: readonly Trade[], overrides: Partial<Fill> = {}): Fill[] {
  let position = 0
  let time = 1_700_000_000_000
  let entry = { microUsd: 0, lots: 0 }
  return history.map(({ lots, ticks, later }, index) => {
    if (later) time += 1
    const start = position
    position += lots
    const closing = start !== 0 && Math.sign(start) !== Math.sign(lots) ? Math.min(Math.abs(start), Math.abs(lots)) : 0
    let pnl = 0
    if (closing > 0) {
      pnl = Math.sign(start) * closing * (ticks - Math.floor(entry.microUsd / entry.lots))
      const left = entry.lots - closing
      entry = { microUsd: Math.trunc(entry.microUsd * (left / entry.lots)), lots: left }
    }
    const opening = Math.abs(lots) - closing
    if (opening > 0) entry = { microUsd: entry.microUsd + opening * ticks, lots: entry.lots + opening }
    return fillOf(
      {
        side: lots > 0 ? 'buy' : 'sell',
        size: scaled(Math.abs(lots), SIZE_DECIMALS),
        price: scaled(ticks, 6 - SIZE_DECIMALS),
        time,
        startPosition: scaled(start, SIZE_DECIMALS),
        closedPnl: scaled(pnl, 6),
        fee: scaled(Math.round(Math.abs(lots) * ticks * 0.00045), 6),
        // Ids of the venue say nothing about order: make them descend.
        venueOrderId: String(9999 - index),

        tradeId: String(1_000_000 - index * 7),
      },
      overrides,
    )
  })
}

/** A fill with plain defaults; the id follows from its fields. */
export function fillOf(fields: Partial<Fill>, overrides: Partial<Fill> = {}): Fill {
  const fill = {
    account: 'hl-test',
    venue: 'hyperliquid',
    instrument: 'SOL-PERP',
    side: 'buy',
    price: decimalString('100'),
    size: decimalString('1'),
    time: 1_700_000_000_000,
    startPosition: decimalString('0'),
    closedPnl: decimalString('0'),
    fee: decimalString('0'),
    feeToken: 'USDC',
    venueOrderId: '1',
    tradeId: '1',
    clientOrderId: null,
    liquidity: 'taker',
    direction: 'whatever the venue says',
    liquidation: null,
    hash: '0x00',
    raw: {},
    ...fields,
    ...overrides,
  } as const
  const { account, instrument, time, venueOrderId, tradeId } = fill
  return { ...fill, fillId: fillIdOf(account, instrument, time, venueOrderId, tradeId) }
}

/** Exact text of an integer scaled down by decimals. */
export function scaled(units: number, decimals: number): DecimalString {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0')
  const split = digits.length - decimals
  return decimalString(`${units < 0 ? '-' : ''}${digits.slice(0, split)}.${digits.slice(split)}`)
}

/** Rearranges by a list of sort keys: a shuffle that fast-check can shrink. */
export function shuffled<Item>(items: readonly Item[], keys: readonly number[]): Item[] {
  return items
    .map((item, index) => ({ item, key: keys[index % Math.max(1, keys.length)] ?? 0, index }))
    .toSorted((a, b) => a.key - b.key || b.index - a.index)
    .map(({ item }) => item)
}
