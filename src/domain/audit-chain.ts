/**
 * Records of decisions as chains: each record of a subject holds the hash of the one before, and the subject's own row holds the head,
 * so that no record can be changed, taken out, moved or cut off at the end without being noticed. Pure.
 */
import { payloadHashOf } from './ids.ts'
import type { AuditHead, AuditRow, AuditSubject, Decision } from './records.ts'

/** Id of a record: its subject and its place. Two writers of one place meet here. */
export function auditIdOf({ kind, id }: AuditSubject, seq: number): string {
  return `${kind}.${id}.${String(seq).padStart(6, '0')}`
}

/** SHA-256, 64 hex digits, over the canonical JSON (RFC 8785) of everything in a record but its hash. */
export function auditHashOf(record: Omit<AuditRow, 'hash'>): string {
  return payloadHashOf(record)
}

/** Decisions about one subject, in their order, behind its head (null: none was recorded so far). */
export function chained(
  head: AuditHead | null,
  decisions: readonly Decision[],
): { readonly head: AuditHead | null; readonly rows: readonly AuditRow[] } {
  const rows: AuditRow[] = []
  let last = head
  for (const { about, ...decision } of decisions) {
    const seq = last === null ? 0 : last.seq + 1
    const linked = {
      auditId: auditIdOf(about, seq),
      subjectKind: about.kind,
      subject: about.id,
      ...decision,
      seq,
      previous: last?.hash ?? null,
    }
    const hash = auditHashOf(linked)
    rows.push({ ...linked, hash })
    last = { seq, hash }
  }
  return { head: last, rows }
}

/** A record as a store answers it: perhaps of an older version, perhaps tampered with. */
export interface StoredRecord {
  readonly id: string
  readonly row: Partial<AuditRow>
}

/** The first record that does not fit, in the order of the chain. */
export interface ChainFault {
  readonly record: string
  readonly problem: string
}

export interface ChainReport {
  /** Records that are linked to a chain. */
  readonly records: number
  /** Records without a hash: of a version before chains. */
  readonly unchained: readonly string[]
  /** Null when every record is the one that was written, none is missing and none was added. */
  readonly fault: ChainFault | null
}

/** Compares all records of one subject, in any order, with its head. */
export function checkChain(about: AuditSubject, head: AuditHead | null, stored: readonly StoredRecord[]): ChainReport {
  const linked = stored
    .filter(({ row }) => isChained(row))
    .toSorted((a, b) => Number(a.row.seq) - Number(b.row.seq) || (a.id < b.id ? -1 : 1))
  const unchained = stored.filter(({ row }) => !isChained(row)).map(({ id }) => id)
  return { records: linked.length, unchained, fault: faultOf(about, head, linked) }
}

/** Records of versions before chains have neither. */
function isChained(row: Partial<AuditRow>): boolean {
  return row.hash !== undefined || row.seq !== undefined
}

function faultOf(about: AuditSubject, head: AuditHead | null, linked: readonly StoredRecord[]): ChainFault | null {
  let previous: string | null = null
  for (const [seq, { id, row }] of linked.entries()) {
    const expected = auditIdOf(about, seq)
    if (head === null)
      return { record: id, problem: `expected no record, since the row of ${about.kind} ${about.id} names none` }
    if (seq > head.seq) return { record: id, problem: `expected the chain to end with ${auditIdOf(about, head.seq)}` }
    if (row.seq !== seq) return { record: expected, problem: `expected it in the book, found none before ${id}` }
    if (id !== expected || row.auditId !== expected) return { record: id, problem: `expected it to be ${expected}` }
    const { hash, ...content } = row as AuditRow
    const actual = auditHashOf(content)
    if (hash !== actual) return { record: id, problem: `its content hashes to ${actual}, it says ${hash}` }
    if (row.previous !== previous)
      return { record: id, problem: `expected it to follow ${previous}, it says ${row.previous}` }
    previous = hash
  }
  return head === null ? null : endFault(about, head, linked.length, previous)
}

function endFault(about: AuditSubject, head: AuditHead, records: number, last: string | null): ChainFault | null {
  if (records <= head.seq)
    return {
      record: auditIdOf(about, records),
      problem: `expected it in the book, found none: ${records} of ${head.seq + 1} records are there`,
    }
  return last === head.hash
    ? null
    : { record: auditIdOf(about, head.seq), problem: `its hash is ${last}, its subject's row says ${head.hash}` }
}
