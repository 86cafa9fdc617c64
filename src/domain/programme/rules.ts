/**
 * The published rules of one prop trading programme, as data. Every firm states them in words of its own; this is the vocabulary
 * that all of them fit (reference E2). Rules are read from files; nothing here knows a number.
 */
import type { DecimalString } from '../decimal.ts'
import type { InstrumentId } from '../ids.ts'
import type { Instrument } from '../instrument.ts'
import type { CivilDate } from '../session/civil-date.ts'
import type { FlatBy } from '../session/flat-deadline.ts'

/** A time of day, `HH:MM`, in an IANA zone: when the programme's day begins. */
export type DayBoundary = FlatBy

/** So many USD, or that fraction of a balance. */
export type Allowance = { readonly usd: DecimalString } | { readonly fraction: DecimalString }

/**
 * Most that may be lost in a day. `fixed`, `initial` and `prior_day` count from the start of the day, and a fraction is one of the
 * start balance (`initial`) or of the balance at the start of the day (`prior_day`); `trailing_intraday` counts from the day's
 * highest equity.
 */
export interface DailyLoss {
  readonly basis: 'initial' | 'prior_day' | 'trailing_intraday' | 'fixed'
  readonly allowance: Allowance
  /** soft: the venue ends the day. hard: it ends the account. */
  readonly severity: 'soft' | 'hard'
  readonly includesOpenPnl: boolean
}

/** Most that may be lost at all. A fraction is one of the start balance. */
export interface Drawdown {
  readonly type: 'static' | 'eod_trailing' | 'intraday_trailing'
  readonly allowance: Allowance
  /** USD above the start balance at which a trailing floor stops for good; null: it trails for ever. */
  readonly locksAbove: DecimalString | null
  /** What an intraday trail follows and what is held against the floor. */
  readonly basis: 'balance' | 'equity'
}

export interface ContractLimit {
  /** Contracts at once, counted in minis. */
  readonly minis: number
  readonly microsPerMini: number
  /** Mini by its micro, e.g. MNQ: NQ. */
  readonly micros: Readonly<Record<InstrumentId, InstrumentId>>
}

/** The best day may make at most this fraction of the profit of all days, or of the positive ones. */
export interface Consistency {
  readonly kind: 'best_day_of_total' | 'best_day_of_positive_days'
  readonly fraction: DecimalString
}

export interface ProgrammeRules {
  /** Stable name, e.g. `topstep-combine-50k`. */
  readonly programme: string
  readonly title: string
  /** Who runs it: accounts of one firm are looked at together where hedging is forbidden. */
  readonly firm: string
  readonly stage: 'evaluation' | 'funded' | 'live'
  /** When somebody last compared the file with the source. */
  readonly asOf: CivilDate
  readonly source: string
  readonly note: string
  readonly startBalance: DecimalString
  /** For people; nothing is enforced by it but the yardstick of the consistency rule. */
  readonly profitTarget: Allowance | null
  /** For people. */
  readonly minDays: number | null
  readonly day: DayBoundary
  /** Trading hours that move `flatBy` forward on short days; null where trading never pauses. */
  readonly calendar: Instrument['calendar']
  readonly dailyLoss: DailyLoss | null
  readonly drawdown: Drawdown | null
  readonly contracts: ContractLimit | null
  readonly flatBy: FlatBy | null
  readonly consistency: Consistency | null
  /** Every position must have a stop at the venue within so many ms. */
  readonly stopWithinMs: number | null
  /** Most that one position may lose at its stop, as a fraction of the start balance. */
  readonly maxRisk: DecimalString | null
  /** No entry so near to these instants, ms. */
  readonly news: { readonly withinMs: number; readonly instants: readonly number[] } | null
  /** Instruments or products that may be traded; null: all. */
  readonly symbols: readonly InstrumentId[] | null
  /** Opposite positions in two accounts of the firm. */
  readonly hedging: 'allowed' | 'forbidden'
  readonly automation: 'yes' | 'no' | 'attended' | 'unknown'
  /** Whether accounts that the venue does not call simulated may be traded. */
  readonly liveFunded: 'allow' | 'refuse'
  /** `personal-machine`: orders must come from the trader's own device. */
  readonly sites: 'any' | 'personal-machine'
  /** Published rules that nothing here can enforce, in words. */
  readonly notEnforced: readonly string[]
}

/** Rules as they bind one account. */
export interface ProgrammeTerms {
  readonly rules: ProgrammeRules
  /** USD the account started with. */
  readonly startBalance: DecimalString
  /** Highest end-of-day balance before the book first saw the account, USD; null: it is new. */
  readonly highestBalance: DecimalString | null
  /** From when the account counts; another day starts the record anew (the firm reset the account). Null: since the book knows it. */
  readonly since: CivilDate | null
  /** Part of every allowance that stays unused, e.g. "0.15". */
  readonly buffer: DecimalString
  /** Between two looks, ms. */
  readonly lookMs: number
  /** The owner trades it although the rules say `automation: no`. */
  readonly automationOverridden: boolean
}
