/**
 * Fills of an interval with a certificate of what they prove. Executions tell what traded; the transaction log, joined by trade, tells
 * the position after it and what it realised, which executions over REST do not carry (reference section B4). Each list checks the other:
 * where one lags, the fills from there on are withheld and the read says so.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { VENUE_AHEAD_MS } from '#domain/clock-offset.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills, groupFills } from '#domain/fill-chain.ts'
import type { FillRead } from '#brokers/broker.ts'
import { BrokerProtocolError, BrokerUnavailable } from '#brokers/errors.ts'
import { OrderFactsCache } from './order-facts.ts'
import type { OrderReads } from './order-reads.ts'
import { type Interval, readWindows, windowsOf } from './pages.ts'
import type { VenueSession } from './session.ts'
import { isSettledInUsdt } from './symbols.ts'
import { fillOf, isTrade, SETTLE_COIN } from './translate.ts'
import { isTradeRow, readLog } from './transaction-log.ts'
import { executionSchema, type ReceivedExecution, type WireTransaction } from './wire.ts'

const DAY_MS = 86_400_000
const PAGE = 100
/** The venue serves two years; a day less, because its clock is not ours. */
const VENUE_HISTORY_DAYS = 2 * 365 - 1
/** A log row may carry a slightly other time than its trade, ms. */
const SLACK_MS = 60_000
/** Looks at lists of which one lags, before the read says so. */
const LOOKS = 3

export interface HistoryTerms {
  readonly account: AccountId
  /** How far back a first read goes, days. */
  readonly historyDays: number
  readonly clock: () => number
  /** Between two looks at lists that lag, ms. */
  readonly pauseMs: number
}

/** What one look at both lists gave. */
interface Look {
  readonly fills: readonly Fill[]
  readonly pages: number
  /** What is not shown yet; null when the lists agree. */
  readonly lag: string | null
}

export class FillHistory {
  readonly #session: VenueSession
  readonly #terms: HistoryTerms
  readonly #facts: OrderFactsCache
  readonly #opened: number

  constructor(session: VenueSession, orders: OrderReads, terms: HistoryTerms) {
    this.#session = session
    this.#terms = terms
    this.#facts = new OrderFactsCache(orders)
    this.#opened = terms.clock()
  }

  /**
   * The interval as far as it is read, ms: a first read (from 0) begins at the horizon, which stands still while we run, so that fills and
   * cash begin together; any other where it says. Nothing is asked that the venue no longer has, or beyond its now.
   */
  bounded({ from, through }: Interval): Interval {
    const now = this.#terms.clock()
    const begin = from === 0 ? this.#opened - this.#terms.historyDays * DAY_MS : from
    return {
      from: Math.max(begin, now - VENUE_HISTORY_DAYS * DAY_MS),
      through: Math.min(through, now + VENUE_AHEAD_MS),
    }
  }

  /** All fills of the interval. @throws BrokerUnavailable; BrokerProtocolError for an execution whose effect is not known */
  async read(interval: Interval): Promise<FillRead> {
    const bounded = this.bounded(interval)
    const reachesBack = bounded.from > interval.from
    const look = await this.#lookUntilAgreed(bounded)
    if (look.lag !== null && reachesBack) {
      // What a first read proves is where the book begins: a part of it must not.
      throw new BrokerUnavailable(`Bybit fills since ${bounded.from}: ${look.lag}; try again in a moment.`)
    }
    // A read that goes on from an earlier one must reach back to it; whether anything traded before a first one, the venue tells.
    const cutOff = reachesBack && (interval.from > 0 || (await this.#hasOlder(bounded.from)))
    const healable = look.lag ?? chainGapOf(look.fills)
    const gap = healable ?? (cutOff ? 'history horizon' : null)
    const coverage = {
      from: cutOff ? bounded.from : interval.from,
      through: bounded.through,
      pages: look.pages,
      complete: gap === null,
      gap,
      expired: healable === null && cutOff,
    }
    return { fills: look.fills, voided: [], coverage }
  }

  async #lookUntilAgreed(interval: Interval): Promise<Look> {
    let look = await this.#look(interval)
    for (let count = 1; count < LOOKS && look.lag !== null; count += 1) {
      await delay(this.#terms.pauseMs)
      look = await this.#look(interval)
    }
    return look
  }

  async #look({ from, through }: Interval): Promise<Look> {
    const wide = { from: Math.max(0, from - SLACK_MS), through }
    const executions = await this.#executions(wide)
    // Asked after the trades, so that a trade between both looks is no lag of the log.
    const log = await readLog(this.#session, { ...wide, through: through + SLACK_MS })
    const logged = new Map(log.rows.flatMap((row) => (row.tradeId === '' ? [] : [[row.tradeId, row]])))
    const isInside = (time: number): boolean => time >= from && time <= through
    const trades = executions.rows.filter(({ row }) => isInside(row.execTime))
    await this.#facts.learn(trades.map(({ row }) => row))
    const late = [
      ...trades
        .filter(({ row }) => !logged.has(row.execId))
        .map(({ row }) => lateOf(row.symbol, row.execTime, `log-lag: no log row of execution ${row.execId}`)),
      ...missingExecutions(log.rows, executions.rows)
        .filter((row) => isInside(row.transactionTime))
        .map((row) =>
          lateOf(row.symbol, row.transactionTime, `execution-lag: no execution ${row.tradeId} of log row ${row.id}`),
        ),
      ...this.#facts
        .missing(
          trades.map(({ row }) => row),
          this.#terms.clock(),
        )
        .map((row) => lateOf(row.symbol, row.execTime, `order-lag: no record of order ${row.orderId}`)),
    ]
    const fills = trades
      .filter(({ row }) => !late.some(({ symbol, time }) => symbol === row.symbol && time <= row.execTime))
      .map((trade) => this.#fillOf(trade, logged.get(trade.row.execId)))
    return { fills: inChainOrder(fills), pages: executions.pages + log.pages, lag: late[0]?.what ?? null }
  }

  async #executions(interval: Interval): Promise<{ rows: readonly ReceivedExecution[]; pages: number }> {
    const query = { category: 'linear', settleCoin: SETTLE_COIN, limit: PAGE }
    const read = await readWindows(this.#session, '/v5/execution/list', { query, interval }, executionSchema)
    const unique = new Map(read.rows.map((trade) => [trade.row.execId, trade]))
    // Contracts of another settlement are another equity; they are not this account's book.
    const rows = [...unique.values()].filter(({ row }) => isSettledInUsdt(row.symbol) && isTrade(row))
    return { rows, pages: read.pages }
  }

  #fillOf(trade: ReceivedExecution, log: WireTransaction | undefined): Fill {
    const { execId, orderId } = trade.row
    if (log === undefined || !isTradeRow(log)) {
      throw new BrokerProtocolError(
        `Bybit execution ${execId}: expected a log row of a trade, saw type ${log?.type ?? 'none'}. Its cash would count twice.`,
      )
    }
    return fillOf(trade, log, { account: this.#terms.account, order: this.#facts.of(orderId) })
  }

  /** Whether anything ever traded before, as far as the venue serves: one row tells. An account younger than the horizon lacks nothing. */
  async #hasOlder(horizon: number): Promise<boolean> {
    const oldest = this.#terms.clock() - VENUE_HISTORY_DAYS * DAY_MS
    for (const { from, through } of windowsOf({ from: oldest, through: horizon - 1 }).toReversed()) {
      const query = { category: 'linear', startTime: from, endTime: through, limit: 1 }
      const page = await this.#session.read('/v5/execution/list', query, onePage)
      if (page.data.list.length > 0) return true
    }
    return false
  }
}

const onePage = z.looseObject({ list: z.array(z.looseObject({})) })

interface Late {
  readonly symbol: string
  readonly time: number
  readonly what: string
}

function lateOf(symbol: string, time: number, what: string): Late {
  return { symbol, time, what }
}

function missingExecutions(log: readonly WireTransaction[], trades: readonly ReceivedExecution[]): WireTransaction[] {
  const shown = new Set(trades.map(({ row }) => row.execId))
  return log.filter((row) => isTradeRow(row) && row.tradeId !== '' && !shown.has(row.tradeId))
}

/** In time order; what shares an instant, in the order of its positions. */
function inChainOrder(fills: readonly Fill[]): Fill[] {
  return groupFills(fills)
    .flatMap((group) => chainFills(group, { evidence: 'time' }).fills)
    .toSorted((a, b) => a.time - b.time)
}

function chainGapOf(fills: readonly Fill[]): string | null {
  for (const group of groupFills(fills)) {
    const [gap] = chainFills(group, { evidence: 'time' }).gaps
    if (gap === undefined) continue
    const where = group[0]?.instrument ?? 'unknown'
    return `chain: ${where} should have been ${gap.expected} before fill ${gap.beforeFillId}, which starts from ${gap.seen}`
  }
  return null
}
