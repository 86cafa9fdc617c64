/**
 * A book whose every audit record is owed to the outside: the commit that creates a record creates the debt of telling it, so that no
 * crash can lose an event or tell of what was never decided. The queue only hurries it along.
 */
import { publishEnvelope } from '#domain/events/publication.ts'
import type { Envelope } from '#domain/message.ts'
import type { Book, Write } from './book.ts'
import { withCommit } from './with-commit.ts'

/** @param handOver told of each debt once it is durable; must not throw */
export function withPublication(book: Book, handOver: (envelope: Envelope) => void): Book {
  return withCommit(book, async (writes) => {
    const envelopes = publicationsOf(writes)
    if (envelopes.length === 0) return await book.commit(writes)
    const debts = envelopes.map((envelope): Write => ({
      op: 'put',
      kind: 'outbox',
      id: envelope.idempotency_key,
      row: { envelope, stage: envelope.stage, createdAt: envelope.ts },
    }))
    const revisions = await book.commit([...writes, ...debts])
    for (const envelope of envelopes) handOver(envelope)
    // Callers know the revisions by the places of their own writes.
    return revisions.slice(0, writes.length)
  })
}

function publicationsOf(writes: readonly Write[]): Envelope[] {
  return writes.flatMap((write) => {
    if (write.kind !== 'audit' || write.op !== 'create') return []
    const { auditId, at } = write.row
    return [publishEnvelope(auditId, accountOf(writes, write.row), at)]
  })
}

/** A record is made in the commit that writes the row it is about, and most of those name their account. */
function accountOf(
  writes: readonly Write[],
  { subjectKind, subject }: { readonly subjectKind: string; readonly subject: string },
): string {
  const holder = writes.find(({ kind, id }) => kind === subjectKind && id === subject)
  if (holder === undefined || holder.op === 'delete') return NO_ACCOUNT
  const { row } = holder
  return 'account' in row && typeof row.account === 'string' ? row.account : NO_ACCOUNT
}

/** Of the switch for all accounts. */
const NO_ACCOUNT = '*'
