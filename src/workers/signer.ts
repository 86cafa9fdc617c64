/**
 * Nonces of a signing key: one durable high-water mark, moved in the same commit that makes the intent SENDING. Within a
 * process signings of one key take turns, so that only other processes can make a commit stale.
 */
import type { Book, Revision, Stored, Write } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import type { SignerRow } from '#domain/records.ts'
import { serially } from './serially.ts'

const known = new WeakMap<Book, Map<string, Stored<SignerRow>>>()

/** Next nonce of a key: the clock, but never one that was given out before (venue rule: unused and rising, ms). */
export function nextNonce(last: number, now: number): number {
  return Math.max(now, last + 1)
}

/**
 * Allocates a nonce and commits it together with `writesFor(nonce)`. @throws StaleWrite when a row other than the signer's
 * was stale, BookUnavailable
 */
export async function commitWithNonce(
  book: Book,
  signer: string,
  now: () => number,
  writesFor: WritesFor,
): Promise<void> {
  await serially(book, `signer ${signer}`, async () => await allocate(book, signer, now, writesFor))
}

const SIGNER_RACES_MAX = 50

type WritesFor = (nonce: number) => Promise<readonly PlannedWrite[]>

async function allocate(book: Book, signer: string, now: () => number, writesFor: WritesFor): Promise<void> {
  const cache = known.get(book) ?? new Map<string, Stored<SignerRow>>()
  known.set(book, cache)
  for (let race = 0; ; race++) {
    const stored = cache.get(signer) ?? (await book.load('signers', signer))
    const row: SignerRow = { signer, lastNonce: nextNonce(stored?.row.lastNonce ?? 0, now()) }
    try {
      const [revision] = await book.commit([markOf(stored, row), ...sealed(await writesFor(row.lastNonce))])
      cache.set(signer, { id: signer, row, revision: revision as Revision })
      return
    } catch (error) {
      cache.delete(signer)
      // Another process signed meanwhile: take the next number. Any other stale row is the caller's to reload.
      const again = race < SIGNER_RACES_MAX && error instanceof StaleWrite && (await hasMoved(book, signer, stored))
      if (!again) throw error
    }
  }
}

function markOf(stored: Stored<SignerRow> | null, row: SignerRow): Write {
  return stored === null
    ? { op: 'create', kind: 'signers', id: row.signer, row }
    : { op: 'replace', kind: 'signers', id: row.signer, row, revision: stored.revision }
}

async function hasMoved(book: Book, signer: string, stored: Stored<SignerRow> | null): Promise<boolean> {
  return (await book.load('signers', signer))?.revision !== stored?.revision
}
