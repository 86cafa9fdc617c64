/** Port WorkQueue: hurries along work that the outbox already owes. Losing everything behind it loses nothing. */
import type { AccountId, IdempotencyKey } from '#domain/ids.ts'
import type { Envelope, Stage } from '#domain/message.ts'

export interface WorkQueue {
  /** Adds a job under the envelope's idempotency key; a job that exists already, in any state, is left alone. */
  enqueue(envelope: Envelope): Promise<void>
  /**
   * Makes sure a job for owed work will run: adds a missing one, runs a finished or failed one again, leaves a waiting, delayed or
   * active one alone. Answers whether anything was done.
   */
  ensure(envelope: Envelope): Promise<boolean>
  /** Brings a delayed job of an account forward; no error when it is not delayed. */
  wake(stage: Stage, key: IdempotencyKey, account: AccountId): Promise<void>
}
