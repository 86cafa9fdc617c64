/**
 * Last prices: from the hub's quotes while they are fresh, else the newest bar's close, the forming one included. The venue states no
 * mark price of its own.
 */
import type { DecimalString } from '#domain/decimal.ts'
import type { VenueSession } from './session.ts'
import { stampOf } from './day-slices.ts'
import { barsSchema } from './wire.ts'

/** A quote older than this is not the last price any more, ms of a monotonic clock. */
const QUOTE_FRESH_MS = 1_000
/** Back over a long weekend. */
const BARS_BACK_MS = 5 * 86_400_000
/** The venue's clock may be ahead of ours. */
const BARS_AHEAD_MS = 60_000
const UNIT_MINUTE = 2

export class LastPrices {
  readonly #session: VenueSession
  readonly #clock: () => number
  readonly #quotes = new Map<string, { readonly price: DecimalString; readonly at: number }>()

  constructor(session: VenueSession, clock: () => number) {
    this.#session = session
    this.#clock = clock
  }

  /** Remembers a quote of the hub. */
  note(contractId: string, price: DecimalString): void {
    this.#quotes.set(contractId, { price, at: performance.now() })
  }

  /** Last price of a contract, USD; null when it has not traded for days. @throws BrokerUnavailable */
  async of(contractId: string): Promise<DecimalString | null> {
    const quote = this.#quotes.get(contractId)
    if (quote !== undefined && performance.now() - quote.at <= QUOTE_FRESH_MS) return quote.price
    const now = this.#clock()
    const body = {
      contractId,
      live: false,
      startTime: stampOf(now - BARS_BACK_MS),
      endTime: stampOf(now + BARS_AHEAD_MS),
      unit: UNIT_MINUTE,
      unitNumber: 1,
      limit: 1,
      includePartialBar: true,
    }
    const { data } = await this.#session.read('/api/History/retrieveBars', body, barsSchema)
    return data.bars[0]?.c ?? null
  }
}
