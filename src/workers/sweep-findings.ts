/** What the sweep does about one finding: repair through fills where they can prove it, else alert and lock. It never trades. */
import type { RecordedDecision } from '#book/seal.ts'
import { type AccountRow, without } from '#domain/account.ts'
import { isIgnored, locksEntries } from '#domain/comparison.ts'
import type { AccountId } from '#domain/ids.ts'
import { reconcileEnvelope } from '#domain/envelopes.ts'
import type { Finding } from '#domain/records.ts'
import { accountWrite } from './drift-lock.ts'
import type { Tools } from './worker.ts'
import { type AlertCause, type Effects, auditedOf, owed, raised } from './writes.ts'

/** None when all of it was done before. `actor`: the stage that found it. @throws BookUnavailable */
export async function findingEffects(
  account: AccountId,
  finding: Finding,
  actor: string,
  tools: Tools,
  now: number,
): Promise<Effects> {
  const effects = await toldEffects(account, finding, tools, now)
  if (effects.writes.length === 0 && !locksEntries(finding)) return effects
  const { row, write } = await accountWrite(tools, account, now)
  // Somebody lets it stand, since we looked perhaps.
  if (isIgnored(finding, row.ignored)) return { writes: [], next: [] }
  const ended = endedIgnoring(row, finding, actor, now)
  const locks = locksEntries(finding) && (row.locks[finding.instrument] === undefined || ended.length > 0)
  if (effects.writes.length === 0 && !locks) return effects
  const decision = { at: now, actor, decision: `found ${finding.kind}`, inputs: { finding, entriesLocked: locks } }
  effects.writes.push(
    write(locks ? lockedRow(row, finding, now) : row),
    auditedOf({ kind: 'accounts', id: account }, decision),
    ...ended,
  )
  return effects
}

/** The fills are asked where they can prove it, and somebody is told. */
async function toldEffects(account: AccountId, finding: Finding, tools: Tools, now: number): Promise<Effects> {
  const effects: Effects = { writes: [], next: [] }
  if ((finding.kind === 'orphan' || finding.kind === 'side-drift') && finding.positionId !== null) {
    const next = reconcileEnvelope({ positionId: finding.positionId, account }, 'sweep', now)
    if ((await tools.book.load('outbox', next.idempotency_key)) === null) effects.writes.push(...owed([next], now))
    effects.next.push(next)
  }
  const cause = causeOf(account, finding)
  if (cause !== null) {
    const alert = await raised(tools.book, cause, now)
    effects.writes.push(...alert.writes)
    effects.next.push(...alert.next)
  }
  return effects
}

/** The lock says what was found; an ignoring of what stood there before is over. */
function lockedRow(row: AccountRow, { kind, instrument, book, broker }: Finding, now: number): AccountRow {
  const lock = { reason: `${kind}: book ${book}, broker ${broker}`, since: now, alertId: null }
  const kept =
    kind === 'unexpected-position' ? { ...row, ...(row.ignored && { ignored: without(row.ignored, instrument) }) } : row
  return { ...kept, locks: { ...row.locks, [instrument]: lock }, updatedAt: now }
}

/** Not the position any more that an operator lets stand: that is news, and recorded. */
function endedIgnoring(
  { account, ignored }: AccountRow,
  { kind, instrument, broker }: Finding,
  actor: string,
  now: number,
): RecordedDecision[] {
  const entry = ignored?.[instrument]
  if (kind !== 'unexpected-position' || entry === undefined) return []
  const inputs = { instrument, ignored: entry, broker }
  const decision = 'ignoring ended: it has changed'
  return [auditedOf({ kind: 'accounts', id: account }, { at: now, actor, decision, inputs })]
}

/** The orphan's own alert comes from reconcile, with the PnL that the fills prove. */
function causeOf(account: AccountId, finding: Finding): AlertCause | null {
  if (finding.kind === 'orphan') return null
  const titles: Record<Exclude<Finding['kind'], 'orphan'>, string> = {
    'unexpected-position': `Unexpected ${finding.instrument} position at the broker`,
    'side-drift': `${finding.instrument} stands on the other side at the broker`,
    'size-drift': `${finding.instrument} has another size at the broker`,
    'foreign-order': `Working order on ${finding.instrument} that is not ours`,
    'unknown-order': `Order on ${finding.instrument} with unknown outcome`,
    'evidence-expired': `Fills of ${finding.instrument} are no longer served by the venue`,
  }
  return {
    severity: finding.kind === 'foreign-order' ? 'warning' : 'critical',
    kind: finding.kind,
    account,
    instrument: finding.instrument,
    positionId: finding.positionId,
    occurrence:
      finding.kind === 'unexpected-position' ? (finding.broker.startsWith('-') ? 'short' : 'long') : finding.broker,
    title: titles[finding.kind],
    detail: `Book: ${finding.book}. Broker: ${finding.broker}. ${finding.action}.`,
  }
}
