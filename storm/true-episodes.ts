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
  const held = new Map<string, { size: Decimal; draft: Draft }>()
  const drafts: Draft[] = []
  for (const fill of fills) {
    if (fill.voided) continue
    const before = held.get(fill.symbol)?.size ?? ZERO
    const change = new Decimal(fill.side === 'buy' ? fill.size : `-${fill.size}`)
    const closing = before.isZero() || before.s === change.s ? ZERO : Decimal.min(before.abs(), change.abs())
    const opening = change.abs().minus(closing)
    const current = held.get(fill.symbol)
    let draft = current?.draft
    if (closing.gt(0) && draft !== undefined) {
      take(draft, fill, 'close', closing)
      draft.net = draft.net.plus(fill.closedPnl)
    }
    if (opening.gt(0)) {
      if (draft === undefined || before.isZero() || closing.gt(0)) {
        draft = {
          symbol: fill.symbol,
          side: change.isPositive() ? 'long' : 'short',
          legs: [],
          openedAt: fill.time,
          closedAt: null,
          net: ZERO,
        }
        drafts.push(draft)
      }
      take(draft, fill, 'open', opening)
    }
    const size = before.plus(change)
    if (closing.gt(0) && (size.isZero() || opening.gt(0)) && current !== undefined) current.draft.closedAt = fill.time
    if (draft !== undefined) held.set(fill.symbol, { size, draft })
  }
  for (const { symbol, time, amount } of fundingPayments) {
    const paid = drafts.findLast(
      (draft) => draft.symbol === symbol && draft.openedAt <= time && (draft.closedAt ?? Infinity) >= time,
    )
    if (paid !== undefined) paid.net = paid.net.plus(amount)
  }
  return drafts.map((draft) => ({ ...draft, net: toDecimalString(draft.net) }))
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
