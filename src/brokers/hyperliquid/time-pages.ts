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

/** Reads the interval completely. @throws BrokerUnavailable also when one ms holds more rows than a page (B3) */
export async function readAllPages<Row>(source: PageSource<Row>, interval: Interval): Promise<PagedRows<Row>> {
  const byId = new Map<string, Row>()
  const pending: Interval[] = [interval]
  let pages = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const page = await source.fetch(next)
    pages += 1
    for (const row of page) {
      requireInside(source, row, next)
      if (!byId.has(source.idOf(row))) byId.set(source.idOf(row), row)
    }
    // Popped from the end: the earlier side is read first, so equal times keep the venue's order.
    if (page.length >= source.pageSize) pending.push(...sidesOf(source, page, next).toReversed())
  }
  return { rows: [...byId.values()].toSorted((a, b) => source.timeOf(a) - source.timeOf(b)), pages }
}

function sidesOf<Row>(source: PageSource<Row>, page: readonly Row[], { from, through }: Interval): Interval[] {
  if (from === through) {
    throw new BrokerUnavailable(
      `${source.name}: ${page.length} rows or more within the one millisecond ${from}; no smaller page can be asked for, so completeness cannot be proven.`,
    )
  }
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
