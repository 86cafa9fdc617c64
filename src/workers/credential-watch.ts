/**
 * Credentials are proven at boot and again every day: a key that was edited, expired or gained rights meanwhile must stop new exposure.
 * Exits go on with whatever the key can still do.
 */
import type { Stored } from '#book/book.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import type { Broker, CredentialFinding } from '#brokers/broker.ts'
import type { AccountRow } from '#domain/account.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'
import { type AlertCause, auditedOf, ended, raised } from './writes.ts'

const EVERY_MS = 86_400_000
const WHOLE_ACCOUNT = '*'
const REASON = 'credentials: '

/** When this process last proved the credentials of a broker, ms. Boot has proven them before the first look. */
const provenAt = new WeakMap<Broker, number>()

/** Checks once a day; locks the account's entries on a failed check and lifts that lock on a clean one. @throws BrokerUnavailable, BookUnavailable */
export async function watchCredentials(account: string, tools: Tools): Promise<void> {
  const { broker } = tools.account(account)
  const now = tools.now()
  const last = provenAt.get(broker)
  if (last === undefined) provenAt.set(broker, now)
  if (last === undefined || now - last < EVERY_MS) return
  const failed = (await broker.checkCredentials(now)).filter(({ level }) => level === 'fail')
  provenAt.set(broker, now)
  await retryStale(async () => {
    const stored = await tools.book.load('accounts', account)
    const writes =
      failed.length === 0 ? await lift(account, stored, tools, now) : await lock(account, failed, stored, tools, now)
    if (writes.length > 0) await tools.book.commit(sealed(writes))
  })
}

async function lock(
  account: string,
  failed: readonly CredentialFinding[],
  stored: Stored<AccountRow> | null,
  tools: Tools,
  now: number,
): Promise<PlannedWrite[]> {
  const alert = await raised(tools.book, causeOf(account, failed), now)
  if (stored === null || stored.row.locks[WHOLE_ACCOUNT] !== undefined) return alert.writes
  const reason = REASON + failed.map(({ check }) => check).join(', ')
  return [
    ...alert.writes,
    withLocks(stored, { ...stored.row.locks, [WHOLE_ACCOUNT]: { reason, since: now, alertId: null } }, now),
    lockRecord(account, 'entries locked', { reason, findings: failed }, now),
  ]
}

async function lift(
  account: string,
  stored: Stored<AccountRow> | null,
  tools: Tools,
  now: number,
): Promise<PlannedWrite[]> {
  const end = await ended(tools.book, causeOf(account, []), now)
  // No lock, or an operator's: theirs to lift.
  if (stored?.row.locks[WHOLE_ACCOUNT]?.reason.startsWith(REASON) !== true) return end
  const { [WHOLE_ACCOUNT]: over, ...locks } = stored.row.locks
  return [
    withLocks(stored, locks, now),
    lockRecord(account, 'locks lifted', { lifted: [{ instrument: WHOLE_ACCOUNT, ...over }] }, now),
    ...end,
  ]
}

function withLocks({ id, row, revision }: Stored<AccountRow>, locks: AccountRow['locks'], now: number): PlannedWrite {
  return { op: 'replace', kind: 'accounts', id, revision, row: { ...row, locks, updatedAt: now } }
}

function lockRecord(
  account: string,
  decision: string,
  inputs: Readonly<Record<string, unknown>>,
  now: number,
): PlannedWrite {
  return auditedOf({ kind: 'accounts', id: account }, { at: now, actor: 'sweep', decision, inputs })
}

function causeOf(account: string, failed: readonly CredentialFinding[]): AlertCause {
  return {
    severity: 'critical',
    kind: 'credentials-refused',
    account,
    instrument: null,
    positionId: null,
    occurrence: 'daily',
    title: `Credentials of ${account} are not what they must be`,
    detail: `New exposure is locked. ${failed.map(({ check, detail, fix }) => `${check}: ${detail} ${fix ?? ''}`.trim()).join(' ')}`,
  }
}
