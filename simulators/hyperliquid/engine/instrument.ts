/** What can be traded: perpetual contracts and the spot pairs that the metadata lists. */
import type { DecimalString } from '#domain/decimal.ts'

export interface PerpInstrument {
  /** Asset id on the wire: the index in the universe. */
  readonly asset: number
  readonly name: string
  /** Sizes are multiples of 10^-szDecimals; prices have at most 6 - szDecimals decimals. */
  readonly szDecimals: number
  readonly maxLeverage: number
  readonly onlyIsolated?: boolean
  readonly isDelisted?: boolean
}

/** A spot pair; spot is listed and its recorded fills are served, but nothing trades there. */
export interface SpotPair {
  /** 10000 + index. */
  readonly asset: number
  readonly index: number
  /** `PURR/USDC`, or `@<index>`. */
  readonly name: string
  readonly base: string
  readonly quote: string
  readonly szDecimals: number
}

/** Live numbers of one perpetual. Prices in USD. */
export interface MarketContext {
  readonly coin: string
  readonly markPx: DecimalString
  readonly oraclePx: DecimalString
  /** null while the book has an empty side. */
  readonly midPx: DecimalString | null
  readonly prevDayPx: DecimalString
  /** Hourly funding rate as a fraction. */
  readonly funding: DecimalString
  /** Contracts held long (equals those held short). */
  readonly openInterest: DecimalString
  readonly dayNtlVlm: DecimalString
  readonly dayBaseVlm: DecimalString
}

/** Adds or describes a perpetual: `markPx` is where it starts. */
export interface InstrumentSpec {
  readonly name: string
  readonly szDecimals: number
  readonly maxLeverage: number
  readonly markPx: string
  readonly onlyIsolated?: boolean
}

/** One aggregated price level. */
export interface BookLevel {
  readonly px: DecimalString
  readonly sz: DecimalString
  /** Number of orders. */
  readonly n: number
}
export interface BookSnapshot {
  readonly coin: string
  readonly time: number
  /** Best first. */
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** A public trade. */
export interface Trade {
  readonly coin: string
  /** Aggressor side. */
  readonly side: 'B' | 'A'
  readonly px: DecimalString
  readonly sz: DecimalString
  readonly hash: string
  readonly time: number
  readonly tid: number
  /** Buyer, seller. */
  readonly users: readonly [string, string]
}

/** One hourly funding settlement of a coin. */
export interface FundingRate {
  readonly coin: string
  readonly fundingRate: DecimalString
  readonly premium: DecimalString
  readonly time: number
}
