/** Applies what a fault rule says a read gets wrong. */
import type { OrderRow } from '#simulators/projectx/engine/record.ts'
import { orderSubject } from '#simulators/projectx/faults/fault-subject.ts'
import type { Call } from './desk.ts'

/** The ms as of which a read answers; undefined for now. Drawn only by what reads an account. */
export function asOf({ desk, subject }: Call): number | undefined {
  const fault = desk.faults.ofKinds(subject, ['stale'])
  return fault === undefined ? undefined : desk.venue.now() - fault.ms
}

/** Orders without those that a rule hides. */
export function shownOrders(rows: readonly OrderRow[], { desk, subject }: Call): readonly OrderRow[] {
  return rows.filter((row) => desk.faults.ofKinds(orderSubject(subject, row), ['hide-order']) === undefined)
}

/** The same list, cut short when a rule says so. */
export function cutShort<Row>(rows: readonly Row[], { desk, subject }: Call): readonly Row[] {
  const fault = desk.faults.ofKinds(subject, ['truncate'])
  return fault === undefined ? rows : rows.slice(0, fault.rows)
}

/** Trades, newest first, without the newest ones when a rule says so. */
export function laggedTrades<Row>(rows: readonly Row[], { desk, subject }: Call): readonly Row[] {
  const fault = desk.faults.ofKinds(subject, ['trade-lag'])
  return fault === undefined ? rows : rows.slice(fault.rows)
}
