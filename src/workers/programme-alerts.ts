/** What a guard lets people know of an account under a programme, and the end of it when the cause has passed. */
import type { Write } from '#book/book.ts'
import type { AlertKind } from '#domain/alert-kinds.ts'
import { decimal } from '#domain/decimal.ts'
import type { AccountId, PositionId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { Denial } from '#domain/policy.ts'
import { allowedTodayOf } from '#domain/programme/consistency.ts'
import { floorsOf } from '#domain/programme/floors.ts'
import { type ProgrammeVerdict, stopDeadlineOf } from '#domain/programme/judge.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import type { ProgrammeState } from '#domain/programme/record.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Tools } from './worker.ts'
import { type AlertCause, alertIdOf, raised, resolved } from './writes.ts'

/** Headroom below so many buffers is worth a warning. */
const LOW_BUFFERS = 2
/** Part of what a day may make from which on it is worth a warning. */
const CONSISTENCY_WARNING = 0.8
/** Part of the time for a stop after which it is worth a warning. */
const STOP_WARNING = 0.5

/** All that an alert may be about. */
export interface Watched {
  readonly account: AccountId
  readonly terms: ProgrammeTerms
  readonly state: ProgrammeState
  readonly verdict: ProgrammeVerdict
  readonly positions: readonly PositionRow[]
  readonly now: number
}

/** Every cause that stands now. */
export function causesOf(watched: Watched): AlertCause[] {
  return [
    ...criticalCauses(watched),
    ...floorWarnings(watched),
    ...consistencyWarning(watched),
    ...stopWarnings(watched),
  ]
}

function criticalCauses({ account, state, verdict, positions, terms }: Watched): AlertCause[] {
  const causes: AlertCause[] = []
  const about = (kind: AlertKind, occurrence: string, title: string, detail: string): AlertCause => ({
    ...aboutAccount(account),
    severity: 'critical',
    kind,
    occurrence,
    title,
    detail,
  })
  const { title } = terms.rules
  const { breach, lockout, day } = state
  if (breach !== null && breach.day === day) {
    causes.push(
      about('programme-breach', `${breach.gate} ${day}`, `${account} reached a floor of ${title}`, told(breach)),
    )
  }
  if (lockout !== null) {
    const until = lockout.until === null ? 'for good' : `until ${new Date(lockout.until).toISOString()}`
    const detail = `No entries ${until}; exits go on. ${told(lockout)}`
    causes.push(
      about('programme-lockout', `${lockout.gate} ${lockout.since}`, `${account} is locked out by ${title}`, detail),
    )
  }
  if (verdict.flatten !== null && positions.length > 0) {
    const detail = `The exit of ${positions.map(({ instrument }) => instrument).join(', ')} is asked for before the programme's own limit. ${told(verdict.flatten)}`
    causes.push(
      about(
        'programme-flatten',
        `${verdict.flatten.gate} ${day}`,
        `${account} is being flattened under ${title}`,
        detail,
      ),
    )
  }
  return causes
}

function told({ gate, limit, observed }: Denial): string {
  return `${gate}: limit ${limit}, observed ${observed}.`
}

function aboutAccount(account: AccountId): Pick<AlertCause, 'account' | 'instrument' | 'positionId'> {
  return { account, instrument: null, positionId: null }
}

function floorWarnings({ account, state, terms }: Watched): AlertCause[] {
  return floorsOf(state, terms)
    .filter(({ headroom, buffer, inBuffer }) => !inBuffer && decimal(headroom).lte(decimal(buffer).times(LOW_BUFFERS)))
    .map(({ rule, floor, observed, headroom, buffer }) => ({
      ...aboutAccount(account),
      severity: 'warning',
      kind: 'programme-headroom',
      occurrence: `${rule} ${state.day}`,
      title: `${account} comes near the ${rule} floor of ${terms.rules.title}`,
      detail: `${observed} USD are ${headroom} above the floor of ${floor}; everything is closed at ${buffer}.`,
    }))
}

function consistencyWarning({ account, state, terms }: Watched): AlertCause[] {
  const allowed = allowedTodayOf(state, terms)
  if (allowed === null || allowed.made.lt(allowed.cap.times(CONSISTENCY_WARNING))) return []
  return [
    {
      ...aboutAccount(account),
      severity: 'warning',
      kind: 'programme-consistency',
      occurrence: String(state.day),
      title: `${account}: today becomes too large a part of the profit for ${terms.rules.title}`,
      detail: `${allowed.text}. Entries are made smaller.`,
    },
  ]
}

function stopWarnings({ positions, terms, now }: Watched): AlertCause[] {
  return positions.flatMap((row) => {
    const stop = stopDeadlineOf(row, terms, now)
    if (stop === null || stop.standsMs < stop.allowedMs * STOP_WARNING) return []
    return [
      {
        severity: stop.due ? ('critical' as const) : ('warning' as const),
        kind: stop.due ? 'programme-flatten' : 'programme-stop-deadline',
        account: row.account,
        instrument: row.instrument,
        positionId: row.positionId,
        occurrence: String(row.nakedSince ?? row.openedAt),
        title: `${row.instrument} stands without a stop under ${terms.rules.title}`,
        detail: `Without a stop at the venue for ${stop.standsMs} ms of the ${stop.allowedMs} ms allowed${stop.due ? '; its exit is asked for' : ''}.`,
      },
    ]
  })
}

export interface SettledAlerts {
  readonly writes: readonly Write[]
  readonly next: readonly Envelope[]
  /** Ids of what stands, by cause. */
  readonly alerts: Readonly<Record<string, string>>
}

/** Raises what is new and ends what has passed. @throws BookUnavailable */
export async function settleAlerts(
  standing: Readonly<Record<string, string>>,
  causes: readonly AlertCause[],
  tools: Tools,
  now: number,
): Promise<SettledAlerts> {
  const writes: Write[] = []
  const next: Envelope[] = []
  const alerts: Record<string, string> = {}
  for (const cause of causes) {
    const key = keyOf(cause)
    const known = Object.hasOwn(standing, key) ? standing[key] : undefined
    if (known === undefined) {
      const alert = await raised(tools.book, cause, now)
      writes.push(...alert.writes)
      next.push(...alert.next)
      alerts[key] = alert.writes[0]?.id ?? alertIdOf(cause)
    } else alerts[key] = known
  }
  const passed = Object.entries(standing).filter(([key]) => !Object.hasOwn(alerts, key))
  for (const [, id] of passed) writes.push(...(await resolved(tools.book, id, now)))
  return { writes, next, alerts }
}

function keyOf({
  kind,
  positionId,
  occurrence,
}: {
  readonly kind: string
  readonly positionId: PositionId | null
  readonly occurrence: string
}): string {
  return [kind, positionId ?? 'account', occurrence].join(' ')
}
