/** The JSON of what operators look at: types shared by server, console and command line. Rows are the book's own. Amounts are exact decimals in strings. */
import type { DriftLock, IgnoredPosition, TradingState } from '#domain/account.ts'
import type { DecimalString } from '#domain/decimal.ts'
import type { EquityRow } from '#domain/equity-row.ts'
import type { GateRoom } from '#domain/gate-room.ts'
import type { IntentRow, OrderRow } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, AuditRow, LedgerRow, SweepRow } from '#domain/records.ts'
import type { SiteAnswer, SwitchAnswer, TimelineAnswer } from './wire.ts'

/** How book and broker differ at an instrument; unsettled: one of them moved since the other was looked at, the next look tells. */
export type Drift = 'orphan' | 'unexpected' | 'size' | 'side' | 'unsettled'

/** One position of the book, as the first screen shows it. */
export interface BookSide {
  readonly position_id: string
  readonly strategy: string
  readonly side: PositionRow['side']
  readonly size: DecimalString
  readonly state: PositionRow['state']
  readonly entry: DecimalString | null
  /** Trigger price of the native stop. */
  readonly stop: DecimalString | null
  /** Since when exposure stands without a confirmed stop, ms; null: it does not. */
  readonly naked_since: number | null
}

/** Book and broker beside each other at one instrument of one account. */
export interface SideBySide {
  readonly instrument: string
  readonly book: BookSide | null
  /** Signed size; null while no look at the broker is known. */
  readonly broker: { readonly size: DecimalString; readonly as_of: number } | null
  readonly drift: Drift | null
  /** Who lets a position stand that is not ours, and why. */
  readonly ignored: IgnoredPosition | null
}

/** A floor of a programme: how far above it the account is. USD. */
export interface Headroom {
  readonly rule: string
  readonly hard: boolean
  readonly floor: DecimalString
  readonly observed: DecimalString
  readonly headroom: DecimalString
  readonly buffer: DecimalString
  readonly allowance: DecimalString | null
  readonly state: 'ok' | 'buffer' | 'breached'
}

/** The newest sweep of an account. */
export interface LastSweep {
  readonly sweep_id: string
  readonly trigger: SweepRow['trigger']
  readonly finished_at: number
  readonly complete: boolean
  readonly findings: SweepRow['findings']
  readonly detail: string
  readonly proven_from: number | null
  readonly proven_through: number | null
}

/** One account of the first screen. */
export interface AccountOverview {
  readonly id: string
  readonly venue: string
  readonly site: string | null
  readonly state: TradingState
  readonly locks: Readonly<Record<string, DriftLock>>
  readonly ignored: Readonly<Record<string, IgnoredPosition>>
  readonly sides: readonly SideBySide[]
  /** When the broker was last compared with the book, ms, by the venue's clock; null: not yet. */
  readonly broker_as_of: number | null
  /** When a position of the account last moved in the book, ms; null: none is open. */
  readonly book_as_of: number | null
  readonly equity: EquityRow | null
  /** What the account's own gates leave for new exposure, by the last reading of its equity. */
  readonly limits: readonly GateRoom[]
  readonly programme: {
    readonly firm: string
    readonly as_of: number
    readonly lockout: { readonly limit: string; readonly until: number | null } | null
    readonly headroom: readonly Headroom[]
  } | null
  readonly last_sweep: LastSweep | null
  readonly open_orders: number
}

/** The switch of one scope: `global`, `account.<id>` or `strategy.<name>`. */
export interface TradingScope extends Omit<SwitchAnswer, 'scope'> {
  readonly scope: string
}

/** Answer to `GET /v1/overview`: all of an operator's first screen. */
export interface OverviewAnswer {
  readonly mode: 'paper' | 'live'
  readonly now: number
  /** Older than this, ms, a look at a broker says nothing of now. */
  readonly stale_after_ms: number
  readonly trading: readonly TradingScope[]
  readonly accounts: readonly AccountOverview[]
  /** Active ones, newest first, as many as `alerts_limit`. */
  readonly alerts: readonly AlertRow[]
  readonly alerts_limit: number
  /** Jobs that gave up and wait for a person; null: Redis does not say. */
  readonly dead_jobs: number | null
  /** Who works for each site; null: Redis does not say. */
  readonly workers: readonly SiteAnswer[] | null
}

/** What `GET /v1/events` sends when it changed, as `event: part`. */
export type OverviewPart =
  | { readonly part: 'trading'; readonly value: OverviewAnswer['trading'] }
  | { readonly part: 'account'; readonly value: AccountOverview }
  | { readonly part: 'alerts'; readonly value: OverviewAnswer['alerts'] }
  | { readonly part: 'dead_jobs'; readonly value: OverviewAnswer['dead_jobs'] }
  | { readonly part: 'workers'; readonly value: OverviewAnswer['workers'] }

/** One thing that happened to a position; `row` is the book's own, with the venue's raw ids and words. */
export interface TimelineEvent {
  readonly at: number
  readonly what: 'signal' | 'decision' | 'intent' | 'sent' | 'evidence' | 'order' | 'fill' | 'ledger' | 'alert'
  /** Id of the row behind it. */
  readonly id: string
  readonly title: string
  readonly detail: string
  /** False for fills of the account that nothing ties to this position. */
  readonly ours: boolean
  readonly row: unknown
}

/** Answer to `GET /v1/positions/:id`: from signal to ledger row, in order of time. */
export interface PositionAnswer {
  readonly position: PositionRow | null
  readonly position_id: string
  readonly events: readonly TimelineEvent[]
  /** The first record that does not fit its chain; null when all do. */
  readonly broken: TimelineAnswer['broken']
}

/** Answer to `GET /v1/alerts/:id`. */
export interface AlertAnswer {
  readonly alert: AlertRow
}

/** Answer to `GET /v1/orders`: the venue's orders as last read, and intents whose outcome is open. */
export interface OrdersAnswer {
  readonly orders: readonly OrderRow[]
  readonly unsettled: readonly IntentRow[]
}

/** Answer to `GET /v1/ledger`: newest first. `strategy`: of the position behind a row, null for cash rows. */
export interface LedgerAnswer {
  readonly ledger: readonly (LedgerRow & { readonly strategy: string | null })[]
}

/** Spread of one leg of the way, whole ms. */
export interface Spread {
  readonly p50: number | null
  readonly p99: number | null
}

/** Answer to `GET /v1/latency`, of recent entries in the book. */
export interface LatencyAnswer {
  readonly venues: readonly {
    readonly venue: string
    readonly entries: number
    /** From the signal's acceptance to the first byte to the venue. */
    readonly signal_to_sent: Spread
    /** From there to the venue's acknowledgement. */
    readonly sent_to_acknowledged: Spread
    readonly newest_at: number | null
  }[]
}

/** Answer to `GET /v1/audit`: records of every subject or of one, newest first. */
export interface AuditAnswer {
  readonly records: readonly AuditRow[]
}
