/** Instruments and mark prices, and the universe that orders are addressed in. */
import type { z } from 'zod'
import type { DecimalString } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import { CommandRefused } from '#brokers/errors.ts'
import { assetContextsSchema, metaSchema } from './info-schema.ts'
import type { VenueSession } from './session.ts'
import { instrumentOf, type Market, marketsOf } from './symbols.ts'

/** Market data of the main perpetuals exchange. */
export class MarketReads {
  readonly #session: VenueSession
  #markets: ReadonlyMap<InstrumentId, Market> = new Map()

  constructor(session: VenueSession) {
    this.#session = session
  }

  /** Loads the universe again. @throws BrokerUnavailable */
  async refresh(): Promise<void> {
    this.#markets = marketsOf((await this.#session.info({ type: 'meta' }, metaSchema)).data)
  }

  /** The market of an instrument as last loaded. @throws CommandRefused */
  market(instrument: InstrumentId): Market {
    const market = this.#markets.get(instrument)
    if (market !== undefined) return market
    const known = [...this.#markets.keys()].slice(0, 5).join(', ')
    throw new CommandRefused(
      `Hyperliquid has no perpetual ${instrument}; it has ${known} and ${this.#markets.size} in all.`,
    )
  }

  /** Tradable perpetuals; delisted ones are left out. @throws BrokerUnavailable */
  async instruments(): Promise<Instrument[]> {
    await this.refresh()
    return this.tradable().map((market) => market.instrument)
  }

  /** Markets that still trade, as last loaded. */
  tradable(): Market[] {
    return [...this.#markets.values()].filter((market) => !market.delisted)
  }

  /** The venue's mark prices (`markPx`), USD: what margin and triggers go by. @throws BrokerUnavailable */
  async marks(): Promise<ReadonlyMap<InstrumentId, DecimalString>> {
    const request = { type: 'metaAndAssetCtxs' }
    const { data } = await this.#session.info(request, contextsOfUniverse)
    const [meta, contexts] = data
    this.#markets = marketsOf(meta)
    const rows = meta.universe.flatMap((row, asset): [InstrumentId, DecimalString][] => {
      const context = contexts[asset]
      return context === undefined || row.isDelisted === true ? [] : [[instrumentOf(row.name), context.markPx]]
    })
    return new Map(rows)
  }
}

// Contexts have no names: only equal lengths make the index a name.
const contextsOfUniverse = assetContextsSchema.refine(
  ([meta, contexts]) => meta.universe.length === contexts.length,
  'expected as many contexts as the universe has rows',
) satisfies z.ZodType
