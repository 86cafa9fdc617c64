/** Gives an account's reservation back when its position has ended. */
import type { Book, Write } from '#book/book.ts'
import type { PositionRow } from '#domain/position.ts'

/** Writes that free the slot and the reserved notional of a position; none when it holds none. @throws BookUnavailable */
export async function releaseExposure(book: Book, position: PositionRow, now: number): Promise<Write[]> {
  const stored = await book.load('accounts', position.account)
  if (stored?.row.exposures[position.instrument]?.positionId !== position.positionId) return []
  const { [position.instrument]: _, ...exposures } = stored.row.exposures
  return [
    {
      op: 'replace',
      kind: 'accounts',
      id: stored.id,
      revision: stored.revision,
      row: { ...stored.row, exposures, updatedAt: now },
    },
  ]
}
