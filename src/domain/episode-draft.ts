/** One episode while its legs are being added. Mutable inside the fold that owns it, never outside. */
import { Decimal, type DecimalString, ZERO, ZERO_STRING, decimal, toDecimalString } from './decimal.ts'
import type { Entry } from './entry-rule.ts'
import type { DifferenceCause, Episode, ExitOrder, PartialReason, PnlDifference } from './episode.ts'
import type { EpisodeOptions } from './episode-options.ts'
import { type Fill, type FillLeg, forcedBy } from './fill.ts'
import type { ChainGap } from './fill-chain.ts'
import type { PositionSide } from './position.ts'

const AVERAGE_PLACES = 12

interface PendingDifference {
  readonly leg: FillLeg
  readonly recomputed: Decimal
  readonly tied: boolean
}

export class EpisodeDraft {
  readonly #first: Fill
  readonly #side: PositionSide
  #entry: Entry | null
  #held: Decimal
  #max: Decimal
  #opened: Decimal = ZERO
  #closed: Decimal = ZERO
  #paid: Decimal = ZERO
  #received: Decimal = ZERO
  #gross: Decimal = ZERO
  #recomputed: Decimal = ZERO
  #unknown = 0
  readonly #compared: PendingDifference[] = []
  readonly #legs: FillLeg[] = []
  readonly #gaps: ChainGap[] = []
  readonly #reasons = new Set<PartialReason>()

  /** `entry` is null and `held` positive when the episode begins inside a position. */
  constructor(first: Fill, side: PositionSide, entry: Entry | null, held: Decimal) {
    this.#first = first
    this.#side = side
    this.#entry = entry
    this.#held = held
    this.#max = held
  }

  get isFlat(): boolean {
    return this.#held.isZero()
  }

  beginInside(gap: ChainGap | null): void {
    this.#reasons.add('begins-inside')
    if (gap !== null) this.#gaps.push(gap)
  }

  /** Fills are missing but the side is the same: the position goes on with another size and an unknown entry. */
  breakInside(gap: ChainGap): void {
    this.#reasons.add('gap-inside')
    this.#gaps.push(gap)
    this.#entry = null
    this.#held = decimal(gap.seen).abs()
    this.#max = Decimal.max(this.#max, this.#held)
  }

  endInGap(gap: ChainGap): void {
    this.#reasons.add('ends-in-gap')
    this.#gaps.push(gap)
  }

  add(leg: FillLeg, tied: boolean): void {
    const size = decimal(leg.size)
    const price = decimal(leg.fill.price)
    this.#legs.push(leg)
    this.#gross = this.#gross.plus(leg.closedPnl)
    if (leg.role === 'open') this.#open(leg, size, price, tied)
    else this.#close(leg, size, price, tied)
  }

  finish(options: EpisodeOptions): Episode {
    const { account, instrument } = this.#first
    const entrySeen = !this.#reasons.has('begins-inside') && !this.#reasons.has('gap-inside')
    const wholeLife = this.#reasons.size === 0 && this.isFlat
    const status = this.#status(options.dustSize)
    const fees = feesOf(this.#legs)
    return {
      episodeId: this.#id(),
      account,
      instrument,
      side: this.#side,
      status,
      coverage: this.#reasons.size === 0 ? 'complete' : 'partial',
      partialReasons: [...this.#reasons],
      gaps: this.#gaps,
      openedAt: this.#first.time,
      closedAt: this.#closedAt(status),
      residual: toDecimalString(this.#held),
      maxSize: toDecimalString(this.#max),
      openedSize: toDecimalString(this.#opened),
      closedSize: toDecimalString(this.#closed),
      entryAverage: entrySeen ? average(this.#paid, this.#opened) : null,
      exitAverage: average(this.#received, this.#closed),
      grossVenue: toDecimalString(this.#gross),
      grossRecomputed: entrySeen ? rounded(this.#recomputed) : null,
      grossCash: wholeLife ? toDecimalString(this.#signed(this.#received.minus(this.#paid))) : null,
      fees,
      net: netOf(this.#gross, fees, options.settlementToken ?? 'USDC'),
      check: this.#check(options),
      exitOrders: exitOrdersOf(this.#legs),
      legs: this.#legs,
    }
  }

  #id(): string {
    return `${this.#first.fillId}|${this.#legs[0]?.role ?? 'open'}`
  }

  #closedAt(status: Episode['status']): number | null {
    if (status === 'open' || this.#reasons.has('ends-in-gap')) return null
    return this.#legs.at(-1)?.fill.time ?? null
  }

  #open(leg: FillLeg, size: Decimal, price: Decimal, tied: boolean): void {
    this.#held = this.#held.plus(size)
    this.#max = Decimal.max(this.#max, this.#held)
    this.#opened = this.#opened.plus(size)
    this.#paid = this.#paid.plus(size.times(price))
    this.#entry?.open(size, price)
    if (leg.closedPnl !== ZERO_STRING) this.#compared.push({ leg, recomputed: ZERO, tied })
  }

  #close(leg: FillLeg, size: Decimal, price: Decimal, tied: boolean): void {
    this.#held = this.#held.minus(size)
    this.#closed = this.#closed.plus(size)
    this.#received = this.#received.plus(size.times(price))
    if (this.#entry === null) {
      this.#unknown += 1
      return
    }
    const recomputed = this.#signed(price.minus(this.#entry.close(size)).times(size))
    this.#recomputed = this.#recomputed.plus(recomputed)
    this.#compared.push({ leg, recomputed, tied })
  }

  #signed(gain: Decimal): Decimal {
    return this.#side === 'long' ? gain : gain.negated()
  }

  #status(dustSize: DecimalString | undefined): Episode['status'] {
    if (this.isFlat || this.#reasons.has('ends-in-gap')) return 'closed'
    const dust = dustSize !== undefined && this.#closed.greaterThan(0) && this.#held.lessThanOrEqualTo(dustSize)
    return dust ? 'dust' : 'open'
  }

  #check(options: EpisodeOptions): Episode['check'] {
    const differences: PnlDifference[] = []
    for (const { leg, recomputed, tied } of this.#compared) {
      const difference = decimal(leg.closedPnl).minus(recomputed)
      const resolution = options.resolution?.(leg.fill) ?? ZERO
      if (difference.abs().greaterThan(resolution)) {
        differences.push({
          fillId: leg.fill.fillId,
          venue: leg.closedPnl,
          recomputed: rounded(recomputed),
          difference: rounded(difference),
          cause: causeOf(leg, difference, tied, options.priceTick),
        })
      }
    }
    return { equal: this.#compared.length - differences.length, unknown: this.#unknown, differences }
  }
}

function causeOf(
  leg: FillLeg,
  difference: Decimal,
  tied: boolean,
  priceTick: DecimalString | undefined,
): DifferenceCause {
  if (leg.role === 'open') return 'opening-pnl'
  if (priceTick !== undefined && difference.abs().lessThan(decimal(priceTick).times(leg.size))) return 'entry-grid'
  return tied ? 'tied-order' : 'unexplained'
}

function rounded(value: Decimal): DecimalString {
  return toDecimalString(value.toDecimalPlaces(AVERAGE_PLACES))
}

function average(notional: Decimal, size: Decimal): DecimalString | null {
  return size.isZero() ? null : rounded(notional.div(size))
}

function feesOf(legs: readonly FillLeg[]): Record<string, DecimalString> {
  const sums = new Map<string, Decimal>()
  for (const { fill, fee } of legs) sums.set(fill.feeToken, (sums.get(fill.feeToken) ?? ZERO).plus(fee))
  return Object.fromEntries([...sums].map(([token, sum]) => [token, toDecimalString(sum)]))
}

function netOf(gross: Decimal, fees: Readonly<Record<string, DecimalString>>, token: string): DecimalString | null {
  const foreign = Object.entries(fees).some(([feeToken, fee]) => feeToken !== token && fee !== ZERO_STRING)
  return foreign ? null : toDecimalString(gross.minus(fees[token] ?? ZERO))
}

function exitOrdersOf(legs: readonly FillLeg[]): ExitOrder[] {
  const orders = new Map<string, { size: Decimal; readonly fill: Fill; forced: ExitOrder['forcedBy'] }>()
  for (const { fill, role, size } of legs) {
    if (role !== 'close') continue
    const order = orders.get(fill.venueOrderId)
    if (order === undefined) orders.set(fill.venueOrderId, { size: decimal(size), fill, forced: forcedBy(fill) })
    else {
      order.size = order.size.plus(size)
      order.forced ??= forcedBy(fill)
    }
  }
  return [...orders].map(([venueOrderId, { size, fill, forced }]) => ({
    venueOrderId,
    clientOrderId: fill.clientOrderId,
    size: toDecimalString(size),
    forcedBy: forced,
  }))
}
