/**
 * Links the decisions of a commit to their chains. A decision is recorded in the commit that writes the row it is about, since that row
 * holds the chain's head: fenced by its revision, a decision that a replay makes again is not recorded again.
 */
import { chained } from '#domain/audit-chain.ts'
import type { AuditSubject, Audited, Decision } from '#domain/records.ts'
import type { Write } from './book.ts'

/** A decision among the writes of a commit. */
export interface RecordedDecision {
  readonly op: 'record'
  readonly decision: Decision
}
/** What a commit is made of before its decisions are linked. */
export type PlannedWrite = Write | RecordedDecision

type Holder = Extract<Write, { readonly op: 'create' | 'replace'; readonly kind: AuditSubject['kind'] }>

/** The writes with every decision as an audit row, and the new heads in the rows they are about. @throws Error when such a row is not written */
export function sealed(planned: readonly PlannedWrite[]): Write[] {
  const writes: Write[] = []
  const bySubject = new Map<string, Decision[]>()
  for (const entry of planned) {
    if (entry.op !== 'record') writes.push(entry)
    else {
      const { kind, id } = entry.decision.about
      const decisions = bySubject.get(`${kind}/${id}`) ?? []
      bySubject.set(`${kind}/${id}`, [...decisions, entry.decision])
    }
  }
  for (const [subject, decisions] of bySubject) {
    const index = writes.findIndex((write) => isHolder(write) && `${write.kind}/${write.id}` === subject)
    const holder = writes[index]
    if (holder === undefined || !isHolder(holder)) {
      const names = decisions.map(({ decision }) => `"${decision}"`).join(', ')
      throw new Error(`Commit records ${names} about ${subject}; expected it to write that row, saw that it does not.`)
    }
    const row: Audited = holder.row
    const { head, rows } = chained(row.audit ?? null, decisions)
    writes[index] = { ...holder, row: { ...holder.row, audit: head } } as Write
    for (const record of rows) writes.push({ op: 'create', kind: 'audit', id: record.auditId, row: record })
  }
  return writes
}

function isHolder(write: Write): write is Holder {
  return (write.op === 'create' || write.op === 'replace') && HOLDERS.has(write.kind)
}

const HOLDERS: ReadonlySet<string> = new Set<AuditSubject['kind']>([
  'positions',
  'processed',
  'accounts',
  'programmes',
  'control',
])
