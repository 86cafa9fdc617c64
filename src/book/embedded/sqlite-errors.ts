/** What an error of SQLite tells us: the store did not answer (BookUnavailable), or a defect of ours. */
import { setTimeout as sleep } from 'node:timers/promises'
import { BookUnavailable } from '../errors.ts'

/** Primary result codes, https://www.sqlite.org/rescode.html */
const BUSY = 5
const LOCKED = 6
const UNAVAILABLE: ReadonlyMap<number, string> = new Map([
  [3, 'access denied: check the permissions of the file and its folder'],
  [BUSY, 'another connection holds it'],
  [LOCKED, 'another connection holds it'],
  [7, 'out of memory'],
  [8, 'read-only: check the permissions of the file and its folder'],
  [10, 'input/output error: check the disk'],
  [11, 'the file is damaged: restore it from a copy'],
  [13, 'the disk is full'],
  [14, 'cannot be opened: check the path and its permissions'],
  [15, 'locking protocol error: the file must be on a local disk'],
  [26, 'the file is no SQLite database'],
])

function resultCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  // The upper bytes carry the extended code.
  return error.errcode & 0xff
}

/** Whether another connection's lock stood in the way, so that a retry can succeed. */
export function isBusy(error: unknown): boolean {
  const code = resultCodeOf(error)
  return code === BUSY || code === LOCKED
}

/** Whether the storage itself failed, as against one statement. */
export function isStorageFailure(error: unknown): boolean {
  const code = resultCodeOf(error)
  return code !== null && UNAVAILABLE.has(code)
}

/** The error as callers of the port know it; anything that is not the storage's failure passes unchanged. */
export function bookErrorOf(error: unknown, file: string): unknown {
  const code = resultCodeOf(error)
  const advice = code === null ? undefined : UNAVAILABLE.get(code)
  if (advice === undefined) return error
  return new BookUnavailable(`Book file ${file}: ${advice} (SQLite result code ${code}).`, { cause: error })
}

/**
 * Runs a synchronous operation as soon as no other connection's lock stands in the way. SQLite's own busy handler
 * would sleep inside the call and stop this process's event loop; this waits between calls instead.
 * @throws BookUnavailable when the lock outlives `patienceMs`
 */
export async function whenUnlocked<T>(operation: () => T, file: string, patienceMs: number): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return operation()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw bookErrorOf(error, file)
    }
    // Random, so that two waiting processes do not meet again and again.
    await sleep(1 + Math.random() * 4)
  }
}
