/** One side of the comparison: a queue behind the calls that our code, its workers and a hand at Redis make. */
import type { Queue } from 'bullmq'

/** How long a lock lasts and how far apart looks for stalled jobs are, ms of the test's clock. */
export const LOCK_MS = 2_500
export const LOOK_MS = 1_000
/** Small, so that a run meets both limits. */
export const KEEP_COMPLETED = { age: 30, count: 4 }
export const KEEP_FAILED = { age: 60, count: 2 }
export const NAME = 'place'

/** Wait before the next attempt of a job, ms. */
export const backoffMs = (failures: number): number => 200 * failures

/** As the stage processor puts off what is to be looked at again. */
export const PUT_OFF = { skipAttempt: true, fieldsToUpdate: { atm: 0, progress: JSON.stringify('awaited') } }

/** A job that was taken, as its taker knows it from then on. */
export interface Run {
  readonly id: string
  readonly token: string
  readonly data: unknown
  readonly attemptsMade: number
  readonly stalledCount: number
  readonly timestamp: number
  readonly repeatJobKey: string | undefined
}

/** A job as it lies in the queue. */
export type Kept = Omit<Run, 'token'> & { readonly name: string; readonly state: string }

/** What a worker and a hand at Redis can do. What the scripts refuse is thrown. */
export interface Side {
  readonly queue: Queue
  take(token: string): Promise<Run | null>
  complete(run: Run): Promise<void>
  /** As a busy worker does: the next job comes with the answer, under the same token. */
  completeAndTake(run: Run): Promise<Run | null>
  /** A failed attempt, to be repeated. */
  fail(run: Run): Promise<void>
  setAside(run: Run): Promise<void>
  putOff(run: Run, delayMs: number): Promise<void>
  /** Whether the lock is renewed. */
  renew(run: Run): Promise<boolean>
  /** Looks for stalled jobs. Of several it says in which order they wait; Redis keeps no order among them. */
  look(order: readonly string[]): Promise<readonly string[]>
  loseLock(id: string): Promise<void>
  /** Its data, its lock and its place are deleted by hand. */
  lose(id: string): Promise<void>
  wipe(): Promise<void>
  /** What expires by now is gone. */
  expire(): Promise<void>
  jobs(): Promise<readonly Kept[]>
}
