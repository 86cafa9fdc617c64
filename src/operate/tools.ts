/** What the execution of an operator's action stands on. */
import type { Book, Stored } from '#book/book.ts'
import type { AccountRow, ControlRow } from '#domain/account.ts'
import type { DeadJob, OperatorView, ViewedAccount } from '#domain/operator/view.ts'
import type { IntentRow } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, OutboxRow, ProcessedRow, SweepRow } from '#domain/records.ts'
import type { IngestTools } from '#ingest/accept-signal.ts'
import type { DeadJobs } from '#queues/dead-jobs.ts'
import type { WorkQueue } from '#queues/work-queue.ts'

export interface OperateTools {
  readonly book: Book
  readonly queue: Pick<WorkQueue, 'enqueue' | 'ensure' | 'wake'>
  readonly deadJobs: DeadJobs
  /** Runs the acceptance of a signal that a verb makes, e.g. as the beginning of a trace. */
  readonly observe?: NonNullable<IngestTools['observe']>
  /** Every account of the configuration. */
  readonly accounts: readonly Pick<ViewedAccount, 'account' | 'venue' | 'strategies'>[]
  now(): number
}

/** The view with the revisions of its rows: what is decided on it is committed over these very rows. */
export interface StoredView extends OperatorView {
  readonly accounts: readonly (Omit<ViewedAccount, 'held'> & { readonly held: Stored<AccountRow> | null })[]
  readonly positions: readonly Stored<PositionRow>[]
  readonly intents: readonly Stored<IntentRow>[]
  readonly controls: readonly Stored<ControlRow>[]
  readonly alerts: readonly Stored<AlertRow>[]
  readonly sweeps: readonly Stored<SweepRow>[]
  readonly alert: Stored<AlertRow> | null
  readonly dead: {
    readonly job: DeadJob
    readonly owed: Stored<OutboxRow> | null
    readonly processed: Stored<ProcessedRow> | null
  } | null
}

/** A confirmed action about to be executed: who, when, why. */
export interface Order {
  /** The caller's name. */
  readonly by: string
  readonly why: string
  /** When it was confirmed, ms: the same for every attempt at it. */
  readonly at: number
  /** Names the preview that was confirmed; stands in the audit record. */
  readonly confirmation: string
}

/** One audit record: its id is subject and place. */
export interface RecordRef {
  /** Kind and id of the row it is about, e.g. `control.global` or `accounts.hl-main`. */
  readonly subject: string
  readonly seq: number
}

/** What an action did. */
export interface Performed {
  /** One sentence in the past tense. */
  readonly detail: string
  /** The records that it left, the one about its target first. */
  readonly records: readonly RecordRef[]
  /** Idempotency keys of work that was asked for and is not finished yet. */
  readonly keys: readonly string[]
}
