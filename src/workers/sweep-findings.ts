/** What the sweep does about one finding: repair through fills where they can prove it, else alert and lock. It never trades. */
import { without } from '#domain/account.ts'
import { locksEntries } from '#domain/comparison.ts'
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
  if (effects.writes.length === 0 && !locksEntries(finding)) return effects
  const { row, write } = await accountWrite(tools, account, now)
  // Not the position any more that an operator lets stand: the ignoring is over, and the lock says what was found.
  const notIgnored = finding.kind === 'unexpected-position' && row.ignored?.[finding.instrument] !== undefined
  const locks = locksEntries(finding) && (row.locks[finding.instrument] === undefined || notIgnored)
  if (effects.writes.length === 0 && !locks) return effects
  const reason = `${finding.kind}: book ${finding.book}, broker ${finding.broker}`
  const lock = { [finding.instrument]: { reason, since: now, alertId: null } }
  const kept = notIgnored ? { ...row, ignored: without(row.ignored, finding.instrument) } : row
  const about = { kind: 'accounts', id: account } as const
  const decision = { at: now, actor, decision: `found ${finding.kind}`, inputs: { finding, entriesLocked: locks } }
  effects.writes.push(
    write(locks ? { ...kept, locks: { ...row.locks, ...lock }, updatedAt: now } : kept),
    auditedOf(about, decision),
  )
  if (notIgnored) {
    const inputs = {
      instrument: finding.instrument,
      ignored: row.ignored?.[finding.instrument],
      broker: finding.broker,
    }
    effects.writes.push(auditedOf(about, { at: now, actor, decision: 'ignoring ended: it has changed', inputs }))
  }
  return effects
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
