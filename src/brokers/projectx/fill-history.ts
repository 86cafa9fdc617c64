/**
 * The account's fills of an interval with a certificate of what they prove. Trades are read up to now, then positions, then the newest
 * trades again: only when nothing moved between and every row agrees with the count (trade-chain.ts) do start positions mean
 * something. Fills are never filtered by client id (B4); void trades are named, not told (B21).
 */
import { setTimeout as delay } from 'node:timers/promises'
import { VENUE_AHEAD_MS } from '#domain/clock-offset.ts'
import type { AccountId, ClientOrderId } from '#domain/ids.ts'
import type { FillRead } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { Urgency } from '#brokers/rate-limit.ts'
import { parseAnswer } from '#brokers/wire-answer.ts'
import { VOIDABLE_MS } from './capabilities.ts'
import type { PositionReads } from './position-reads.ts'
import { daySlices } from './day-slices.ts'
import { jsonNumber } from './json.ts'
import type { OrderReads } from './order-reads.ts'
import type { VenueSession } from './session.ts'
import type { TagOwner } from './tags.ts'
import { type TradeChain, chainTrades } from './trade-chain.ts'
import { fillOf, tradeFillId } from './translate.ts'
import { type RawTrade, type WireTrade, tradeSchema, tradesSchema } from './wire.ts'

/** Whose fills, and how far back a first read goes. */
export interface HistoryTerms {
  readonly account: AccountId
  readonly accountId: string
  /** A read "from the beginning" goes back this many days. */
  readonly historyDays: number
  readonly clock: () => number
  /** Between looks while the account moves, ms. */
  readonly pauseMs: number
}

type Trades = ReadonlyMap<string, RawTrade>

const DAY_MS = 86_400_000
const LOOKS_MAX = 4
/** An order older than its trade by more than this is asked for by its id, ms. */
const ORDER_AGE_MS = 60_000

export class FillHistory {
  readonly #session: VenueSession
  readonly #orders: OrderReads
  readonly #positions: PositionReads
  readonly #terms: HistoryTerms
  /** Until when (ms) rows of a contract may contradict the count. */
  readonly #disturbed = new Map<string, number>()

  constructor(session: VenueSession, orders: OrderReads, positions: PositionReads, terms: HistoryTerms) {
    this.#session = session
    this.#orders = orders
    this.#positions = positions
    this.#terms = terms
  }

  /** All fills of the interval. @throws BrokerUnavailable */
  async read(interval: { readonly from: number; readonly through: number }): Promise<FillRead> {
    const now = this.#terms.clock()
    const wholeLife = interval.from === 0
    const from = wholeLife ? Math.max(0, now - this.#terms.historyDays * DAY_MS) : interval.from
    const through = Math.min(interval.through, now + VENUE_AHEAD_MS)
    const { trades, chain, pages } = await this.#settled(from)
    const within = ({ creationTimestamp: { ms } }: WireTrade): boolean => ms >= from && ms <= through
    const told = chain.trades.filter(({ trade }) => within(trade))
    const owners = await this.#ownersOf(told.map(({ trade }) => trade))
    const { account } = this.#terms
    const fills = told.map((chained) => fillOf(chained, ownerIn(owners, chained.trade), account))
    const voided = [...trades.values()].filter((trade) => trade.voided && within(trade))
    const hidden = wholeLife ? hiddenBefore(chain, from) : null
    const gap = chain.contradiction ?? hidden
    const expired = chain.contradiction === null && hidden !== null
    return {
      fills,
      voided: voided.map((trade) => tradeFillId(account, trade)),
      coverage: { from, through, pages, complete: gap === null, gap, expired },
    }
  }

  /** Order ids of trades since an instant (ms) that belong to the order of that id. @throws BrokerUnavailable */
  async ordersTraded(id: ClientOrderId, from: number): Promise<string[]> {
    const { trades } = await this.#tradesSince(from, 'urgent')
    const standing = [...trades.values()].filter(({ voided }) => !voided)
    const owners = await this.#orders.owners(
      standing.map(({ orderId }) => orderId),
      from,
      'urgent',
    )
    return [...owners].filter(([, owner]) => owner.clientOrderId === id).map(([orderId]) => orderId)
  }

  /** Trades since an instant and what they count to; a contradiction that stays is told, not guessed away. */
  async #settled(
    from: number,
  ): Promise<{ readonly trades: Trades; readonly chain: TradeChain<RawTrade>; readonly pages: number }> {
    let { trades, pages } = await this.#tradesSince(from)
    let proven: { readonly trades: Trades; readonly chain: TradeChain<RawTrade> } | null = null
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      if (look > 0) await delay(this.#terms.pauseMs)
      const held = await this.#positions.signed()
      // Older days do not move any more, but for void trades, which the next read of the voidable time finds.
      const newest = await this.#tradesSince(Math.max(from, this.#terms.clock() - DAY_MS))
      pages += newest.pages
      const still = isSame(trades, newest.trades)
      trades = new Map([...trades, ...newest.trades])
      if (!still) continue
      proven = { trades, chain: chainTrades([...trades.values()], held, this.#disturbedBy(trades)) }
      if (proven.chain.contradiction === null) break
    }
    if (proven !== null) return { ...proven, pages }
    throw new BrokerUnavailable(
      `ProjectX Trade/search: the account traded during each of ${LOOKS_MAX} looks; positions and trades never belonged together.`,
    )
  }

  /** Contracts that hold trades from before one of theirs was taken back: those rows say what they were, also when the void one is out of sight. */
  #disturbedBy(trades: Trades): ReadonlySet<string> {
    for (const { voided, contractId, creationTimestamp } of trades.values()) {
      const until = creationTimestamp.ms + 2 * VOIDABLE_MS
      if (voided) this.#disturbed.set(contractId, Math.max(until, this.#disturbed.get(contractId) ?? 0))
    }
    const now = this.#terms.clock()
    return new Set([...this.#disturbed].filter(([, until]) => until > now).map(([contractId]) => contractId))
  }

  async #tradesSince(
    from: number,
    urgency: Urgency = 'normal',
  ): Promise<{ readonly trades: Trades; readonly pages: number }> {
    const trades = new Map<string, RawTrade>()
    const slices = daySlices(from, this.#terms.clock())
    for (const slice of slices) {
      const body = { accountId: jsonNumber(this.#terms.accountId), ...slice }
      const { data } = await this.#session.read('/api/Trade/search', body, tradesSchema, urgency)
      for (const [index, raw] of data.trades.entries()) {
        const trade = parseAnswer(tradeSchema, raw, `ProjectX Trade/search row ${index}`)
        trades.set(trade.id, { ...trade, raw })
      }
    }
    return { trades, pages: slices.length }
  }

  async #ownersOf(trades: readonly WireTrade[]): Promise<ReadonlyMap<string, TagOwner>> {
    if (trades.length === 0) return new Map()
    const oldest = trades.reduce((min, { creationTimestamp: { ms } }) => Math.min(min, ms), Number.POSITIVE_INFINITY)
    const owners = await this.#orders.owners(
      trades.map(({ orderId }) => orderId),
      oldest - ORDER_AGE_MS,
    )
    // A record may lag its trade; attribution is stored for good, so it waits. Records of old trades may be gone.
    const recent = this.#terms.clock() - DAY_MS
    const missing = trades.find(({ orderId, creationTimestamp: { ms } }) => ms > recent && !owners.has(orderId))
    if (missing === undefined) return owners
    throw new BrokerUnavailable(
      `ProjectX Order/searchById: no record yet of order ${missing.orderId}, which trade ${missing.id} belongs to.`,
    )
  }
}

function ownerIn(owners: ReadonlyMap<string, TagOwner>, { orderId }: WireTrade): TagOwner {
  return owners.get(orderId) ?? { clientOrderId: null, attachedTo: null }
}

/** Whether the second reading told nothing new of the time it covers. */
function isSame(before: Trades, newest: Trades): boolean {
  return [...newest.values()].every(({ id, voided }) => before.get(id)?.voided === voided)
}

/** What a first read does not show: positions that were already open when it begins. */
function hiddenBefore({ openings }: TradeChain, from: number): string | null {
  const [opening] = openings
  if (opening === undefined) return null
  const [contract, size] = opening
  return `history: ${contract} stood at ${size} at ${new Date(from).toISOString()} already, opened by older trades`
}
