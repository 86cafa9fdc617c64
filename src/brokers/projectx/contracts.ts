/**
 * Names and specifications of the venue's contracts: canonical `NQZ6` is the venue's `CON.F.US.ENQ.Z26`. Tick and multiplier come from
 * the venue and are held against what the exchange publishes; a contract whose numbers disagree is refused, never assumed
 * (failure case G5: four wrong contract specifications in the field).
 */
import { type DecimalString, decimal, decimalString, toDecimalString } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import { contractDatesOf } from '#domain/session/contract-dates.ts'
import type { WireContract } from './wire.ts'

/** A product we know: the venue's name of it and its contract unit, USD per point. */
interface Product {
  readonly symbolId: string
  readonly multiplier: DecimalString
}

/** Contract units: CME rulebook chapters 358 (ES), 359 (NQ), 353 (MES), 361 (MNQ); reference E1. */
export const PRODUCTS: Readonly<Record<string, Product>> = {
  NQ: { symbolId: 'F.US.ENQ', multiplier: decimalString('20') },
  ES: { symbolId: 'F.US.EP', multiplier: decimalString('50') },
  MNQ: { symbolId: 'F.US.MNQ', multiplier: decimalString('2') },
  MES: { symbolId: 'F.US.MES', multiplier: decimalString('5') },
}
const ROOTS = new Map(Object.entries(PRODUCTS).map(([root, { symbolId }]) => [symbolId, root]))
const CONTRACT_ID = /^CON\.(.+)\.([FGHJKMNQUVXZ])(\d\d)$/
/** Index futures expire in March, June, September and December. */
const QUARTERLY = /\.[HMUZ]\d\d$/
const ONE = decimalString('1')
const NO_MINIMUM = decimalString('0')

/** Canonical instrument of a contract id; contracts of products we do not know keep the venue's id. */
export function instrumentOf(contractId: string): InstrumentId {
  const [, symbolId = '', month = '', year = ''] = CONTRACT_ID.exec(contractId) ?? []
  const root = ROOTS.get(symbolId)
  return root === undefined ? contractId : `${root}${month}${year.slice(1)}`
}

/** A contract as orders address it. */
export interface Contract {
  readonly contractId: string
  readonly instrument: Instrument
}

/** A contract we will not trade, and why. */
export interface RefusedContract {
  readonly contractId: string
  readonly instrument: InstrumentId
  readonly reason: string
}

/** The specification of a row; refused when the venue's numbers are not the exchange's. `now`: ms. */
export function contractOf(row: WireContract, now: number): Contract | RefusedContract {
  const instrument = instrumentOf(row.id)
  const root = ROOTS.get(row.symbolId)
  const refused = (reason: string): RefusedContract => ({ contractId: row.id, instrument, reason })
  if (root === undefined || !row.id.startsWith(`CON.${row.symbolId}.`) || !QUARTERLY.test(row.id)) {
    return refused(
      `Expected a quarterly contract of ${[...ROOTS.keys()].join(', ')}, saw ${row.id} of ${row.symbolId}.`,
    )
  }
  const expected = PRODUCTS[root]?.multiplier ?? ONE
  if (!decimal(row.tickSize).times(expected).eq(row.tickValue)) {
    const seen = toDecimalString(decimal(row.tickValue).div(row.tickSize))
    return refused(
      `Expected ${row.id} to be worth ${expected} USD a point, the venue says ${row.tickValue} USD a tick of ${row.tickSize}, ` +
        `which is ${seen}. Do not trade it before the venue explains.`,
    )
  }
  const { expiresAt, rollsAt } = contractDatesOf(row.id, now)
  return {
    contractId: row.id,
    instrument: {
      instrument,
      venueSymbol: row.id,
      root,
      expiresAt,
      rollsAt,
      calendar: 'cme-equity-index',
      active: row.activeContract && expiresAt > now,
      lot: ONE,
      maxSize: null,
      tick: row.tickSize,
      priceDecimals: decimal(row.tickSize).decimalPlaces(),
      priceSignificant: null,
      minNotional: NO_MINIMUM,
      multiplier: expected,
      // The venue states none: programmes limit contracts, not leverage.
      maxLeverage: 1,
    },
  }
}
