/** What the decisions about an action look at: rows of the book, read in one go before a preview and again before its execution. */
import type { AccountRow } from '../account.ts'
import type { HeldControl } from '../control.ts'
import type { AccountId } from '../ids.ts'
import type { Envelope, Stage } from '../message.ts'
import type { IntentRow } from '../order.ts'
import type { PositionRow } from '../position.ts'
import type { AlertRow, OutboxRow, ProcessedRow, SweepRow } from '../records.ts'

/** A row with its id; what a store answers is one, with a revision besides. */
export interface Held<Row> {
  readonly id: string
  readonly row: Row
}

/** An account of the configuration and what the book keeps of it; `held` null: nothing yet. */
export interface ViewedAccount {
  readonly account: AccountId
  readonly venue: string
  readonly strategies: readonly string[]
  readonly held: Held<AccountRow> | null
}

/** A job that was set aside because nobody could work on it. */
export interface DeadJob {
  readonly queue: string
  readonly jobId: string
  readonly stage: Stage
  readonly why: string
  /** When it was set aside, ms; null where the queue does not say. */
  readonly since: number | null
  /** The message, where what the job holds is one of ours for this stage and under this id. */
  readonly envelope: Envelope | null
  /** What can be read of the ids in it, also where it is no valid message. */
  readonly ids: Readonly<Record<string, string>>
}

export interface OperatorView {
  /** Every account of the configuration, in its order. */
  readonly accounts: readonly ViewedAccount[]
  /** Open positions of every account. */
  readonly positions: readonly Held<PositionRow>[]
  /** Intents whose outcome is not proven yet. */
  readonly intents: readonly Held<IntentRow>[]
  /** Every switch that was ever touched. */
  readonly controls: readonly HeldControl[]
  /** Alerts that stand, newest first. */
  readonly alerts: readonly Held<AlertRow>[]
  /** The newest sweep of each account that had one. */
  readonly sweeps: readonly Held<SweepRow>[]
  /** Of `acknowledge`: the alert it names, standing or not. */
  readonly alert: Held<AlertRow> | null
  /** Of `retry-job`: the job it names, and what the book knows under its id. */
  readonly dead: {
    readonly job: DeadJob
    readonly owed: Held<OutboxRow> | null
    readonly processed: Held<ProcessedRow> | null
  } | null
}

/** What the book keeps of an account; undefined: nothing yet, or it is none of the configuration. */
export function accountRowIn({ accounts }: Pick<OperatorView, 'accounts'>, account: AccountId): AccountRow | undefined {
  return accounts.find((entry) => entry.account === account)?.held?.row
}
