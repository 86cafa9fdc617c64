/** Whether entries of a strategy at an account are halted now: one read of all switches that are about them. */
import type { Book } from '#book/book.ts'
import { type Halt, controlsOver, firstHalt } from '#domain/control.ts'
import type { AccountId } from '#domain/ids.ts'

/** The first switch that is off; null: all are on. @throws BookUnavailable: then nothing may be entered */
export async function readHalt(book: Book, account: AccountId, strategy: string): Promise<Halt | null> {
  return firstHalt(await book.loadMany('control', controlsOver(account, strategy)))
}
