/** Stretches of exposure by the venue's own ledger, flat to flat: the oracle for every position of the book. Uses no code of the book. */
import { Decimal, type DecimalString, ZERO, toDecimalString } from '#domain/decimal.ts'
import type { TrueFill, VenueTruth } from '#simulators/venue/simulated-venue.ts'

/** What one fill did to one stretch: a fill through zero has two legs. */
export interface TrueLeg {
  readonly fill: TrueFill
  readonly role: 'open' | 'close'
  /** Contracts, positive. */
  readonly size: DecimalString
}

export interface TrueEpisode {
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly legs: readonly TrueLeg[]
  /** Venue time, ms. */
  readonly openedAt: number
  /** Null while it stands. */
  readonly closedAt: number | null
  /** closedPnl minus fees plus funding, USD. */
  readonly net: DecimalString
}

interface Draft {
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly legs: TrueLeg[]
  readonly openedAt: number
  closedAt: number | null
  net: Decimal
}

/** Fills in the order of the venue's ledger; what the venue took back counts for nothing. */
export function trueEpisodes({ fills, fundingPayments }: Pick<VenueTruth, 'fills' | 'fundingPayments'>): TrueEpisode[] {
  const held = new Map<string, Decimal>()
  const drafts: Draft[] = []
  for (const fill of fills) {
    if (fill.voided) continue
    const before = held.get(fill.symbol) ?? ZERO
    const change = new Decimal(fill.side === 'buy' ? fill.size : `-${fill.size}`)
    held.set(fill.symbol, before.plus(change))
    follow(drafts, fill, before, change)
  }
  payFunding(drafts, fundingPayments)
  return drafts.map((draft) => ({ ...draft, net: toDecimalString(draft.net) }))
}

function payFunding(drafts: readonly Draft[], payments: VenueTruth['fundingPayments']): void {
  for (const { symbol, time, amount } of payments) {
    const paid = drafts.findLast(
      (draft) => draft.symbol === symbol && draft.openedAt <= time && (draft.closedAt ?? Infinity) >= time,
    )
    if (paid !== undefined) paid.net = paid.net.plus(amount)
  }
}

/** First it closes what stands on the other side; the rest opens, or adds to what stands. */
function follow(drafts: Draft[], fill: TrueFill, before: Decimal, change: Decimal): void {
  const current = drafts.findLast((draft) => draft.symbol === fill.symbol && draft.closedAt === null)
  const closing = before.s === change.s || current === undefined ? ZERO : Decimal.min(before.abs(), change.abs())
  if (current !== undefined && closing.gt(0)) close(current, fill, closing, before)
  const opening = change.abs().minus(closing)
  if (opening.isZero()) return
  const standing = current?.closedAt === null ? current : begun(fill, change)
  if (standing !== current) drafts.push(standing)
  take(standing, fill, 'open', opening)
}

function begun({ symbol, time }: TrueFill, change: Decimal): Draft {
  const side = change.isPositive() ? 'long' : 'short'
  return { symbol, side, legs: [], openedAt: time, closedAt: null, net: ZERO }
}

function close(draft: Draft, fill: TrueFill, closing: Decimal, before: Decimal): void {
  take(draft, fill, 'close', closing)
  draft.net = draft.net.plus(fill.closedPnl)
  if (closing.eq(before.abs())) draft.closedAt = fill.time
}

/** The fee goes with the part of the fill. */
function take(draft: Draft, fill: TrueFill, role: TrueLeg['role'], size: Decimal): void {
  draft.legs.push({ fill, role, size: toDecimalString(size) })
  draft.net = draft.net.minus(new Decimal(fill.fee).times(size).div(fill.size))
}

/** Our client order id in a venue's words: Hyperliquid writes 0x before it, ProjectX the attempt and the child behind it. */
export function ownIdOf(clientOrderId: string | null): string | null {
  const [, id, attempt, child] = /^(?:0x)?([0-9a-f]{32})(?:\.(\d+))?(?:-(SL|TP))?$/.exec(clientOrderId ?? '') ?? []
  if (id === undefined) return null
  return child === undefined ? id : `${id}.${attempt}-${child}`
}

/** Orders of ours with a trade that the venue took back, by the id of their intent. */
export function voidedOrders({ truth }: { readonly truth: Pick<VenueTruth, 'fills'> }): ReadonlySet<string> {
  const ids = truth.fills.filter((fill) => fill.voided).map((fill) => ownIdOf(fill.clientOrderId)?.slice(0, 32))
  return new Set(ids.filter((id) => id !== undefined))
}

/** Ids of our orders that opened the stretch or added to it. */
export function openersOf({ legs }: Pick<TrueEpisode, 'legs'>): ReadonlySet<string> {
  const ids = legs.filter(({ role }) => role === 'open').map(({ fill }) => ownIdOf(fill.clientOrderId))
  return new Set(ids.filter((id) => id !== null))
}

/** A void may join the stretches of several positions to one: the ledger no longer tells the end of any one of them. */
export function joinedByVoid(truth: Pick<VenueTruth, 'fills' | 'fundingPayments'>): ReadonlySet<string> {
  const restated = new Set(truth.fills.filter((fill) => fill.voided).map((fill) => fill.symbol))
  const joined = trueEpisodes(truth).filter((one) => restated.has(one.symbol) && openersOf(one).size > 1)
  return new Set(joined.flatMap((episode) => [...openersOf(episode)]))
}
