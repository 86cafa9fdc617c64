/** What stands at the broker and is not the book's, as the last sweep of an account saw it: positions and working orders of others. Pure. */
import type { IgnoredPosition } from '../account.ts'
import { signedSize } from '../comparison.ts'
import { type DecimalString, decimal, toDecimalString } from '../decimal.ts'
import type { AccountId, InstrumentId } from '../ids.ts'
import type { PositionSide } from '../position.ts'
import type { Finding, SweepRow } from '../records.ts'
import { accountRowIn, type OperatorView } from './view.ts'

/** A position that the book does not know. */
export interface Stranger {
  readonly instrument: InstrumentId
  readonly side: PositionSide
  /** Contracts, unsigned. */
  readonly size: DecimalString
  /** By whom, where an operator lets it stand. */
  readonly ignored: IgnoredPosition | null
}

/** The last sweep of an account that compared anything; null: none has, or the last one could not. */
export function lastComparison(account: AccountId, { sweeps }: OperatorView): SweepRow | null {
  const row = sweeps.find((sweep) => sweep.row.account === account)?.row
  return row !== undefined && (row.complete || row.compared !== undefined) ? row : null
}

/** Positions that the book does not know, by instrument. */
export function strangersAt(account: AccountId, view: OperatorView): Stranger[] {
  const found = (lastComparison(account, view)?.findings ?? [])
    .filter(({ kind }) => kind === 'unexpected-position')
    .map(({ instrument, broker }) => strangerOf(instrument, broker as DecimalString))
  const ignored = Object.entries(ignoredAt(account, view)).map(([instrument, entry]) => ({
    ...strangerOf(instrument, toDecimalString(signedSize(entry))),
    ignored: entry,
  }))
  const known = new Set(ignored.map(({ instrument }) => instrument))
  return [...ignored, ...found.filter(({ instrument }) => !known.has(instrument))]
}

export function strangerOn(account: AccountId, instrument: InstrumentId, view: OperatorView): Stranger | null {
  return strangersAt(account, view).find((stranger) => stranger.instrument === instrument) ?? null
}

export function ignoredAt(account: AccountId, view: OperatorView): Readonly<Record<InstrumentId, IgnoredPosition>> {
  return accountRowIn(view, account)?.ignored ?? {}
}

/** Instruments with working orders that are not ours. */
export function foreignOrdersAt(account: AccountId, view: OperatorView): InstrumentId[] {
  const findings: readonly Finding[] = lastComparison(account, view)?.findings ?? []
  return [...new Set(findings.filter(({ kind }) => kind === 'foreign-order').map(({ instrument }) => instrument))]
}

/** `long 0.5 BTC-PERP`. */
export function strangerText({ side, size, instrument }: Stranger): string {
  return `${side} ${size} ${instrument}`
}

function strangerOf(instrument: InstrumentId, signed: DecimalString): Stranger {
  const size = decimal(signed)
  return { instrument, side: size.isNegative() ? 'short' : 'long', size: toDecimalString(size.abs()), ignored: null }
}
