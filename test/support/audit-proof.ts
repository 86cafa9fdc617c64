/** Proof that a book's records are whole: the last word of tests that lived whole lives on it. */
import assert from 'node:assert/strict'
import { verifyAudit } from '#audit/verify-audit.ts'
import type { Book } from '#book/book.ts'

/** Every record is proven, and there are at least so many about positions. */
export async function assertProven(book: Book, atLeast: number): Promise<void> {
  const report = await verifyAudit(book)
  assert.deepEqual(report.contradictions, [])
  assert.ok(report.proven, `${report.unchained} unchained records, the first ${report.firstUnchained}`)
  const { records } = report.checked.positions
  assert.ok(records >= atLeast, `Expected at least ${atLeast} records about positions, saw ${records}.`)
}
