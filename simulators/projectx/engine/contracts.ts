/** Index futures of the simulator: products, their quarterly expiries derived from time, names and the front contract (reference E1). */
import { Decimal } from '#domain/decimal.ts'
import { chicagoInstant, nthWeekday, timeOfDay } from './chicago.ts'

/** A product as a test may configure it; texts are plain decimals, money in USD per contract and side. */
export interface ProductSettings {
  readonly tickSize: string
  readonly tickValue: string
  readonly fees: string
  readonly commissions: string
  /** Last price at the start. */
  readonly price: string
}

/** A product. */
export interface Product {
  /** As people say it: NQ. */
  readonly root: string
  readonly symbolId: string
  readonly title: string
  readonly tickSize: Decimal
  readonly tickValue: Decimal
  readonly fees: Decimal
  readonly commissions: Decimal
  readonly price: Decimal
}

/** One expiry of a product. */
export interface ContractSpec {
  /** `CON.F.US.ENQ.Z26`. */
  readonly id: string
  /** `NQZ6`. */
  readonly name: string
  readonly description: string
  readonly product: Product
  /** ms at which trading ends: 8:30 in Chicago on the third Friday. */
  readonly expiry: number
  /** ms from which the next contract is the active one: Monday of the expiry week. */
  readonly roll: number
}

const LISTED: readonly (Pick<Product, 'root' | 'symbolId' | 'title'> & ProductSettings)[] = [
  {
    root: 'NQ',
    symbolId: 'F.US.ENQ',
    title: 'E-mini NASDAQ-100',
    tickSize: '0.25',
    tickValue: '5',
    fees: '1.4',
    commissions: '0.5',
    price: '20000',
  },
  {
    root: 'ES',
    symbolId: 'F.US.EP',
    title: 'E-Mini S&P 500',
    tickSize: '0.25',
    tickValue: '12.5',
    fees: '1.4',
    commissions: '0.5',
    price: '6000',
  },
  {
    root: 'MNQ',
    symbolId: 'F.US.MNQ',
    title: 'Micro E-mini Nasdaq-100',
    tickSize: '0.25',
    tickValue: '0.5',
    fees: '0.36',
    commissions: '0.25',
    price: '20000',
  },
  {
    root: 'MES',
    symbolId: 'F.US.MES',
    title: 'Micro E-mini S&P 500',
    tickSize: '0.25',
    tickValue: '1.25',
    fees: '0.36',
    commissions: '0.25',
    price: '6000',
  },
]
const MONTHS = [
  { letter: 'H', month: 3, word: 'March' },
  { letter: 'M', month: 6, word: 'June' },
  { letter: 'U', month: 9, word: 'September' },
  { letter: 'Z', month: 12, word: 'December' },
] as const
const EXPIRY_TIME = timeOfDay(8, 30)
/** Expiries known before and after now: two years back, and five quarters ahead. */
const YEARS_BACK = 2
const AHEAD = 5

/** Products by root; overrides let a venue disagree with what a client expects. */
export function products(
  overrides: Readonly<Record<string, Partial<ProductSettings>>> = {},
): ReadonlyMap<string, Product> {
  const unknown = Object.keys(overrides).find((root) => !LISTED.some((listed) => listed.root === root))
  if (unknown !== undefined) {
    throw new RangeError(`Expected one of ${LISTED.map(({ root }) => root).join(', ')}, saw product "${unknown}".`)
  }
  return new Map(
    LISTED.map((listed) => {
      const { root, symbolId, title, ...settings } = { ...listed, ...overrides[listed.root] }
      const { tickSize, tickValue, fees, commissions, price } = settings
      const product = {
        root,
        symbolId,
        title,
        tickSize: new Decimal(tickSize),
        tickValue: new Decimal(tickValue),
        fees: new Decimal(fees),
        commissions: new Decimal(commissions),
        price: new Decimal(price),
      }
      return [root, product]
    }),
  )
}

/** Expiries of a product that the venue knows at `now`, earliest first, expired ones included. */
export function expiriesOf(product: Product, now: number): readonly ContractSpec[] {
  const thisYear = new Date(now).getUTCFullYear()
  const all: ContractSpec[] = []
  for (let year = thisYear - YEARS_BACK; year <= thisYear + 2; year++) {
    for (const month of MONTHS) all.push(contractSpec(product, year, month))
  }
  const ahead = all.filter(({ expiry }) => expiry > now).slice(0, AHEAD)
  return [...all.filter(({ expiry }) => expiry <= now), ...ahead]
}

/** Whether it is the front contract: the first one before its roll. */
export function isActive(spec: ContractSpec, now: number): boolean {
  return expiriesOf(spec.product, now).find(({ roll }) => roll > now)?.id === spec.id
}

/** The next moment after `now` at which contracts expire. */
export function nextExpiry(now: number): number {
  const year = new Date(now).getUTCFullYear()
  for (const candidate of [year, year + 1]) {
    for (const { month } of MONTHS) {
      const expiry = expiryOf(candidate, month)
      if (expiry > now) return expiry
    }
  }
  throw new Error(`Expected an expiry within a year of ${now}.`)
}

function expiryOf(year: number, month: number): number {
  return chicagoInstant(nthWeekday(year, month, 5, 3), EXPIRY_TIME)
}

function contractSpec(product: Product, year: number, month: (typeof MONTHS)[number]): ContractSpec {
  const friday = nthWeekday(year, month.month, 5, 3)
  const digits = String(year).slice(2)
  return {
    id: `CON.${product.symbolId}.${month.letter}${digits}`,
    name: `${product.root}${month.letter}${digits.slice(1)}`,
    description: `${product.title}: ${month.word} ${year}`,
    product,
    expiry: chicagoInstant(friday, EXPIRY_TIME),
    roll: chicagoInstant(friday - 4, 0),
  }
}
