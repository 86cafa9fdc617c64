/**
 * What the records of orders add to fills that carry no id of ours: who made the order, and whether it is the child of an entry. An
 * order's maker and parent never change, so each is asked for once.
 */
import type { OrderReads } from './order-reads.ts'
import { isOrdinary, type OrderFacts } from './translate.ts'
import type { WireExecution } from './wire.ts'

/** From so many unknown orders on, their history is read as a whole. */
const MANY = 5
/** Remembered orders; forgetting one costs a question. */
const REMEMBERED_MAX = 20_000
/** An order may have been made long before it traded: a stop sleeps. Ms. */
const SLEEP_MS = 30 * 86_400_000
/** Records of ended orders "may delay"; after this long a missing one will not come (liquidations have none), ms. */
const RECORD_LAG_MS = 60_000

export class OrderFactsCache {
  readonly #orders: OrderReads
  readonly #known = new Map<string, OrderFacts>()

  constructor(orders: OrderReads) {
    this.#orders = orders
  }

  /** Looks up the orders of these executions as far as they are not known. @throws BrokerUnavailable */
  async learn(rows: readonly WireExecution[]): Promise<void> {
    if (this.#known.size > REMEMBERED_MAX) this.#known.clear()
    const asked = rows.filter(needsRecord)
    const first = Math.min(...asked.map((row) => row.execTime))
    const last = Math.max(...asked.map((row) => row.execTime))
    if (this.#unknown(asked).size >= MANY) {
      for (const order of await this.#orders.history(first, last)) this.#known.set(order.orderId, order)
    }
    for (const row of this.#unknown(asked).values()) {
      const order = await this.#orders.byOrderId(row, row.execTime - SLEEP_MS)
      if (order !== null) this.#known.set(row.orderId, order)
    }
  }

  /** Executions whose order's record is still to come. `now` in ms. */
  missing(rows: readonly WireExecution[], now: number): WireExecution[] {
    return rows.filter((row) => needsRecord(row) && !this.#known.has(row.orderId) && now - row.execTime < RECORD_LAG_MS)
  }

  /** What is known of an order; null when nothing is. */
  of(orderId: string): OrderFacts | null {
    return this.#known.get(orderId) ?? null
  }

  #unknown(rows: readonly WireExecution[]): Map<string, WireExecution> {
    return new Map(rows.filter((row) => !this.#known.has(row.orderId)).map((row) => [row.orderId, row]))
  }
}

// An id of its maker says enough; forced executions say themselves what they are.
function needsRecord(row: WireExecution): boolean {
  return row.orderLinkId === '' && isOrdinary(row)
}
