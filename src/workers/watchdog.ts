/**
 * The watchdog: looks at the book from outside of every queue, and says when nobody works on an account, when a venue is not heard any
 * more and when sweeps have stopped. Redis and the workers may be what is dead, so it tells the sinks itself; what it has told is
 * recorded where the queue's worker looks too, and neither tells what the other has told.
 */
import type { Write } from '#book/book.ts'
import { activeAlerts } from '#book/frequent-queries.ts'
import {
  type Condition,
  type FeedVerdict,
  type LivenessTerms,
  lookAtLife,
  type SiteVerdict,
  type Vigil,
} from '#domain/liveness.ts'
import { judgeTelling, deliveryIdOf } from '#domain/alert-telling.ts'
import type { AlertKind } from '#domain/alert-kinds.ts'
import type { AlertRow } from '#domain/records.ts'
import { commandAt } from '#queues/site.ts'
import { retryStale } from './retry-stale.ts'
import { overdueSweeps, type SweepWatch } from './sweep-liveness.ts'
import { tellSink, type TellingTools } from './tell-sink.ts'
import { type AlertCause, ended, owed, raised } from './writes.ts'

/** What is watched. */
export interface Watched extends LivenessTerms {
  readonly sweeps: Omit<SweepWatch, 'since'>
}

/** `isWell`: everybody lives, everything is heard, every account is swept. */
export interface Watch {
  readonly vigil: Vigil
  readonly isWell: boolean
}

const OURS: ReadonlySet<AlertKind> = new Set(['feed-silent', 'sweep-overdue', 'workers-gone'])
/** Beginnings and ends that a sink has not heard, in one look. */
const ALERTS_MAX = 1_000

/** One look. @throws BookUnavailable: then nothing is known */
export async function lookAround(vigil: Vigil, watched: Watched, tools: TellingTools): Promise<Watch> {
  const { book } = tools
  const rows = (await book.list('heartbeats', {})).map(({ row }) => row)
  const look = lookAtLife(vigil, rows, watched, tools.now())
  const sweeps = await overdueSweeps({ ...watched.sweeps, since: vigil.since }, book, tools.now())
  const findings = [
    ...look.sites.map((verdict) => ({ condition: verdict.condition, cause: goneCause(verdict) })),
    ...look.feeds.map((verdict) => ({ condition: verdict.condition, cause: silentCause(verdict) })),
    ...sweeps.map(({ cause, isSilent }) => ({ condition: isSilent ? ('silent' as const) : ('well' as const), cause })),
  ]
  const over: AlertRow[] = []
  for (const finding of findings) over.push(...(await settle(finding, tools)))
  for (const process of look.forgotten) await book.commit([{ op: 'delete', kind: 'heartbeats', id: process }])
  await tellOurs(over, tools)
  return { vigil: look.vigil, isWell: findings.every(({ condition }) => condition !== 'silent') }
}

/** Raises or ends one alert; answers what ended. @throws BookUnavailable */
async function settle(
  { condition, cause }: { readonly condition: Condition; readonly cause: AlertCause },
  { book, now }: TellingTools,
): Promise<readonly AlertRow[]> {
  if (condition === 'unclear') return []
  return await retryStale(async () => {
    const writes = condition === 'silent' ? (await raised(book, cause, now())).writes : await ended(book, cause, now())
    if (writes.length > 0) await book.commit(writes)
    return condition === 'silent' ? [] : writes.flatMap(alertOf)
  })
}

function alertOf(write: Write): AlertRow[] {
  return write.kind === 'alerts' && 'row' in write ? [write.row] : []
}

/** Everything that a sink is to hear of our alerts now; one that is down holds up no other. @throws BookUnavailable */
async function tellOurs(over: readonly AlertRow[], tools: TellingTools): Promise<void> {
  const active = await tools.book.list('alerts', activeAlerts(ALERTS_MAX))
  const ours = [...active.map(({ row }) => row).filter(({ kind }) => OURS.has(kind)), ...over]
  await Promise.all(ours.map(async (alert) => await tellEverybody(alert, tools)))
}

async function tellEverybody(alert: AlertRow, tools: TellingTools): Promise<void> {
  const { book, alerting } = tools
  await Promise.all(
    alerting.sinks.map(async (sink) => {
      const told = await book.load('deliveries', deliveryIdOf(alert.alertId, sink.name))
      const judged = judgeTelling(alert, told?.row ?? null, sink, alerting.repeat, tools.now())
      if (judged.kind !== 'tell') return
      // What is due later is owed, so that the queue goes on with it when it lives.
      await tellSink(alert.alertId, sink, judged.telling, tools, (_, next, now) => owed(next, now))
    }),
  )
}

function goneCause({ site, stages, since }: SiteVerdict): AlertCause {
  const where = site === null ? 'accounts without a site' : `site ${site}`
  return {
    severity: 'critical',
    kind: 'workers-gone',
    account: '*',
    instrument: null,
    positionId: null,
    occurrence: site ?? 'no site',
    title: `Nobody works for ${where}`,
    detail:
      `No living process has worked on ${stages.join(', ')} since ${instant(since)}: signals wait, positions are not managed, ` +
      `only native stops work at the venue. Start one: ${commandAt('truebook worker', site)}`,
  }
}

function silentCause({ account, since }: FeedVerdict): AlertCause {
  return {
    severity: 'warning',
    kind: 'feed-silent',
    account,
    instrument: null,
    positionId: null,
    occurrence: 'feed',
    title: `The venue's stream of ${account} is silent`,
    detail:
      `Nothing has been heard since ${instant(since)}: positions are managed by reading, more slowly. ` +
      "See the venue's status page and the log of the workers.",
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
