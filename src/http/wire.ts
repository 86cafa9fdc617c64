/** The JSON of the HTTP interface, as types shared by server and client. Amounts are exact decimals in strings. */
import type { Scope } from '#domain/control.ts'
import type { EquityDayRow, EquityRow } from '#domain/equity-row.ts'
import type { VerbName } from '#domain/operator/action.ts'
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

/** A switch for new exposure. */
export interface SwitchAnswer {
  readonly scope: Scope
  readonly trading_enabled: boolean
  readonly by: string
  readonly why: string
  readonly at: number
}

/** Answer to `GET /v1/control`: the switch of everything, and of whatever else was ever halted. Entries need all about them to be on. */
export interface ControlAnswer extends Omit<SwitchAnswer, 'scope'> {
  readonly scopes: readonly SwitchAnswer[]
}

/** What an action would touch. */
export interface RadiusAnswer {
  readonly accounts: readonly string[]
  readonly strategies: readonly string[]
  readonly positions: readonly {
    readonly position_id: string
    readonly account: string
    readonly instrument: string
    readonly side: 'long' | 'short'
    readonly size: string
    readonly notional_usd: string | null
  }[]
  readonly orders: number
  readonly notional_usd: string | null
  /** What will happen, in plain sentences. */
  readonly lines: readonly string[]
  /** What stands against it. */
  readonly against: readonly string[]
}

/** Answer to `POST /v1/actions` without `confirm`: nothing was done. */
export interface ActionPreview {
  readonly preview: {
    readonly verb: VerbName
    /** The action's target as it was understood, defaults included. */
    readonly target: Readonly<Record<string, unknown>>
    readonly radius: RadiusAnswer
  }
  /** The role that the confirmation needs. */
  readonly role: 'operator' | 'admin'
  readonly confirm: string
  readonly expires_at: number
}

/** Answer to `POST /v1/actions` with `confirm`: done, once; the same confirmation again hears the same answer. */
export interface ActionDone {
  readonly done: true
  readonly verb: VerbName
  readonly detail: string
  /** The record about the action's target; its id is subject and place. */
  readonly audit: { readonly subject: string; readonly seq: number } | null
  /** All records that it left. */
  readonly records: readonly { readonly subject: string; readonly seq: number }[]
  /** Idempotency keys of work that was asked for and is not finished. */
  readonly keys: readonly string[]
}

/** Answer 409 to a confirmation of what is not as it was shown: nothing was done. Read the new preview, and confirm that. */
export interface ActionChanged extends ErrorAnswer, ActionPreview {}

/** A job that was set aside because nobody could work on it. */
export interface DeadJobAnswer {
  readonly queue: string
  readonly job: string
  readonly stage: string
  readonly why: string
  readonly since: number | null
  /** Whether it still holds a message of ours for that stage. */
  readonly valid: boolean
  /** What can be read of the message's ids. */
  readonly ids: Readonly<Record<string, string>>
}

/** Answer to `GET /v1/dead-jobs`, newest first. */
export interface DeadJobsAnswer {
  readonly dead_jobs: readonly DeadJobAnswer[]
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

/** Answer to `POST /v1/login-links`. `url` is null where no public address is configured. */
export interface LoginLinkAnswer {
  readonly path: string
  readonly url: string | null
  readonly expires_at: number
}

/** Answer to `GET /v1/session`. */
export interface SessionAnswer {
  readonly name: string
  readonly role: 'viewer' | 'operator' | 'admin'
  readonly mode: 'paper' | 'live'
  readonly csrf: string | null
  readonly expires_at: number | null
}
