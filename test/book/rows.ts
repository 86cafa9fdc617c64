/** Small rows for tests of the book; what they mean does not matter here, only that they come back as they were. */
import { chained } from '#domain/audit-chain.ts'
import type { AuditRow, SignerRow } from '#domain/records.ts'
import type { Kind, Write } from '#book/book.ts'

export function signer(lastNonce: number): SignerRow {
  return { signer: '0xabc', lastNonce }
}

export function cursor(updatedAt: number): Readonly<Record<string, unknown>> {
  return { account: 'paper', fillsThrough: 0, updatedAt }
}

export function audit(inputs: AuditRow['inputs']): AuditRow {
  const about = { kind: 'accounts', id: 'paper' } as const
  return chained(null, [{ about, at: 1, actor: 'test', decision: 'none', inputs }]).rows[0] as AuditRow
}

/** A record is created once and for all, so each has an id of its own. */
export function createAudit(id: string, inputs: AuditRow['inputs']): Write {
  return { op: 'create', kind: 'audit', id, row: audit(inputs) }
}

/** A `put` of a row of any kind; the stores do not look into rows, so a test row needs only the fields it is about. */
export function put(kind: Kind, id: string, row: Readonly<Record<string, unknown>>): Write {
  return { op: 'put', kind, id, row } as unknown as Write
}

/** The same, for kinds whose rows are created once and for all too. */
export function create(kind: Kind, id: string, row: Readonly<Record<string, unknown>>): Write {
  return { op: 'create', kind, id, row } as unknown as Write
}

export function createSigner(id: string, lastNonce: number): Write {
  return { op: 'create', kind: 'signers', id, row: signer(lastNonce) }
}
