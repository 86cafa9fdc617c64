/** One account as the book keeps it: trading state, exposure reserved by the gates, drift locks, equity marks. */
import type { DecimalString } from './decimal.ts'
import type { AccountId, InstrumentId, PositionId } from './ids.ts'
import type { PositionSide } from './position.ts'
import type { Audited, OperatorWord } from './records.ts'

/** active: all allowed · reduce-only: exits only · quarantined: exits only and an operator must lift it. */
export type TradingState = 'active' | 'reduce-only' | 'quarantined'

/** Exposure held in the account's reservation: at most one position an instrument. */
export interface Exposure {
  readonly positionId: PositionId
  readonly side: PositionSide
  readonly notional: DecimalString
  /** Contracts reserved: the planned size of the entry. */
  readonly size: DecimalString
  /** Product behind an expiring contract, e.g. `NQ`; null for what never expires. */
  readonly root: InstrumentId | null
}

/** Exposures that a name means: the instrument itself, or the contract held of that product, also after its roll. */
export function exposuresOf(row: AccountRow | undefined, name: InstrumentId): [InstrumentId, Exposure][] {
  return Object.entries(row?.exposures ?? {}).filter(([instrument, held]) => instrument === name || held.root === name)
}

/** Why entries on an instrument (or `*`, the whole account) are locked. Exits never are. */
export interface DriftLock {
  readonly reason: string
  readonly since: number
  readonly alertId: string | null
}

/** An unexpected position that an operator lets stand: of this side and size, contracts; anything else is news. */
export interface IgnoredPosition extends OperatorWord {
  readonly side: PositionSide
  readonly size: DecimalString
}

/** An unexpected position that the next sweep is to make the book's, if the fills prove it. */
export interface AdoptionRequest extends OperatorWord {
  readonly strategy: string
  /** The position that was shown to whoever asked: another one is not adopted. Absent in requests of earlier versions. */
  readonly shown?: Pick<IgnoredPosition, 'side' | 'size'>
  /** Why the sweep did not; stays until somebody asks again or the broker is flat there. */
  readonly refused: { readonly at: number; readonly reason: string } | null
}

/** A table by instrument without one of them. */
export function without<Value>(
  table: Readonly<Record<InstrumentId, Value>> | undefined,
  instrument: InstrumentId,
): Record<InstrumentId, Value> {
  return Object.fromEntries(Object.entries(table ?? {}).filter(([name]) => name !== instrument))
}

/** Row id: account id. The one hot row of an account: exposure is reserved here by compare-and-set. */
export interface AccountRow extends Audited {
  readonly account: AccountId
  readonly venue: string
  readonly state: TradingState
  readonly exposures: Readonly<Record<InstrumentId, Exposure>>
  /** By instrument; `*` locks the whole account. */
  readonly locks: Readonly<Record<InstrumentId, DriftLock>>
  /** Entries on these stay locked until the broker is flat there; then the entry ends by itself. Absent: none. */
  readonly ignored?: Readonly<Record<InstrumentId, IgnoredPosition>>
  /** Absent: none. */
  readonly adopting?: Readonly<Record<InstrumentId, AdoptionRequest>>
  /** Highest broker equity seen, USD; base of the drawdown gate. */
  readonly highWaterMark: DecimalString | null
  /** Broker equity at the start of the UTC day, and that day (`2026-11-22`); base of the daily-loss gate. */
  readonly dayStart: { readonly day: string; readonly equity: DecimalString } | null
  /** When recent entries were accepted, ms, newest last; as many as the rate gate needs. */
  readonly recentEntries: readonly number[]
  readonly updatedAt: number
}

/** The row of an account that the book has not seen yet. */
export function newAccountRow(account: AccountId, venue: string, now: number): AccountRow {
  return {
    account,
    venue,
    state: 'active',
    exposures: {},
    locks: {},
    highWaterMark: null,
    dayStart: null,
    recentEntries: [],
    updatedAt: now,
  }
}

/** Row id: see `controlIdOf`. A switch for new exposure, of everything, an account or a strategy; exits know none. */
export interface ControlRow extends Audited {
  readonly tradingEnabled: boolean
  readonly by: string
  readonly why: string
  readonly at: number
}
