/**
 * Fill: one execution as the venue recorded it, raw and append-only. What a fill did to the position is computed from
 * start position, side and size; the venue's direction text is kept for display and is never trusted (venues add words).
 */
import { Decimal, type DecimalString, ZERO, ZERO_STRING, decimal, toDecimalString } from './decimal.ts'
import type { AccountId, ClientOrderId, InstrumentId } from './ids.ts'
import type { Side } from './order.ts'

/** Row id: `fillId`. Plain JSON. */
export interface Fill {
  /** The venue's identity of the fill, see `fillIdOf`. */
  readonly fillId: string
  readonly account: AccountId
  readonly venue: string
  readonly instrument: InstrumentId
  readonly side: Side
  /** USD per contract. */
  readonly price: DecimalString
  /** Contracts, positive. */
  readonly size: DecimalString
  /** Venue time, ms since epoch. Several fills share one. */
  readonly time: number
  /** Signed position before this fill (positive long): the link of the position chain. */
  readonly startPosition: DecimalString
  /** The venue's realised PnL of the part that closed, USD, gross of fees; "0" for an opening fill. */
  readonly closedPnl: DecimalString
  /** Positive paid, negative rebate, in `feeToken`; includes a builder's fee. */
  readonly fee: DecimalString
  readonly feeToken: string
  readonly venueOrderId: string
  readonly tradeId: string
  /** Attributes the fill to an order of ours; null is normal for what others did and never hides the fill. */
  readonly clientOrderId: ClientOrderId | null
  /** Client order id of the entry whose protective child made this fill, where the venue names the parent instead of the child. */
  readonly attachedTo?: ClientOrderId | null
  /** Why the venue made the fill, where its record says so in other ways than `direction` and `liquidation`. */
  readonly forced?: ForcedBy | null
  /** Fill id that this row takes back: the venue declared that trade void after it was booked. */
  readonly reverses?: string
  /** Fill id of a trade that was booked before and taken back since: this row tells it anew. */
  readonly restates?: string
  /** The venue has not stated the fee yet: `fee` is "0" until it does, and results with it are provisional (B22). */
  readonly feePending?: boolean
  readonly liquidity: 'maker' | 'taker'
  /** The venue's own words, e.g. `Close Long`. */
  readonly direction: string
  /** True when the adapter does not know these words: the fill is booked by what it did, and somebody should look (B13). */
  readonly unfamiliar?: boolean
  /** Set only when THIS account was liquidated by the fill (the counterparty's row names a liquidation too). */
  readonly liquidation: { readonly method: string; readonly markPrice: DecimalString } | null
  readonly hash: string
  /** The row as received, for evidence. */
  readonly raw: Readonly<Record<string, unknown>>
}

/** What a fill did to a position. Sizes in contracts, unsigned except `start` and `after`. */
export interface FillEffect {
  readonly start: Decimal
  readonly after: Decimal
  readonly closed: Decimal
  readonly opened: Decimal
}

/** One side of a fill: a fill through zero has two, any other fill one. */
export interface FillLeg {
  readonly fill: Fill
  readonly role: 'open' | 'close'
  readonly size: DecimalString
  readonly fee: DecimalString
  readonly closedPnl: DecimalString
}

/** Why the venue made the fill, where it says so; null for an ordinary trade. */
export type ForcedBy = 'liquidation' | 'adl' | 'settlement' | 'programme' | 'void'

const FEE_PLACES = 8

/**
 * The venue's identity of a fill as one text, safe as a document id. Hyperliquid: (user, coin, time, oid, tid); the
 * trade id alone is shared by both sides, the hash by a whole transaction.
 */
export function fillIdOf(
  account: AccountId,
  coin: string,
  time: number,
  venueOrderId: string,
  tradeId: string,
): string {
  return [account, coin, String(time), venueOrderId, tradeId].map(encodeURIComponent).join('|')
}

/** Position before and after, and how much of the fill closed and opened exposure. */
export function effectOf(fill: Pick<Fill, 'startPosition' | 'side' | 'size'>): FillEffect {
  const start = decimal(fill.startPosition)
  const size = decimal(fill.size)
  const after = fill.side === 'buy' ? start.plus(size) : start.minus(size)
  const opposes = !start.isZero() && start.isNegative() === (fill.side === 'buy')
  const closed = opposes ? Decimal.min(start.abs(), size) : ZERO
  return { start, after, closed, opened: size.minus(closed) }
}

/**
 * Splits a fill at zero. The fee is divided pro rata to size: the closing part is rounded to at least 8 decimals, the
 * opening part takes the remainder, so the parts sum to the whole exactly. The PnL belongs to the closing part alone.
 */
export function legsOf(fill: Fill, effect: FillEffect): FillLeg[] {
  const { fee, size, closedPnl } = fill
  if (effect.opened.isZero()) return [{ fill, role: 'close', size, fee, closedPnl }]
  if (effect.closed.isZero()) return [{ fill, role: 'open', size, fee, closedPnl }]
  const whole = decimal(fee)
  const places = Math.max(FEE_PLACES, whole.decimalPlaces())
  const closing = whole.times(effect.closed).div(size).toDecimalPlaces(places)
  return [
    { fill, role: 'close', size: toDecimalString(effect.closed), fee: toDecimalString(closing), closedPnl },
    {
      fill,
      role: 'open',
      size: toDecimalString(effect.opened),
      fee: toDecimalString(whole.minus(closing)),
      closedPnl: ZERO_STRING,
    },
  ]
}

/** Whether the venue's name denotes a spot pair (`@107`, `PURR/USDC`): a balance, not a position with an entry. */
export function isSpotCoin(coin: string): boolean {
  return coin.startsWith('@') || coin.includes('/')
}

/** Reads a forced exit from the liquidation mark or the venue's words; unknown words force nothing. */
export function forcedBy(fill: Pick<Fill, 'direction' | 'liquidation' | 'forced'>): ForcedBy | null {
  if (fill.forced !== undefined && fill.forced !== null) return fill.forced
  if (fill.liquidation !== null || fill.direction.startsWith('Liquidated')) return 'liquidation'
  if (fill.direction === 'Auto-Deleveraging') return 'adl'
  if (fill.direction === 'Settlement') return 'settlement'
  return null
}
