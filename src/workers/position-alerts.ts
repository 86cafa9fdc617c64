/** What was said of how a position stands ends with the position, whatever ended it; what was said of its exit or result stays. */
import type { Book, Write } from '#book/book.ts'
import type { PositionRow } from '#domain/position.ts'
import { refusalCausesOf } from './conclude.ts'
import { dustCause } from './exit-dust.ts'
import { latchCause } from './exit-latch.ts'
import { contractCause, nakedCause, sharedCause, unprovenCause } from './monitor-alerts.ts'
import { ended } from './writes.ts'

/** For the commit that ends the position; `row` as it stood before. @throws BookUnavailable */
export async function endedWithPosition(book: Book, row: PositionRow, now: number): Promise<Write[]> {
  const causes = [
    unprovenCause(row),
    nakedCause(row),
    sharedCause(row, ''),
    contractCause(row, 'rolled'),
    contractCause(row, 'unlisted'),
    latchCause(row, ''),
    dustCause(row, ''),
    ...refusalCausesOf(row, 'stop'),
    ...refusalCausesOf(row, 'exit'),
  ]
  const writes = await Promise.all(causes.map((cause) => ended(book, cause, now)))
  return writes.flat()
}
