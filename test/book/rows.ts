/** Small rows for tests of the book; what they mean does not matter here, only that they come back as they were. */
import type { AuditRow, SignerRow } from '#domain/records.ts'
import type { Kind, Write } from '#book/book.ts'

export function signer(lastNonce: number): SignerRow {
  return { signer: '0xabc', lastNonce }
}

export function cursor(updatedAt: number): Readonly<Record<string, unknown>> {
  return { account: 'paper', fillsThrough: 0, updatedAt }
}

export function audit(inputs: AuditRow['inputs']): AuditRow {
  return { auditId: 'audit-1', subject: 'paper', at: 1, actor: 'test', decision: 'none', inputs }
}

/** A `put` of a row of any kind; the stores do not look into rows, so a test row needs only the fields it is about. */
export function put(kind: Kind, id: string, row: Readonly<Record<string, unknown>>): Write {
  return { op: 'put', kind, id, row } as unknown as Write
}

export function createSigner(id: string, lastNonce: number): Write {
  return { op: 'create', kind: 'signers', id, row: signer(lastNonce) }
}
