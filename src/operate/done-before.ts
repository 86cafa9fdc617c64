/**
 * What a confirmation has done, kept in the book by the very commit that did it. So it is done once, whichever process hears it again, and
 * whoever lost the answer can ask for it. The row is found only by who holds the token itself, as the caller it was made for.
 */
import type { Write } from '#book/book.ts'
import { withCommit } from '#book/with-commit.ts'
import { canonicalJson, factIdOf } from '#domain/ids.ts'
import type { Action } from '#domain/operator/action.ts'
import type { ConfirmationRow } from '#domain/records.ts'
import { stillOwed } from '#workers/writes.ts'
import { hurry } from './hurry.ts'
import type { OperateTools, Order, Performed, RecordRef } from './tools.ts'

/** The row of a confirmation. `token` is the proof and stands in no record, so that a record's reader cannot ask for it. */
export function confirmationIdOf(token: string, caller: string, action: Action): string {
  return factIdOf('confirmation', token, caller, canonicalJson(action))
}

/** The same tools over a book whose commits also say that this confirmation has been carried out; a second one of those is stale. */
export function onceUnder(id: string, action: Action, order: Order, tools: OperateTools): OperateTools {
  const { confirmation, by, why, at } = order
  const saying = (writes: readonly Write[]): Write => {
    const row = { confirmation, verb: action.verb, by, why, at, records: recordsIn(writes), keys: keysIn(writes) }
    return { op: 'create', kind: 'confirmations', id, row }
  }
  return {
    ...tools,
    book: withCommit(tools.book, (writes) => tools.book.commit([...writes, saying(writes)])),
  }
}

/** The answer to a confirmation that was carried out before. What it owed and no queue has taken is handed over again. @throws BookUnavailable */
export async function answerAgain(row: ConfirmationRow, tools: OperateTools): Promise<Performed> {
  const { verb, by, why, at, records, keys } = row
  const owing = await stillOwed(tools.book, keys)
  const later = await Promise.all(owing.map(async (envelope) => await hurry(tools.queue, envelope)))
  const detail = `This was done at ${new Date(at).toISOString()} by ${by}, under the same confirmation: ${verb} (${why}).`
  return { detail: `${detail}${later.find((said) => said !== '') ?? ''}`, records, keys }
}

/** Where the audit records among some writes stand. */
export function recordsIn(writes: readonly Write[]): RecordRef[] {
  return writes.flatMap((write) =>
    write.op === 'create' && write.kind === 'audit'
      ? [{ subject: `${write.row.subjectKind}.${write.row.subject}`, seq: write.row.seq }]
      : [],
  )
}

/** Work that the caller may want to follow; that people and topics are told goes by itself. */
function keysIn(writes: readonly Write[]): string[] {
  return writes.flatMap((write) => {
    if (write.kind !== 'outbox' || write.op === 'delete') return []
    return write.row.stage === 'alerts' || write.row.stage === 'publish' ? [] : [write.id]
  })
}
