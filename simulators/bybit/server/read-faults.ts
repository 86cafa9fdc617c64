/** What scripted faults make a read say wrongly. */
import type { Refusal } from '#simulators/bybit/engine/refusal.ts'
import { isRefusal } from '#simulators/bybit/engine/refusal.ts'
import type { Page } from '#simulators/bybit/wire/page.ts'
import type { SignedRequest } from './endpoint.ts'

/** The moment as of which a read answers, ms; undefined for now. */
export function asOf({ context, subject }: SignedRequest): number | undefined {
  const fault = context.faults.ofKinds(subject, ['stale'])
  return fault === undefined ? undefined : context.venue.now() - fault.ms
}

/** Whether a lookup of an order finds nothing. */
export function isHidden({ context, subject, query }: SignedRequest): boolean {
  const isLookup = query.has('orderLinkId') || query.has('orderId')
  return isLookup && context.faults.ofKinds(subject, ['hide-order']) !== undefined
}

/** Whether the transaction log misses its newest row. */
export function lags({ context, subject }: SignedRequest): boolean {
  return context.faults.ofKinds(subject, ['log-lag']) !== undefined
}

/** The page as the client gets it: whole, or cut short without a word. */
export function served<Row>({ context, subject }: SignedRequest, page: Page<Row> | Refusal): Page<Row> | Refusal {
  const fault = context.faults.ofKinds(subject, ['truncate'])
  if (fault === undefined || isRefusal(page)) return page
  return { list: page.list.slice(0, fault.rows), nextPageCursor: '' }
}
