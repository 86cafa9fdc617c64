/**
 * Start positions of half-turns, which the venue does not state: counted back from what the account holds now over every trade since.
 * Each row says of itself whether it opened or closed; where that contradicts the count, something is missing or not settled yet and
 * nothing is claimed. Pure.
 */
import { type Decimal, type DecimalString, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import { effectOf } from '#domain/fill.ts'
import type { WireTrade } from './wire.ts'

/** A trade and the signed position before it. */
export interface ChainedTrade<Trade extends WireTrade = WireTrade> {
  readonly trade: Trade
  readonly startPosition: DecimalString
}

/** What the count came to. */
export interface TradeChain<Trade extends WireTrade = WireTrade> {
  /** Trades that stand, in the venue's order. */
  readonly trades: readonly ChainedTrade<Trade>[]
  /** Signed position before the first trade of each contract seen; of contracts without trades, what is held. Flat ones are absent. */
  readonly openings: ReadonlyMap<string, DecimalString>
  /** First contradiction between the count and what a row says of itself; null when there is none. */
  readonly contradiction: string | null
}

/**
 * Counts back from `held`, signed sizes by contract, over all trades up to the same instant. `disturbed`: contracts of which a trade was
 * void lately, though it may be older than these rows.
 */
export function chainTrades<Trade extends WireTrade>(
  rows: readonly Trade[],
  held: ReadonlyMap<string, DecimalString>,
  disturbed: ReadonlySet<string> = new Set(),
): TradeChain<Trade> {
  const trades = inVenueOrder(rows.filter(({ voided }) => !voided))
  // After a void trade the rows of its contract may still say what they were before it.
  const doubtful = new Set(rows.filter(({ voided }) => voided).map(({ contractId }) => contractId))
  const chained: ChainedTrade<Trade>[] = []
  const position = new Map<string, Decimal>([...held].map(([contract, size]) => [contract, decimal(size)]))
  const contradictions: string[] = []
  for (const trade of trades.toReversed()) {
    const after = position.get(trade.contractId) ?? ZERO
    const before = trade.side === 'buy' ? after.minus(trade.size) : after.plus(trade.size)
    const startPosition = toDecimalString(before)
    chained.push({ trade, startPosition })
    position.set(trade.contractId, before)
    if (!doubtful.has(trade.contractId) && !disturbed.has(trade.contractId) && !agrees(trade, startPosition)) {
      contradictions.push(describe(trade, startPosition))
    }
  }
  const openings = [...position].filter(([, size]) => !size.isZero())
  return {
    trades: chained.toReversed(),
    openings: new Map(openings.map(([contract, size]) => [contract, toDecimalString(size)])),
    contradiction: contradictions.at(-1) ?? null,
  }
}

function agrees(trade: WireTrade, startPosition: DecimalString): boolean {
  const { closed, opened } = effectOf({ ...trade, startPosition })
  return trade.profitAndLoss === null ? closed.isZero() : opened.isZero()
}

function describe(trade: WireTrade, start: DecimalString): string {
  const nature = trade.profitAndLoss === null ? 'opened' : 'closed'
  return `chain: trade ${trade.id} (${trade.side} ${trade.size} ${trade.contractId}) says that it ${nature}, but by the count it started from ${start}`
}

/** By time to the last digit; within one instant an order's closing half-turns come before its opening one, then by id. */
function inVenueOrder<Trade extends WireTrade>(trades: readonly Trade[]): Trade[] {
  const firstOfOrder = new Map<string, bigint>()
  const groupOf = (trade: WireTrade): string =>
    `${trade.creationTimestamp.ms}.${trade.creationTimestamp.below} ${trade.orderId}`
  for (const trade of trades) {
    const group = groupOf(trade)
    const id = BigInt(trade.id)
    const known = firstOfOrder.get(group)
    if (known === undefined || id < known) firstOfOrder.set(group, id)
  }
  const rank = (trade: WireTrade): readonly (number | bigint)[] => [
    trade.creationTimestamp.ms,
    trade.creationTimestamp.below,
    firstOfOrder.get(groupOf(trade)) ?? 0n,
    trade.profitAndLoss === null ? 1 : 0,
    BigInt(trade.id),
  ]
  return trades
    .map((trade) => ({ trade, rank: rank(trade) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank))
    .map(({ trade }) => trade)
}

function compareRanks(a: readonly (number | bigint)[], b: readonly (number | bigint)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? 0
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
