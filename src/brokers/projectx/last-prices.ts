/**
 * Last prices: from the hub's quotes, else the newest bar's close, the forming one included. The venue states no mark price of its own.
 * While the hub is up, a price stands until it tells another one; while it is down, only for a moment.
 */
import type { DecimalString } from '#domain/decimal.ts'
import type { VenueSession } from './session.ts'
import { stampOf } from './day-slices.ts'
import { barsSchema } from './wire.ts'

/** Without the hub a price older than this is not the last one any more, ms of a monotonic clock. */
const FRESH_MS = 1_000
/** Back over a long weekend. */
const BARS_BACK_MS = 5 * 86_400_000
/** The venue's clock may be ahead of ours. */
const BARS_AHEAD_MS = 60_000
const UNIT_MINUTE = 2

export class LastPrices {
  readonly #session: VenueSession
  readonly #clock: () => number
  readonly #known = new Map<string, { readonly price: DecimalString; readonly at: number }>()
  readonly #reading = new Map<string, Promise<DecimalString | null>>()
  /** Contracts of which the hub tells every change, since when (monotonic ms). */
  #told: ReadonlyMap<string, number> = new Map()

  constructor(session: VenueSession, clock: () => number) {
    this.#session = session
    this.#clock = clock
  }

  /** The hub tells every change of these contracts from now on; of none while it is down. */
  streaming(contractIds: readonly string[]): void {
    const since = performance.now()
    this.#told = new Map(contractIds.map((contractId) => [contractId, since]))
  }

  /** Remembers a quote of the hub. */
  note(contractId: string, price: DecimalString): void {
    this.#known.set(contractId, { price, at: performance.now() })
  }

  /** Last price of a contract, USD; null when it has not traded for days. @throws BrokerUnavailable */
  async of(contractId: string): Promise<DecimalString | null> {
    const known = this.#known.get(contractId)
    if (known !== undefined && known.at >= (this.#told.get(contractId) ?? performance.now() - FRESH_MS))
      return known.price
    const reading = this.#reading.get(contractId) ?? this.#readBar(contractId)
    this.#reading.set(contractId, reading)
    return await reading
  }

  async #readBar(contractId: string): Promise<DecimalString | null> {
    const askedAt = performance.now()
    try {
      const price = await this.#closeOf(contractId)
      const told = this.#known.get(contractId)
      // A quote that came meanwhile is newer.
      if (price !== null && (told === undefined || told.at < askedAt))
        this.#known.set(contractId, { price, at: askedAt })
      return price
    } finally {
      this.#reading.delete(contractId)
    }
  }

  async #closeOf(contractId: string): Promise<DecimalString | null> {
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
