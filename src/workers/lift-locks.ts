/**
 * Lifts drift locks after a clean comparison: only those that stood before the broker was asked. One that somebody set meanwhile,
 * or an alert raised meanwhile, knows more than the comparison does. An ignored position keeps its lock until the broker is flat there; the
 * ignoring ends with it.
 */
import { activeAlertsAt } from '#book/frequent-queries.ts'
import { sealed } from '#book/seal.ts'
import { type DriftLock, without } from '#domain/account.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import type { AlertRow } from '#domain/records.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'
import { auditedOf, ending } from './writes.ts'

/** What stands at an account: its locks, and the ids of active alerts when there are locks. */
export interface Standing {
  readonly locks: Readonly<Record<InstrumentId, DriftLock>>
  readonly alerts: ReadonlySet<string>
}

/** To be asked before the broker is. @throws BookUnavailable */
export async function standingNow(account: AccountId, tools: Tools): Promise<Standing> {
  const stored = await tools.book.load('accounts', account)
  const locks = stored?.row.locks ?? {}
  const alerts = Object.keys(locks).length === 0 ? [] : await tools.book.list('alerts', activeAlertsAt(account))
  return { locks, alerts: new Set(alerts.map(({ id }) => id)) }
}

/** A comparison, as far as it concerns locks. */
export interface Comparison {
  readonly standing: Standing
  /** Instruments that differ or were not judged. */
  readonly differing: ReadonlySet<string>
  /** The venue's time of its oldest answer, ms. One from before a lock was set may be what the venue held before. */
  readonly asOf: number
}

/** A clean comparison lifts the locks of instruments that no longer differ, and ends their alerts. @throws BookUnavailable */
export async function liftLocks(
  account: AccountId,
  { standing, differing, asOf }: Comparison,
  tools: Tools,
): Promise<void> {
  if (Object.keys(standing.locks).length === 0) return
  await retryStale(async () => {
    const stored = await tools.book.load('accounts', account)
    if (stored === null) return
    const active = await tools.book.list('alerts', activeAlertsAt(account))
    const news = new Set(
      active.filter(({ id, row }) => isAboutPosition(row) && !standing.alerts.has(id)).map(({ row }) => row.instrument),
    )
    const lifted = Object.entries(stored.row.locks)
      .filter(([instrument, lock]) => standing.locks[instrument]?.since === lock.since && lock.since < asOf)
      .map(([instrument]) => instrument)
      .filter((instrument) => instrument !== '*' && !differing.has(instrument) && !news.has(instrument))
    if (lifted.length === 0) return
    const now = tools.now()
    const locks = Object.fromEntries(
      Object.entries(stored.row.locks).filter(([instrument]) => !lifted.includes(instrument)),
    )
    const over = active.filter(
      ({ row }) => row.instrument !== null && lifted.includes(row.instrument) && isAboutPosition(row),
    )
    const inputs = { lifted: lifted.map((instrument) => ({ instrument, ...stored.row.locks[instrument] })) }
    const about = { kind: 'accounts', id: account } as const
    const noLonger = lifted.filter((instrument) => stored.row.ignored?.[instrument] !== undefined)
    const ignored = noLonger.reduce(without, stored.row.ignored)
    await tools.book.commit(
      sealed([
        {
          op: 'replace',
          kind: 'accounts',
          id: account,
          revision: stored.revision,
          row: { ...stored.row, locks, ...(ignored !== undefined && { ignored }), updatedAt: now },
        },
        ...over.flatMap((alert) => ending(alert, now)),
        auditedOf(about, { at: now, actor: 'sweep', decision: 'locks lifted', inputs }),
        ...noLonger.map((instrument) =>
          auditedOf(about, {
            at: now,
            actor: 'sweep',
            decision: 'ignoring ended: the broker is flat',
            inputs: { instrument, ignored: stored.row.ignored?.[instrument] },
          }),
        ),
      ]),
    )
  })
}

function isAboutPosition({ kind }: AlertRow): boolean {
  return /position|drift|foreign-order/.test(kind) && kind !== 'naked-position'
}
