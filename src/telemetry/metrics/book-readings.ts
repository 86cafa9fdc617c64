/** From rows of the book to the numbers of a scrape. Pure; floats only here, for drawing, never for a decision. */
import type { AccountRow, ControlRow } from '#domain/account.ts'
import { isAcknowledged } from '#domain/alerts.ts'
import type { EquityRow } from '#domain/equity-row.ts'
import { STAGES, type Stage } from '#domain/message.ts'
import type { IntentRow } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, Finding, OutboxRow, Severity, SweepRow } from '#domain/records.ts'

/** Rows of one account. Lists are bounded where they are read. */
export interface AccountRows {
  readonly account: string
  readonly row: AccountRow | null
  readonly equity: EquityRow | null
  /** The newest sweep. */
  readonly sweep: SweepRow | null
  readonly unsettled: readonly IntentRow[]
  readonly open: readonly PositionRow[]
}

export interface BookRows {
  readonly accounts: readonly AccountRows[]
  readonly alerts: readonly AlertRow[]
  /** The oldest debts. */
  readonly outbox: readonly OutboxRow[]
  /** By scope: `global`, `account.<id>`, `strategy.<name>`. */
  readonly control: ReadonlyMap<string, ControlRow>
}

/** What the board shows of one account; null: not known. Ages in seconds. */
export interface AccountReading {
  readonly account: string
  readonly state: 'active' | 'reduce-only' | 'quarantined'
  readonly locks: number
  readonly drift: ReadonlyMap<Finding['kind'], number>
  readonly brokerEquity: number | null
  readonly unexplained: number | null
  readonly sweepAge: number | null
  readonly sweepComplete: boolean | null
  readonly unknownOrders: number
  readonly oldestUnknown: number
  readonly open: number
  readonly naked: number
  readonly longestNaked: number
}

export interface BookReadings {
  readonly accounts: readonly AccountReading[]
  readonly alerts: ReadonlyMap<Severity, { readonly acknowledged: number; readonly unacknowledged: number }>
  /** By the stage that owes. */
  readonly outbox: ReadonlyMap<Stage, { readonly rows: number; readonly oldest: number }>
  readonly trading: ReadonlyMap<string, boolean>
}

const MS = 1_000
const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info']

/** `now` in ms. */
export function readingsOf(rows: BookRows, now: number): BookReadings {
  const counted = (severity: Severity, seen: boolean): number =>
    rows.alerts.filter((alert) => alert.severity === severity && isAcknowledged(alert) === seen).length
  return {
    accounts: rows.accounts.map((account) => accountReading(account, now)),
    alerts: new Map(
      SEVERITIES.map((severity) => [
        severity,
        { acknowledged: counted(severity, true), unacknowledged: counted(severity, false) },
      ]),
    ),
    outbox: new Map(STAGES.map((stage) => [stage, debtsOf(stage, rows.outbox, now)])),
    // Nobody has ever switched anything: trading is on.
    trading: new Map([
      ['global', true],
      ...[...rows.control].map(([scope, row]) => [scope, row.tradingEnabled] as const),
    ]),
  }
}

function accountReading(rows: AccountRows, now: number): AccountReading {
  const { account, row, unsettled, open } = rows
  const unknown = unsettled.filter(({ state }) => state === 'unknown')
  const nakedSince = open.flatMap((position) => (position.nakedSince === null ? [] : [position.nakedSince]))
  const sentAt = unknown.map((intent) => intent.sentAt ?? intent.createdAt)
  return {
    account,
    state: row?.state ?? 'active',
    locks: Object.keys(row?.locks ?? {}).length,
    ...equityReading(rows),
    ...sweepReading(rows, now),
    unknownOrders: unknown.length,
    oldestUnknown: oldestAge(sentAt, now),
    open: open.length,
    naked: nakedSince.length,
    longestNaked: oldestAge(nakedSince, now),
  }
}

function equityReading({ equity }: AccountRows): Pick<AccountReading, 'brokerEquity' | 'unexplained'> {
  if (equity === null) return { brokerEquity: null, unexplained: null }
  const { brokerEquity, unexplained } = equity
  return { brokerEquity: Number(brokerEquity), unexplained: unexplained === null ? null : Number(unexplained) }
}

function sweepReading(
  { sweep }: AccountRows,
  now: number,
): Pick<AccountReading, 'drift' | 'sweepAge' | 'sweepComplete'> {
  const drift = new Map<Finding['kind'], number>()
  if (sweep === null) return { drift, sweepAge: null, sweepComplete: null }
  for (const { kind } of sweep.findings) drift.set(kind, (drift.get(kind) ?? 0) + 1)
  return { drift, sweepAge: age(sweep.finishedAt, now), sweepComplete: sweep.complete }
}

function debtsOf(stage: Stage, outbox: readonly OutboxRow[], now: number): { rows: number; oldest: number } {
  const since = outbox.flatMap((debt) => (debt.stage === stage ? [debt.createdAt] : []))
  return { rows: since.length, oldest: oldestAge(since, now) }
}

/** Of the oldest instant; 0 where there is none. */
function oldestAge(instants: readonly number[], now: number): number {
  return instants.reduce((oldest, at) => Math.max(oldest, age(at, now)), 0)
}

/** A clock of another machine may be ahead of ours. */
function age(at: number, now: number): number {
  return Math.max(0, now - at) / MS
}
