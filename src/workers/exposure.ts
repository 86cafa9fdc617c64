/** Gives an account's reservation back when its position has ended, in the same commit as the end. */
import type { Book, Stored, Write } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import type { AccountRow } from '#domain/account.ts'
import type { PositionRow } from '#domain/position.ts'
import { serially } from './serially.ts'

const ACCOUNT_RACES_MAX = 50

/**
 * Commits writes that end a position together with the release of its slot and notional. The account's row is hot: when only it
 * moved, the commit is made again on its new state. @throws StaleWrite when anything else moved, BookUnavailable
 */
export async function commitRelease(
  book: Book,
  position: PositionRow,
  writes: readonly PlannedWrite[],
  now: number,
): Promise<void> {
  await serially(book, `release ${position.account}`, async () => {
    for (let race = 0; ; race++) {
      const account = await book.load('accounts', position.account)
      try {
        await book.commit(sealed([...writes, ...releaseOf(account, position, now)]))
        return
      } catch (error) {
        const moved =
          error instanceof StaleWrite && (await book.load('accounts', position.account))?.revision !== account?.revision
        if (!moved || race >= ACCOUNT_RACES_MAX) throw error
      }
    }
  })
}

/** None when the position holds no slot. */
function releaseOf(account: Stored<AccountRow> | null, position: PositionRow, now: number): Write[] {
  if (account?.row.exposures[position.instrument]?.positionId !== position.positionId) return []
  const { [position.instrument]: _, ...exposures } = account.row.exposures
  return [
    {
      op: 'replace',
      kind: 'accounts',
      id: account.id,
      revision: account.revision,
      row: { ...account.row, exposures, updatedAt: now },
    },
  ]
}
