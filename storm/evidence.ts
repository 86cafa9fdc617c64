/** All that is known at the end of a storm: what was sent, what was done, the book's rows and the venues' own ledgers. Plain JSON. */
import type { EquityRow } from '#domain/equity-row.ts'
import type { Action } from '#domain/operator/action.ts'
import type { IntentRow, OrderRow } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, AuditRow, LedgerRow, ProcessedRow, SignalRow, SweepRow } from '#domain/records.ts'
import type { SignalInput } from '#domain/signal.ts'
import type { VenueTruth } from '#simulators/venue/simulated-venue.ts'
import type { Limits, StormAccount } from './accounts.ts'
import type { Crash } from './supervisor.ts'

/** A signal and its acknowledgement; null: never acknowledged. */
export interface SentSignal {
  readonly signal: SignalInput
  readonly acknowledged: { readonly signalKey: string; readonly accounts: readonly string[] } | null
}

/** Something done at an account behind the book's back. Times are those of the undisturbed clock, ms. */
export interface Deed {
  readonly kind:
    | 'close-by-hand'
    | 'open-by-hand'
    /** More of what was opened by hand. */
    | 'add-by-hand'
    | 'foreign-order'
    | 'cancel-by-hand'
    | 'liquidate'
    | 'void-trade'
  readonly account: string
  readonly symbol: string
  readonly at: number
  /** When it was undone; null: never. */
  endedAt: number | null
  /** The venue's ids of orders that are nobody's of ours. */
  readonly orderIds: readonly string[]
  readonly detail: string
}

/** Something that an operator confirmed and was told to be done. */
export interface OperatorAct {
  readonly action: Action
  readonly by: string
  /** When the answer came, by the undisturbed clock, ms. */
  readonly at: number
  /** Where its records stand. */
  readonly records: readonly { readonly subject: string; readonly seq: number }[]
}

/** Terms of the venue's clock at moments of the storm: how far it was ahead of the undisturbed clock from then on, ms. */
export interface Skew {
  readonly venue: StormAccount['venue']
  /** Undisturbed clock. */
  readonly from: number
  readonly aheadMs: number
}

export interface AccountEvidence {
  readonly id: string
  readonly venue: StormAccount['venue']
  readonly strategy: StormAccount['strategy']
  readonly limits: Limits
  readonly truth: VenueTruth
  readonly equity: EquityRow | null
  readonly locked: readonly string[]
  /** Instruments with an unexpected position that an operator ignores. */
  readonly ignored: readonly string[]
}

/** The book's rows; what the embedded and the Firestore book both hold. */
export interface BookRows {
  readonly signals: readonly SignalRow[]
  /** What routing made of each signal at each account. */
  readonly routed: readonly ProcessedRow[]
  readonly positions: readonly PositionRow[]
  readonly intents: readonly IntentRow[]
  readonly orders: readonly OrderRow[]
  readonly ledger: readonly LedgerRow[]
  readonly alerts: readonly AlertRow[]
  readonly sweeps: readonly SweepRow[]
  /** Records about accounts and switches, and whatever an operator's action recorded elsewhere; each chain in its order. */
  readonly records: readonly AuditRow[]
}

/** One time measured, ms; null: it never came back within the storm. */
export interface Recovery {
  readonly of: 'kill' | 'wipe'
  readonly cause: string
  /** Jobs, debts and schedules that had to come back. */
  readonly owed: number
  readonly ms: number | null
}

/** One happening of the storm as it was carried out. */
export interface Happening {
  readonly atMs: number
  readonly kind: string
  readonly detail: string
}

export interface Evidence {
  readonly signals: readonly SentSignal[]
  readonly deeds: readonly Deed[]
  readonly acts: readonly OperatorAct[]
  readonly skews: readonly Skew[]
  readonly accounts: readonly AccountEvidence[]
  readonly book: BookRows
  /** What kept the world from resting, with positions open and after the last was closed; empty: it rested. */
  readonly unrest: { readonly open: readonly string[]; readonly flat: readonly string[] }
  /** Differences between book and venues at rest while positions were open. */
  readonly openDifferences: readonly string[]
  /** Positions that were open at rest, before the last of them was closed; `naked`: a stop is wanted and none works at the venue. */
  readonly openAtRest: readonly { readonly positionId: string; readonly naked: boolean }[]
  /** How long a process may have stood still between what it read and what it wrote, ms. */
  readonly standstillMs: number
  /** What changed when everything was delivered again. */
  readonly changedByReplay: readonly string[]
  /** Where the records of decisions contradict themselves or the rows. */
  readonly recordFaults: readonly string[]
  readonly recoveries: readonly Recovery[]
  readonly crashes: readonly Crash[]
  readonly happenings: readonly Happening[]
}

/** Alerts behind which a position stands still: its fills prove neither entry nor end, and a person was told. */
export const LEFT_TO_PEOPLE: ReadonlySet<string> = new Set(['exit-unproven', 'exit-ambiguous', 'entry-unproven'])

/** The instrument's symbol at the account's venue. */
export function symbolAt(venue: StormAccount['venue'], instrument: string): string {
  if (venue === 'hyperliquid') return instrument.replace('-PERP', '')
  if (venue === 'bybit') return instrument.replace('-PERP', 'USDT')
  const [, root, month, year] = /^([A-Z]+)([HMUZ])(\d)$/.exec(instrument) ?? []
  // A product is its own symbol there: the venue takes the root for its front contract.
  return root === undefined ? instrument : `CON.F.US.${root}.${month}2${year}`
}
