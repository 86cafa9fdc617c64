/** The audit record of an operator's action: who, when, why, before and after, in the chain of the row that the action changed. */
import type { Write } from '#book/book.ts'
import { type PlannedWrite, type RecordedDecision, sealed } from '#book/seal.ts'
import type { Action } from '#domain/operator/action.ts'
import type { AuditSubject } from '#domain/records.ts'
import { recordsIn } from './done-before.ts'
import type { Order, RecordRef } from './tools.ts'

/** One record; the commit it is in must write the row `about`. */
export function recordOf(
  action: Action,
  about: AuditSubject,
  change: { readonly before: unknown; readonly after: unknown },
  order: Order,
): RecordedDecision {
  const { verb, ...target } = action
  const inputs = { target, why: order.why, ...change, confirmation: order.confirmation }
  return { op: 'record', decision: { about, at: order.at, actor: order.by, decision: verb, inputs } }
}

/** The writes with their records linked, and where those stand. */
export function sealedWithRefs(planned: readonly PlannedWrite[]): { writes: Write[]; records: RecordRef[] } {
  const writes = sealed(planned)
  return { writes, records: recordsIn(writes) }
}
