/**
 * Port Book: our durable record (never a market's order book, that is `depth`).
 *
 * Rows are plain JSON, read with an opaque revision. A commit is a list of writes applied all or nothing; each names the
 * revision it is based on, so a worker that read stale state changes nothing. There are no interactive transactions,
 * hence no network call can sit inside one, and the same code runs on Firestore and on SQLite.
 *
 * Invariants, each a case of the contract suite:
 * 1. A commit is atomic and durable when it resolves; a reader never sees half of it.
 * 2. `create` of an existing row and `replace` on another revision fail the whole commit with StaleWrite.
 * 3. `put` is for rows whose content is a function of their id (raw fills): writing twice is writing once.
 * 4. An unavailable store throws BookUnavailable; it never answers "empty".
 * 5. Rows of kind `audit` are created and then neither replaced, put nor deleted: the whole commit is refused.
 */
import type { AccountRow, ControlRow } from '#domain/account.ts'
import type { EquityDayRow, EquityRow } from '#domain/equity-row.ts'
import type { Fill } from '#domain/fill.ts'
import type { IntentRow, OrderRow } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { ProgrammeRow } from '#domain/programme/row.ts'
import type {
  AlertRow,
  AuditRow,
  CursorRow,
  ConfirmationRow,
  DeliveryRow,
  HeartbeatRow,
  LedgerRow,
  OutboxRow,
  ProcessedRow,
  SignalRow,
  SignerRow,
  SweepRow,
} from '#domain/records.ts'

/** Every kind of row and its shape. */
export interface Rows {
  signals: SignalRow
  processed: ProcessedRow
  outbox: OutboxRow
  intents: IntentRow
  orders: OrderRow
  fills: Fill
  positions: PositionRow
  ledger: LedgerRow
  accounts: AccountRow
  programmes: ProgrammeRow
  equity: EquityRow
  equityDays: EquityDayRow
  control: ControlRow
  confirmations: ConfirmationRow
  cursors: CursorRow
  signers: SignerRow
  alerts: AlertRow
  deliveries: DeliveryRow
  heartbeats: HeartbeatRow
  audit: AuditRow
  sweeps: SweepRow
}
export type Kind = keyof Rows

declare const revisionBrand: unique symbol
/** Opaque version of a stored row (Firestore: update time; SQLite: counter). */
export type Revision = string & { readonly [revisionBrand]: true }

export interface Stored<Row> {
  readonly id: string
  readonly row: Row
  readonly revision: Revision
}

/** One write of a commit. `delete` of a missing row is no error (work already fulfilled). */
export type Write = {
  [K in Kind]:
    | { readonly op: 'create'; readonly kind: K; readonly id: string; readonly row: Rows[K] }
    | {
        readonly op: 'replace'
        readonly kind: K
        readonly id: string
        readonly row: Rows[K]
        readonly revision: Revision
      }
    | { readonly op: 'put'; readonly kind: K; readonly id: string; readonly row: Rows[K] }
    | { readonly op: 'delete'; readonly kind: K; readonly id: string }
}[Kind]

type Field<K extends Kind> = Extract<keyof Rows[K], string>

/** Equality filters and one order; only shapes declared in `queries.ts` are answered, so that every index ships. */
export interface Query<K extends Kind> {
  readonly where?: Partial<Readonly<Record<Field<K>, string | number | boolean | null>>>
  readonly orderBy?: { readonly field: Field<K>; readonly direction: 'ascending' | 'descending' }
  /** Inclusive bounds on the orderBy field. */
  readonly from?: number | string
  readonly to?: number | string
  readonly limit?: number
}

export interface Book {
  /** Reads one row; null when it provably does not exist. @throws BookUnavailable */
  load<K extends Kind>(kind: K, id: string): Promise<Stored<Rows[K]> | null>
  /** Reads several rows in one round trip, index-aligned. @throws BookUnavailable */
  loadMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<(Stored<Rows[K]> | null)[]>
  /** Rows of a declared query shape, complete up to `limit`. @throws BookUnavailable, UndeclaredQuery */
  list<K extends Kind>(kind: K, query: Query<K>): Promise<Stored<Rows[K]>[]>
  /** Applies all writes or none; returns the new revisions index-aligned (deletes: null). @throws StaleWrite, BookUnavailable */
  commit(writes: readonly Write[]): Promise<(Revision | null)[]>
  close(): Promise<void>
}
