/**
 * One look at an account under a programme: observe, judge, write down, and ask for the exit of everything when the rules demand it.
 * Asked by the guard at its own pace and by the sweep, so that no deployment is without it. Every commit is fenced by the row's
 * revision; run twice it changes nothing.
 */
import type { Stored, Write } from '#book/book.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import type { AccountId } from '#domain/ids.ts'
import { monitorEnvelope } from '#domain/envelopes.ts'
import type { PositionRow } from '#domain/position.ts'
import { floorsOf } from '#domain/programme/floors.ts'
import { judge, judgeClock, stopDeadlineOf } from '#domain/programme/judge.ts'
import type { ProgrammeRow } from '#domain/programme/row.ts'
import type { Denial } from '#domain/policy.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import type { ProgrammeState } from '#domain/programme/record.ts'
import { observe } from '#domain/programme/state.ts'
import { readSnapshot } from './account-view.ts'
import { exitOf } from './exit-request.ts'
import { causesOf, settleAlerts } from './programme-alerts.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools, Verdict } from './worker.ts'
import { type Effects, auditedOf } from './writes.ts'

/** Looks at an account within this time are one look, ms. */
const SHARE_LOOK_MS = 50
/** A look that taught nothing is written down when the last one is so many looks old: half of the writes, and still trusted. */
const LOOKS_UNWRITTEN = 1.5

/** What a look asks of the other stages. */
export type Watch = Required<Pick<Extract<Verdict, { kind: 'done' }>, 'next' | 'wake' | 'detail'>>

/** Null for an account without a programme. @throws BrokerUnavailable (the clock has had its say before), BookUnavailable */
export async function watchProgramme(account: AccountId, tools: Tools): Promise<Watch | null> {
  const { programme: terms } = tools.account(account).policy
  if (terms === null) return null
  // The clock needs no venue: being flat in time must not wait for an answer about money. The next look is for that.
  const early = await flattenByClock(account, terms, tools)
  if (early.next.length > 0) return early
  const at = tools.now()
  const { equity, balance, restriction } = await readSnapshot(tools, account, at - SHARE_LOOK_MS)
  return await retryStale(async () => await record(account, terms, { equity, balance, restriction, at }, tools))
}

interface Seen {
  readonly equity: ProgrammeState['last']['equity']
  readonly balance: ProgrammeState['last']['balance']
  readonly restriction: string | null
  /** When the look began, ms. */
  readonly at: number
}

async function flattenByClock(account: AccountId, terms: ProgrammeTerms, tools: Tools): Promise<Watch> {
  const due = judgeClock(terms.rules, tools.now()).flatten
  if (due === null) return { next: [], wake: [], detail: '' }
  return await retryStale(async () => {
    const positions = await tools.book.list('positions', { where: { account, open: true } })
    const exits = exitsOf(positions, due, tools)
    if (exits.writes.length > 0) await tools.book.commit(sealed(exits.writes))
    return { next: exits.next, wake: wakesOf(exits.asked, tools.now()), detail: due.gate }
  })
}

async function record(account: AccountId, terms: ProgrammeTerms, seen: Seen, tools: Tools): Promise<Watch> {
  const { at, ...reading } = seen
  const [stored, positions] = await Promise.all([
    tools.book.load('programmes', account),
    tools.book.list('positions', { where: { account, open: true } }),
  ])
  const state = observe(stored?.row.state ?? null, reading, terms, at)
  const verdict = judge(state, terms, at)
  const rows = positions.map(({ row }) => row)
  const overdue = positions.filter(({ row }) => stopDeadlineOf(row, terms, at)?.due === true)
  const exits =
    verdict.flatten === null ? exitsOf(overdue, STOP_OVERDUE, tools) : exitsOf(positions, verdict.flatten, tools)
  const causes = causesOf({ account, terms, state, verdict, positions: rows, now: at })
  const settled = await settleAlerts(stored?.row.alerts ?? {}, causes, tools, at)
  const row: ProgrammeRow = {
    account,
    firm: terms.rules.firm,
    state,
    floors: floorsOf(state, terms),
    verdict,
    alerts: settled.alerts,
    asOf: state.last.at,
    ...(stored?.row.audit !== undefined && { audit: stored.row.audit }),
  }
  const effects = [...exits.writes, ...settled.writes, ...verdictRecord(stored?.row ?? null, row, at)]
  if (effects.length > 0 || isWorthWriting(stored, row, terms.lookMs))
    await tools.book.commit(sealed([rowWrite(stored, row), ...effects]))
  return { next: [...exits.next, ...settled.next], wake: wakesOf(exits.asked, at), detail: detailOf(row) }
}

const STOP_OVERDUE = { gate: 'programme-stop-deadline', limit: 'a stop at the venue in time', observed: 'none' }

/** Asks for the exit of positions that have none asked for yet; says why in the audit. */
function exitsOf(
  positions: readonly Stored<PositionRow>[],
  why: Denial,
  tools: Tools,
): Effects & { readonly asked: readonly PositionRow[] } {
  const now = tools.now()
  const asked = positions.filter(({ row }) => row.exit === null && row.state !== 'unresolved')
  const effects: Effects = { writes: [], next: [] }
  for (const position of asked) {
    const { positionId } = position.row
    const exit = exitOf(position, { ...PROGRAMME_EXIT, commandId: positionId, why: { ...why } }, now)
    effects.next.push(...exit.next)
    effects.writes.push(...exit.writes)
  }
  return { ...effects, asked: asked.map(({ row }) => row) }
}

const PROGRAMME_EXIT = { reason: 'programme_flatten', afterClose: null, source: 'guard' } as const

/** That entries were closed, opened again or closed by another rule; none while that stands already. */
function verdictRecord(before: ProgrammeRow | null, row: ProgrammeRow, now: number): PlannedWrite[] {
  const { entries } = row.verdict
  if ((before?.verdict.entries?.gate ?? null) === (entries?.gate ?? null)) return []
  const decision = entries === null ? 'entries opened' : 'entries closed'
  const inputs = { entries, before: before?.verdict.entries ?? null, floors: row.floors, seen: row.state.last }
  return [auditedOf({ kind: 'programmes', id: row.account }, { at: now, actor: 'guard', decision, inputs })]
}

/** An entry that rests is canceled, and a stop taken down, by the position's own monitor: let it look now. */
function wakesOf(positions: readonly PositionRow[], now: number): Watch['wake'] {
  return positions.map((row) => ({ stage: 'monitor', key: monitorEnvelope(row, 'guard', now).idempotency_key }))
}

function isWorthWriting(stored: Stored<ProgrammeRow> | null, row: ProgrammeRow, lookMs: number): boolean {
  if (stored === null || row.asOf - stored.row.asOf >= lookMs * LOOKS_UNWRITTEN) return true
  const lasting = ({ state, alerts }: ProgrammeRow): string => JSON.stringify([{ ...state, last: null }, alerts])
  return lasting(row) !== lasting(stored.row)
}

function rowWrite(stored: Stored<ProgrammeRow> | null, row: ProgrammeRow): Write {
  return stored === null
    ? { op: 'create', kind: 'programmes', id: row.account, row }
    : { op: 'replace', kind: 'programmes', id: row.account, revision: stored.revision, row }
}

function detailOf({ floors, verdict }: ProgrammeRow): string {
  const rooms = floors.map(({ rule, headroom }) => `${rule} ${headroom} USD`).join(', ')
  return `headroom ${rooms || 'unlimited'}${verdict.entries === null ? '' : `; entries closed: ${verdict.entries.gate}`}`
}
