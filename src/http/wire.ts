/** The JSON of the HTTP interface, as types shared by server and client. Amounts are exact decimals in strings. */
import type { EquityDayRow, EquityRow } from '#domain/equity-row.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, AuditRow, SweepRow } from '#domain/records.ts'

/** pending: not decided yet. done, denied and nothing-to-do: what routing made of it. */
export type AccountStatus = 'pending' | 'done' | 'denied' | 'nothing-to-do'

/** What became of a signal at one account. `gate`, `limit` and `observed` say why it was denied. */
export interface AccountOutcome {
  readonly account: string
  readonly position_id: string
  readonly status: AccountStatus
  readonly detail?: string
  readonly gate?: string
  readonly limit?: string
  readonly observed?: string
  /** Entries: the size rule that counted and who set it, e.g. `risk_usd 500 by strategy_sizing`. */
  readonly sizing?: string
}

/** Answer to an accepted (202) or repeated (200) signal, and to `GET /v1/signals/:key`. */
export interface SignalAnswer {
  readonly signal_key: string
  readonly accounts: readonly AccountOutcome[]
}

export interface PositionsAnswer {
  readonly positions: readonly PositionRow[]
}

/** Answer to `GET /v1/positions/:id/audit`: what was decided about a position and by the commands that named its id, in order. */
export interface TimelineAnswer {
  readonly position_id: string
  readonly records: readonly AuditRow[]
  /** The first record that does not fit its chain; null when all do. */
  readonly broken: { readonly record: string; readonly problem: string } | null
}

export interface AlertsAnswer {
  readonly alerts: readonly AlertRow[]
}

export interface EquityAnswer {
  readonly equity: readonly EquityRow[]
}

/** Days of accounts, the newest of each first; see EquityDayRow for what a day is. */
export interface EquityDaysAnswer {
  readonly days: readonly EquityDayRow[]
}

export interface SweepsAnswer {
  readonly sweeps: readonly SweepRow[]
}

/** Answer to `POST /v1/sweep`: asked for, not finished; see `GET /v1/sweeps`. */
export interface SweepRequestAnswer {
  readonly account: string
  readonly idempotency_key: string
}

export interface ControlAnswer {
  readonly trading_enabled: boolean
  readonly by: string
  readonly why: string
  readonly at: number
}

/** Who works for the accounts of one site; `site` null: of those that name none. */
export interface SiteAnswer {
  readonly site: string | null
  readonly accounts: readonly string[]
  /** Live worker processes as `<host>-<process id>`. */
  readonly workers: readonly string[]
  /** Stages that none of them works on. */
  readonly unattended: readonly string[]
}

export interface SitesAnswer {
  readonly sites: readonly SiteAnswer[]
}

export interface ReadyAnswer {
  readonly ready: boolean
  readonly checks: readonly { readonly check: string; readonly ok: boolean }[]
}

/** Stable words for what went wrong; the message is for people. */
export type ErrorCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'unavailable'
  | 'internal'

/** Body of every answer that is no success. `path`, `expected` and `seen` name the first mistake of an input. */
export interface ErrorAnswer {
  readonly error: {
    readonly code: ErrorCode
    readonly message: string
    readonly path?: string
    readonly expected?: string
    readonly seen?: string
    /** Further mistakes, one sentence each. */
    readonly also?: readonly string[]
    readonly request_id?: string
  }
}
