/** The accounts a demo trades, each at its own venue, and the books of instruments that one signal reaches them with. */
import { Decimal } from '#domain/decimal.ts'
import type { PositionId } from '#domain/ids.ts'
import type { SimulatedVenue } from '#simulators/venue/simulated-venue.ts'

/** One account of ours at one simulated venue. */
export interface Trader {
  /** Our name of the account. */
  readonly account: string
  readonly venue: SimulatedVenue
  /** The venue's name of it. */
  readonly venueAccount: string
  /** The venue's symbol of an instrument or product. */
  symbolOf(instrument: string): string
  /** Puts a price on the venue's grid. */
  onGrid(price: Decimal): string
}

/** What happens to a position of the story. */
export type Part = 'trail' | 'stop' | 'hand' | 'target' | 'killed' | 'unexpected'

/** Accounts that the signals of one strategy reach, and what they trade in each part of the story. */
export interface Troupe {
  readonly strategy: string
  readonly traders: readonly Trader[]
  readonly instruments: Readonly<Record<Part, string>>
  readonly size: Readonly<Record<Part, { readonly type: 'contracts' | 'notional_usd'; readonly value: string }>>
  /** Index futures move less than coins: every move and distance of the story is multiplied by it. */
  readonly scale: number
  /** Side of the position whose stop trips unseen; a programme forbids to hold a product and its micro on opposite sides. */
  readonly stopSide: 'long' | 'short'
}

/** One position of the story. */
export interface Leg {
  readonly part: Part
  readonly trader: Trader
  readonly troupe: Troupe
  readonly id: PositionId
}

export const CRYPTO: Omit<Troupe, 'traders'> = {
  strategy: 'crypto',
  instruments: {
    trail: 'BTC-PERP',
    stop: 'ETH-PERP',
    hand: 'SOL-PERP',
    target: 'XRP-PERP',
    killed: 'BTC-PERP',
    unexpected: 'ETH-PERP',
  },
  size: {
    trail: { type: 'notional_usd', value: '8000' },
    stop: { type: 'notional_usd', value: '5000' },
    hand: { type: 'notional_usd', value: '3000' },
    target: { type: 'notional_usd', value: '2000' },
    killed: { type: 'notional_usd', value: '6000' },
    unexpected: { type: 'notional_usd', value: '1000' },
  },
  scale: 1,
  stopSide: 'short',
}

const ONE = { type: 'contracts', value: '1' } as const
const TWO = { type: 'contracts', value: '2' } as const

export const INDEX: Omit<Troupe, 'traders'> = {
  strategy: 'index',
  instruments: { trail: 'MNQ', stop: 'MES', hand: 'NQ', target: 'ES', killed: 'MNQ', unexpected: 'MES' },
  size: { trail: TWO, stop: TWO, hand: ONE, target: ONE, killed: TWO, unexpected: ONE },
  scale: 0.2,
  stopSide: 'long',
}

/** The venue's price of an instrument moved by some basis points, on its grid. */
export function movedPrice(trader: Trader, instrument: string, bps: number): string {
  const mark = new Decimal(trader.venue.mark(trader.symbolOf(instrument)))
  return trader.onGrid(mark.times(new Decimal(bps).div(10_000).plus(1)))
}

/** Moves the venue's price of an instrument by some basis points and answers it. */
export function movePrice(trader: Trader, instrument: string, bps: number): string {
  const price = movedPrice(trader, instrument, bps)
  trader.venue.setMark(trader.symbolOf(instrument), price)
  return price
}

/** Rounds to a tick. */
export function toTick(tick: string): (price: Decimal) => string {
  return (price) => price.div(tick).toDecimalPlaces(0).times(tick).toFixed()
}

/** Rounds to five significant figures. */
export function toFiveFigures(price: Decimal): string {
  return price.toSignificantDigits(5).toFixed()
}
