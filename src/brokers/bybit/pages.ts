/** Lists that the venue cuts: pages by cursor, and windows of at most 7 days for what has a time (reference section B4). */
import { z } from 'zod'
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { Query, VenueSession } from './session.ts'
import type { ReadPath } from './signature.ts'

/** Both bounds inclusive, ms since epoch. */
export interface Interval {
  readonly from: number
  readonly through: number
}

/** Longest time the venue lets one question span, ms. */
export const WINDOW_MS: number = 7 * 86_400_000
/** A list that never ends would never prove anything. */
const PAGES_MAX = 2_000

export interface Rows<Row> {
  readonly rows: readonly Row[]
  readonly pages: number
}

/** Reads a whole list by its cursor. @throws BrokerUnavailable also when the cursor stands still (B3) */
export async function readPages<Schema extends z.ZodType>(
  session: VenueSession,
  path: ReadPath,
  query: Query,
  row: Schema,
): Promise<Rows<z.output<Schema>>> {
  const page = z.looseObject({ list: z.array(row), nextPageCursor: z.string().nullish() })
  const rows: z.output<Schema>[] = []
  let cursor: string | undefined
  for (let pages = 1; pages <= PAGES_MAX; pages += 1) {
    const { data } = await session.read(path, { ...query, cursor }, page)
    rows.push(...data.list)
    const next = data.nextPageCursor ?? ''
    if (next === '' || data.list.length === 0) return { rows, pages }
    if (next === cursor) throw new BrokerUnavailable(`Bybit ${path}: the cursor does not move; the list never ends.`)
    cursor = next
  }
  throw new BrokerUnavailable(`Bybit ${path}: more than ${PAGES_MAX} pages; ask for a shorter time.`)
}

/** Reads a list of an interval, window by window, oldest first. @throws BrokerUnavailable */
export async function readWindows<Schema extends z.ZodType>(
  session: VenueSession,
  path: ReadPath,
  { query, interval }: { readonly query: Query; readonly interval: Interval },
  row: Schema,
): Promise<Rows<z.output<Schema>>> {
  const rows: z.output<Schema>[] = []
  let pages = 0
  for (const { from, through } of windowsOf(interval)) {
    const window = await readPages(session, path, { ...query, startTime: from, endTime: through }, row)
    rows.push(...window.rows)
    pages += window.pages
  }
  return { rows, pages }
}

/** The interval in spans that one question may have, oldest first, without overlap. */
export function windowsOf({ from, through }: Interval): Interval[] {
  const windows: Interval[] = []
  for (let start = from; start <= through; start += WINDOW_MS) {
    windows.push({ from: start, through: Math.min(start + WINDOW_MS - 1, through) })
  }
  return windows
}
