/** The linear perpetuals the venue lists, with the price, lot and leverage rules of each (reference section B5). */
import { type DecimalString, decimalString } from '#domain/decimal.ts'

/** A USDT-settled perpetual. Prices in USDT, quantities in the base coin; all texts are plain decimals. */
export interface Instrument {
  readonly symbol: string
  readonly symbolId: number
  readonly baseCoin: string
  readonly tickSize: DecimalString
  readonly minPrice: DecimalString
  readonly maxPrice: DecimalString
  readonly qtyStep: DecimalString
  readonly minOrderQty: DecimalString
  readonly maxOrderQty: DecimalString
  readonly maxMktOrderQty: DecimalString
  /** USDT; smaller opening orders are refused with 110094. */
  readonly minNotional: DecimalString
  readonly maxLeverage: DecimalString
  /** Minutes between two funding settlements. */
  readonly fundingInterval: number
  /** How far from the mark a limit price may cross it, as a ratio. */
  readonly priceLimitRatioX: DecimalString
  readonly priceLimitRatioY: DecimalString
}

/** An instrument and the price it starts at. */
export interface ListedInstrument {
  readonly instrument: Instrument
  readonly mark: DecimalString
}

/** What varies from instrument to instrument, in the order symbol, base coin, tick, lot step, largest order, largest market order. */
type Row = readonly [base: string, tick: string, maxPrice: string, step: string, max: string, maxMarket: string]

const ROWS: readonly (readonly [...Row, mark: string, ratio: string, maxLeverage: string])[] = [
  ['BTC', '0.10', '1999999.80', '0.001', '1190', '500', '100000', '0.01', '100'],
  ['ETH', '0.01', '199999.98', '0.01', '7240', '724', '3500', '0.01', '100'],
  ['SOL', '0.010', '19999.98', '0.1', '79770', '7977', '150', '0.02', '100'],
  ['XRP', '0.0001', '199.9998', '0.1', '4860000', '972000', '2', '0.03', '75'],
  ['DOGE', '0.00001', '19.99998', '1', '26500000', '4150000', '0.2', '0.03', '75'],
  ['ADA', '0.0001', '199.9998', '1', '7100000', '2150000', '0.8', '0.03', '75'],
]

/** The default universe. */
export const LISTED: readonly ListedInstrument[] = ROWS.map(
  ([base, tick, maxPrice, step, max, maxMarket, mark, ratio, maxLeverage], index) => ({
    mark: decimalString(mark),
    instrument: {
      symbol: `${base}USDT`,
      symbolId: 5 + index,
      baseCoin: base,
      tickSize: tick as DecimalString,
      minPrice: tick as DecimalString,
      maxPrice: maxPrice as DecimalString,
      qtyStep: step as DecimalString,
      minOrderQty: step as DecimalString,
      maxOrderQty: decimalString(max),
      maxMktOrderQty: decimalString(maxMarket),
      minNotional: decimalString('5'),
      maxLeverage: decimalString(maxLeverage),
      fundingInterval: 480,
      priceLimitRatioX: decimalString(ratio),
      priceLimitRatioY: decimalString(String(Number(ratio) * 2)),
    },
  }),
)
