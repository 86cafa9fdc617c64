/**
 * What a worker is: a function from a message to a verdict. It loads, decides (pure), commits, acts at most once, and
 * names what is to run next; the runtime owns queues, retries, locks and logging. Every worker may be run twice, late or
 * by two processes at once: the commit it makes is fenced by revisions and by the processed row of its message.
 */
import type { Alerting } from '#alerting/alerting.ts'
import type { Book } from '#book/book.ts'
import type { Broker } from '#brokers/broker.ts'
import type { AccountId, IdempotencyKey, InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { Envelope, Stage } from '#domain/message.ts'
import type { AccountPolicy } from '#domain/policy.ts'
import type { EventPublisher } from '#pubsub/event-publisher.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import type { DecimalString } from '#domain/decimal.ts'

/** All a worker can say. A thrown error means: try again with back-off, nothing is lost. */
export type Verdict =
  /** The message has had its effect; enqueue what the commit put into the outbox, bring forward what waits. */
  | {
      readonly kind: 'done'
      readonly next: readonly Envelope[]
      readonly wake?: readonly { readonly stage: Stage; readonly key: IdempotencyKey }[]
      readonly detail: string
    }
  /** Same job again after a delay; no attempt is counted. */
  | {
      readonly kind: 'again'
      readonly afterMs: number
      readonly detail: string
      readonly next?: readonly Envelope[]
      readonly wake?: readonly { readonly stage: Stage; readonly key: IdempotencyKey }[]
    }

/** A live account: its policy, its broker and what the venue says of its instruments. */
export interface TradingAccount {
  readonly policy: AccountPolicy
  readonly broker: Broker
  /** @throws BrokerUnavailable; RangeError when the venue does not list it */
  instrument(id: InstrumentId): Promise<Instrument>
  /** Where an entry by this name goes now: that instrument, or the active contract of that product; null: none. @throws BrokerUnavailable */
  front(name: InstrumentId): Promise<Instrument | null>
  /** When the venue's stream last said that something happened; `Infinity` while the stream is down: then only reading tells. */
  changedAt(): number
  /** A mark not older than the policy allows: from the stream if fresh, else read. @throws BrokerUnavailable */
  mark(id: InstrumentId, now: number): Promise<DecimalString>
}

/** Structured log line; ids of the envelope ride along. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Everything a worker may touch. */
export interface Tools {
  readonly book: Book
  /** Accounts this process trades, by id. @throws RangeError for an account it does not hold, e.g. one of another site */
  account(id: AccountId): TradingAccount
  /** Accounts of this process's site, all of them. */
  readonly accountIds: readonly AccountId[]
  readonly log: Log
  /** Makes sure owed work is queued; only the sweep asks. */
  readonly queue: WorkQueue
  /** Where alerts go. */
  readonly alerting: Alerting
  /** Tells the outside of decisions; absent where the configuration names no topic. */
  readonly events?: EventPublisher
  /** Wall clock in ms; the only source of time. */
  now(): number
  /** Waits; aborts with the process. Only for spacing of venue reads. */
  pause(ms: number): Promise<void>
}

export type StageWorker = (envelope: Envelope, tools: Tools) => Promise<Verdict>

/** A message that can never be worked on (malformed, for an unknown account); it is set aside with an alert, not retried. */
export class Unworkable extends Error {
  override readonly name = 'Unworkable'
}
