/** Reads chains of records from a book that may be at work meanwhile: what moved between two reads is read again, never called broken. */
import type { Book, Stored } from '#book/book.ts'
import { pagesOf } from '#book/pages.ts'
import { type ChainReport, checkChain } from '#domain/audit-chain.ts'
import { type PositionId, idempotencyKeyOf } from '#domain/ids.ts'
import type { AuditRow, AuditSubject, Audited } from '#domain/records.ts'

/** A subject that moves at each of so many reads is no longer waited for. */
export const MOVES_MAX = 50

/** One subject's chain as the book holds it, checked. */
export interface Chain extends ChainReport {
  readonly about: AuditSubject
  /** The row that holds the head; null when the book has none. */
  readonly holder: Stored<Audited> | null
  /** In the order of the chain; those without a place in it first. */
  readonly rows: readonly Stored<AuditRow>[]
}

/** @throws BookUnavailable */
export async function readChain(book: Book, about: AuditSubject): Promise<Chain> {
  for (let move = 1; ; move += 1) {
    // The head first: records may follow it meanwhile, never be missing.
    const holder: Stored<Audited> | null = await book.load(about.kind, about.id)
    const rows = await recordsOf(book, about)
    const report = checkChain(about, holder?.row.audit ?? null, rows)
    const chain = { ...report, about, holder, rows }
    if (report.fault === null || move >= MOVES_MAX || !(await hasMoved(book, chain))) return chain
  }
}

/** Whether the subject's row is another one by now. @throws BookUnavailable */
export async function hasMoved(book: Book, { about, holder }: Pick<Chain, 'about' | 'holder'>): Promise<boolean> {
  return (await book.load(about.kind, about.id))?.revision !== holder?.revision
}

async function recordsOf(book: Book, { kind, id }: AuditSubject): Promise<Stored<AuditRow>[]> {
  const rows: Stored<AuditRow>[] = []
  const query = { where: { subject: id }, orderBy: { field: 'at', direction: 'ascending' } } as const
  for await (const page of pagesOf(book, 'audit', query)) rows.push(...page)
  return rows
    .filter(({ row }) => (row.subjectKind ?? kind) === kind)
    .toSorted((a, b) => (a.row.seq ?? -1) - (b.row.seq ?? -1) || a.row.at - b.row.at)
}

/** Every chain about one position id: of the commands that named it, then of the position. @throws BookUnavailable */
export async function readTimeline(book: Book, id: PositionId): Promise<readonly Chain[]> {
  const keys = [idempotencyKeyOf(id, 'route'), idempotencyKeyOf(id, 'route', 'reversed')]
  const subjects: AuditSubject[] = [
    ...keys.map((key) => ({ kind: 'processed' as const, id: key })),
    { kind: 'positions', id },
  ]
  const chains = await Promise.all(subjects.map(async (about) => await readChain(book, about)))
  return chains.filter(({ holder, rows }) => holder !== null || rows.length > 0)
}
