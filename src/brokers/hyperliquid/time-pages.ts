/**
 * Reads all rows of an interval from a list that is cut at a page size. A full page is followed on BOTH sides of what it
 * showed, because which end the venue cuts is not documented; only pages that are not full prove that nothing is missing.
 */
import { BrokerUnavailable } from '#brokers/errors.ts'

/** Both bounds inclusive, ms since epoch. */
export interface Interval {
  readonly from: number
  readonly through: number
}

/** How to read one kind of row. */
export interface PageSource<Row> {
  readonly name: string
  /** From this many rows on, a page may have been cut. */
  readonly pageSize: number
  fetch(interval: Interval): Promise<readonly Row[]>
  timeOf(row: Row): number
  /** The venue's own identity of a row. */
  idOf(row: Row): string
}

/** Rows in time order, equal times in the venue's order, without duplicates. */
export interface PagedRows<Row> {
  readonly rows: readonly Row[]
  readonly pages: number
}

/** What can be had of an interval, and the instants (ms, ascending) of which a page does not show all, however it is asked for (B3). */
export interface ServedRows<Row> extends PagedRows<Row> {
  readonly saturated: readonly number[]
}

/** Reads the interval completely. @throws BrokerUnavailable also when one ms holds more rows than a page (B3) */
export async function readAllPages<Row>(source: PageSource<Row>, interval: Interval): Promise<PagedRows<Row>> {
  const { saturated, ...read } = await readServedPages(source, interval)
  if (saturated[0] === undefined) return read
  throw new BrokerUnavailable(
    `${source.name}: ${source.pageSize} rows or more within the one millisecond ${saturated[0]}; no smaller page can be asked for, so completeness cannot be proven.`,
  )
}

/** Reads all that the venue serves of an interval, and says where that is not all. @throws BrokerUnavailable */
export async function readServedPages<Row>(source: PageSource<Row>, interval: Interval): Promise<ServedRows<Row>> {
  const byId = new Map<string, Row>()
  const pending: Interval[] = [interval]
  const saturated: number[] = []
  let pages = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const page = await source.fetch(next)
    pages += 1
    for (const row of page) {
      requireInside(source, row, next)
      if (!byId.has(source.idOf(row))) byId.set(source.idOf(row), row)
    }
    if (page.length < source.pageSize) continue
    if (next.from === next.through) saturated.push(next.from)
    // Popped from the end: the earlier side is read first, so equal times keep the venue's order.
    else pending.push(...sidesOf(source, page, next).toReversed())
  }
  const rows = [...byId.values()].toSorted((a, b) => source.timeOf(a) - source.timeOf(b))
  return { rows, pages, saturated: [...new Set(saturated)].toSorted((a, b) => a - b) }
}

function sidesOf<Row>(source: PageSource<Row>, page: readonly Row[], { from, through }: Interval): Interval[] {
  const times = page.map((row) => source.timeOf(row))
  const first = times.reduce((a, b) => Math.min(a, b))
  const last = times.reduce((a, b) => Math.max(a, b))
  // Each side is smaller than the interval, so the search ends.
  return [
    { from, through: Math.min(first, through - 1) },
    { from: Math.max(last, from + 1), through },
  ]
}

function requireInside<Row>(source: PageSource<Row>, row: Row, { from, through }: Interval): void {
  const time = source.timeOf(row)
  if (time >= from && time <= through) return
  throw new BrokerUnavailable(`${source.name}: asked for ${from}..${through}, the venue answered a row of ${time}.`)
}
