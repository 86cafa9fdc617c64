/**
 * The way of an order, measured: from its signal to the first byte, and from there to the venue's answer. The book's decorator notes what
 * is about to be sent, the transport's says when its bytes leave; they know each other by those bytes.
 */
import type { Book } from '#book/book.ts'
import type { PositionId } from '#domain/ids.ts'
import type { IntentRow } from '#domain/order.ts'
import type { VenueMetrics } from './metrics/venue-metrics.ts'

/** An order whose bytes are leaving now. */
export interface Departure {
  /** The venue answered, whatever it said; `seconds` since the first byte. */
  readonly answered: (seconds: number) => void
}

/** Never reached while every commit is followed by its send; what a crash left behind ends with the oldest. */
const WAITING_MAX = 1_000

type Waiting = Pick<IntentRow, 'positionId' | 'event'>

export class OrderPath {
  readonly #metrics: Pick<VenueMetrics, 'left' | 'acknowledged'>
  readonly #book: Pick<Book, 'load'>
  /** Ms since epoch. */
  readonly #now: () => number
  readonly #waiting = new Map<string, Waiting>()

  constructor(terms: {
    readonly metrics: Pick<VenueMetrics, 'left' | 'acknowledged'>
    readonly book: Pick<Book, 'load'>
    readonly now: () => number
  }) {
    this.#metrics = terms.metrics
    this.#book = terms.book
    this.#now = terms.now
  }

  /** An intent became SENDING: its bytes leave next. */
  sending({ request, positionId, event }: IntentRow): void {
    if (request === null) return
    const oldest = this.#waiting.keys().next().value
    if (this.#waiting.size >= WAITING_MAX && oldest !== undefined) this.#waiting.delete(oldest)
    this.#waiting.set(request.body, { positionId, event })
  }

  /** A body leaves. Null when it is no order, or one whose bytes have left before: then nothing is measured. */
  leaves(venue: string, body: string): Departure | null {
    const order = this.#waiting.get(body)
    if (order === undefined) return null
    this.#waiting.delete(body)
    if (order.event === 'entry') void this.#measureEntry(venue, order.positionId, this.#now())
    return { answered: (seconds) => this.#metrics.acknowledged(venue, order.event, seconds) }
  }

  /** Reads when the signal was accepted, beside the order and never before it. */
  async #measureEntry(venue: string, positionId: PositionId, leftAt: number): Promise<void> {
    try {
      const position = await this.#book.load('positions', positionId)
      if (position === null) return
      const signal = await this.#book.load('signals', position.row.signalKey)
      if (signal === null) return
      const waited = Math.max(0, leftAt - signal.row.receivedAt) / 1000
      this.#metrics.left(venue, signal.row.signal.kind, waited)
    } catch {
      // A book that does not answer has better things to be told of; one measurement is missing.
    }
  }
}
