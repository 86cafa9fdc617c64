/** Pages and time windows of list answers (reference sections B3 and B4). */
import { badParameter, type Refusal, refuse } from '#simulators/bybit/engine/refusal.ts'

const DAY_MS = 86_400_000
const MAX_WINDOW_MS = 7 * DAY_MS
const HISTORY_MS = 2 * 365 * DAY_MS

/** How long a page may be. */
export interface PageRule {
  readonly max: number
  readonly standard: number
}

/** A page of rows. */
export interface Page<Row> {
  readonly list: readonly Row[]
  /** Already percent-encoded; "" on the last page. */
  readonly nextPageCursor: string
}

/** Cuts the page that a query asks for; `keyOf` names a row for good, so new rows do not shift later pages. */
export function pageOf<Row>(
  rows: readonly Row[],
  query: URLSearchParams,
  rule: PageRule,
  keyOf: (row: Row) => string,
): Page<Row> | Refusal {
  const limit = query.has('limit') ? Number(query.get('limit')) : rule.standard
  if (!Number.isInteger(limit) || limit < 1 || limit > rule.max) {
    return badParameter(`limit must be between 1 and ${rule.max}`)
  }
  const start = startOf(rows, query.get('cursor') ?? '', keyOf)
  if (start === undefined) return badParameter('cursor invalid')
  const list = rows.slice(start, start + limit)
  const last = list.at(-1)
  const isLast = last === undefined || start + limit >= rows.length
  return { list, nextPageCursor: isLast ? '' : encodeURIComponent(`page_token=${keyOf(last)}&`) }
}

function startOf<Row>(rows: readonly Row[], cursor: string, keyOf: (row: Row) => string): number | undefined {
  if (cursor === '') return 0
  // The cursor is served encoded; a client that does not encode it once more has it decoded on the way.
  const match = /^page_token(?:=|%3D)(.+?)(?:&|%26)$/.exec(cursor)
  const key = match?.[1]
  if (key === undefined) return undefined
  const index = rows.findIndex((row) => encodeURIComponent(keyOf(row)) === key || keyOf(row) === key)
  return index === -1 ? rows.length : index + 1
}

/** Both bounds inclusive, ms. */
export interface TimeWindow {
  readonly start: number
  readonly end: number
}

/** The window a query asks for; without bounds the last `standardMs`. At most seven days, two years back. */
export function windowOf(query: URLSearchParams, now: number, standardMs = MAX_WINDOW_MS): TimeWindow | Refusal {
  const [startText, endText] = [query.get('startTime'), query.get('endTime')]
  const start = startText === null ? undefined : Number(startText)
  const end = endText === null ? undefined : Number(endText)
  if ([start, end].some((bound) => bound !== undefined && !Number.isInteger(bound))) {
    return badParameter('startTime and endTime must be milliseconds')
  }
  const window = {
    start: start ?? (end ?? now) - standardMs,
    end: end ?? (start === undefined ? now : start + standardMs),
  }
  if (window.start > window.end) return refuse(10001, 'startTime must not be later than endTime')
  if (window.end - window.start > MAX_WINDOW_MS) {
    return refuse(10001, 'The time range between startTime and endTime cannot exceed 7 days')
  }
  if (window.start < now - HISTORY_MS) return refuse(10001, 'Only the last 2 years can be queried')
  return window
}

/** Whether a time lies in a window. */
export function isWithin(time: number, { start, end }: TimeWindow): boolean {
  return time >= start && time <= end
}
