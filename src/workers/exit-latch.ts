/**
 * Holds an exit while its market is closed: the venue would only refuse it, again and again, at the cost of legs and request budget.
 * The wish stays latched and goes out when trading reopens (failure case G8). A calendar may be wrong, so an hour that only its
 * pattern calls closed does not silence an exit: the venue is asked, at a slow pace.
 */
import { clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { calendarOf } from '#domain/session/calendars.ts'
import { localText } from '#domain/session/session-gates.ts'
import { type Session, sessionAt } from '#domain/session/session.ts'
import { specificationOf } from './market.ts'
import type { Tools, Verdict } from './worker.ts'
import { type AlertCause, raiseAlone } from './writes.ts'

/** Longest pause of a latched exit, ms: a clock that is set right meanwhile is noticed so soon. */
const LATCH_LOOK_MS = 60_000
/** Between two tries while only a pattern says that the market is closed, ms. */
const ASK_VENUE_MS = 300_000

/** The pause of an exit whose market is closed now; null when it may go out. @throws BrokerUnavailable, BookUnavailable */
export async function latchedExit(row: PositionRow, leg: number, tools: Tools): Promise<Verdict | null> {
  const instrument = await specificationOf(tools.account(row.account), row.instrument)
  const calendar = instrument === null ? null : calendarOf(instrument)
  if (calendar === null) return null
  const now = tools.now()
  const session = sessionAt(calendar, now)
  if (session.state === 'open') return null
  const tryAt = session.certain ? session.reopensAt : await nextTry(row, leg, session, tools)
  if (tryAt <= now) return null
  const reopens = localText(calendar.zone, session.reopensAt)
  const detail = `outside trading hours (${session.reason}): the exit waits until ${reopens}`
  const seen = `${row.side} ${row.size} stands. Trading is closed (${session.reason}) until ${reopens}`
  const next = await raiseAlone(tools.book, latchCause(row, seen), now)
  return { kind: 'again', afterMs: Math.min(tryAt - now, LATCH_LOOK_MS), detail, next }
}

/** When an exit may be tried in an hour that is perhaps closed, ms: at once the first time, then slowly. */
async function nextTry(
  row: PositionRow,
  leg: number,
  { reopensAt }: Extract<Session, { state: 'closed' }>,
  tools: Tools,
): Promise<number> {
  const before = leg === 0 ? null : await tools.book.load('intents', clientOrderIdOf(row.positionId, 'exit', leg - 1))
  return before?.row.state === 'rejected' ? Math.min(reopensAt, before.row.updatedAt + ASK_VENUE_MS) : 0
}

/** The exit of a position waits for its market; the exit that is taken ends it. */
export function latchCause(
  { account, instrument, positionId }: Pick<PositionRow, 'account' | 'instrument' | 'positionId'>,
  seen: string,
): AlertCause {
  return {
    severity: 'warning',
    kind: 'exit-latched',
    account,
    instrument,
    positionId,
    occurrence: 'exit',
    title: `Exit of ${instrument} waits for trading hours`,
    detail: `${seen}; the exit goes out then by itself.`,
  }
}
