/**
 * The venue's records of orders: one by its ids, and all that work. Three lists hold them (open, recently closed, history) and an order
 * moves from one to the next, so they are asked in that order (reference section B3, "lookup after ambiguous submit").
 */
import { VENUE_AHEAD_MS } from '#domain/clock-offset.ts'
import { type DecimalString, decimal, toDecimalString } from '#domain/decimal.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import type { BrokerOrder, OrderRef } from '#domain/order.ts'
import { readPages, windowsOf } from './pages.ts'
import type { Query, VenueSession } from './session.ts'
import { symbolOf } from './symbols.ts'
import { brokerOrderOf, SETTLE_COIN } from './translate.ts'
import { orderSchema, positionSchema, type WireOrder } from './wire.ts'

const PAGE = 50

/** An order's own name at the venue; exactly one, of two the venue takes the first. The symbol narrows the search, where known. */
type OrderName = ({ readonly orderId: string } | { readonly orderLinkId: string }) & {
  readonly symbol: string | undefined
}

/** The record of an order with the average price of its fills, which our rows do not keep. */
export interface FoundOrder {
  readonly order: BrokerOrder
  /** USD; null when nothing filled. */
  readonly averagePrice: DecimalString | null
}

export class OrderReads {
  readonly #session: VenueSession
  readonly #clock: () => number
  readonly #historyMs: number

  /** `historyMs`: how far back an order may have been made that is looked up. */
  constructor(session: VenueSession, clock: () => number, historyMs: number) {
    this.#session = session
    this.#clock = clock
    this.#historyMs = historyMs
  }

  /** Working orders, sleeping triggers and children included. @throws BrokerUnavailable */
  async open(): Promise<BrokerOrder[]> {
    const query = { category: 'linear', settleCoin: SETTLE_COIN, openOnly: 0, limit: PAGE }
    const { rows } = await readPages(this.#session, '/v5/order/realtime', query, orderSchema)
    // A list that moved between two pages shows a row twice.
    const unique = new Map(rows.map((row) => [row.orderId, row]))
    return (await this.#sized([...unique.values()])).map((row) => brokerOrderOf(row))
  }

  /** One order; null is one "not found" in each list. `since`: no earlier was it made, ms. @throws BrokerUnavailable */
  async find(ref: OrderRef, since?: number): Promise<FoundOrder | null> {
    const row = await this.#rowOf(ref, since ?? this.#clock() - this.#historyMs)
    if (row === null) return null
    const [sized = row] = await this.#sized([row])
    return { order: brokerOrderOf(sized), averagePrice: decimal(row.avgPrice).isZero() ? null : row.avgPrice }
  }

  /** The row of an order by the venue's id. @throws BrokerUnavailable */
  byOrderId({ orderId, symbol }: Pick<WireOrder, 'orderId' | 'symbol'>, since: number): Promise<WireOrder | null> {
    return this.#row({ orderId, symbol }, since)
  }

  /** All orders made in an interval and not working any more. @throws BrokerUnavailable */
  async history(from: number, through: number): Promise<readonly WireOrder[]> {
    const rows: WireOrder[] = []
    for (const window of windowsOf({ from, through })) rows.push(...(await this.#page({}, window)))
    return rows
  }

  async #rowOf({ clientOrderId, instrument, venueOrderId, attachedTo }: OrderRef, since: number) {
    const symbol = symbolOf(instrument) ?? undefined
    if (venueOrderId !== null) return await this.#row({ orderId: venueOrderId, symbol }, since)
    if (attachedTo === null) return await this.#row({ orderLinkId: clientOrderId, symbol }, since)
    return await this.#child(attachedTo, symbol, since)
  }

  async #row(name: OrderName, since: number): Promise<WireOrder | null> {
    const [open] = await this.#live({ ...name, openOnly: 0 })
    if (open !== undefined) return open
    const [closed] = await this.#live({ ...name, openOnly: 1 })
    if (closed !== undefined) return closed
    for (const window of windowsOf({ from: since, through: this.#clock() + VENUE_AHEAD_MS }).toReversed()) {
      const [ended] = await this.#page(name, window)
      if (ended !== undefined) return ended
    }
    return null
  }

  /** The stop that an entry brought along: the standing one, else the newest of those that ended. */
  async #child(parent: ClientOrderId, symbol: string | undefined, since: number): Promise<WireOrder | null> {
    const scope = symbol === undefined ? { settleCoin: SETTLE_COIN } : { symbol }
    const ofParent = (rows: readonly WireOrder[]): WireOrder | undefined =>
      rows
        .filter((row) => row.parentOrderLinkId === parent && brokerOrderOf(row).trigger?.kind === 'stop')
        .toSorted((a, b) => b.createdTime - a.createdTime)[0]
    const recent =
      ofParent(await this.#live({ ...scope, openOnly: 0 })) ?? ofParent(await this.#live({ ...scope, openOnly: 1 }))
    if (recent !== undefined) return recent
    for (const window of windowsOf({ from: since, through: this.#clock() + VENUE_AHEAD_MS }).toReversed()) {
      const ended = ofParent(await this.#page(scope, window))
      if (ended !== undefined) return ended
    }
    return null
  }

  async #live(query: Query): Promise<readonly WireOrder[]> {
    const asked = { category: 'linear', ...query, limit: PAGE }
    return (await readPages(this.#session, '/v5/order/realtime', asked, orderSchema)).rows
  }

  async #page(query: Query, { from, through }: { readonly from: number; readonly through: number }) {
    const scope = Object.keys(query).length === 0 ? { settleCoin: SETTLE_COIN } : query
    const asked = { category: 'linear', ...scope, startTime: from, endTime: through, limit: PAGE }
    return (await readPages(this.#session, '/v5/order/history', asked, orderSchema)).rows
  }

  /** A stop of the whole position may be shown with quantity 0: its size is the position's. */
  async #sized(rows: readonly WireOrder[]): Promise<readonly WireOrder[]> {
    if (!rows.some(isWhole)) return rows
    const query = { category: 'linear', settleCoin: SETTLE_COIN, limit: 200 }
    const positions = await readPages(this.#session, '/v5/position/list', query, positionSchema)
    const sizes = new Map(positions.rows.map(({ symbol, size }) => [symbol, size]))
    return rows.map((row) => (isWhole(row) ? { ...row, qty: sizes.get(row.symbol) ?? row.qty } : row))
  }
}

const OPEN = new Set(['Untriggered', 'New'])

function isWhole({ qty, closeOnTrigger, orderStatus }: WireOrder): boolean {
  return closeOnTrigger && OPEN.has(orderStatus) && toDecimalString(decimal(qty)) === '0'
}
