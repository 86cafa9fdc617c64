/** Venues, and what stands before them, echo what they were sent: on sends, then on reads; then they refuse the key. */
import type { startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import type { startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'

interface Venues {
  readonly bybit: Awaited<ReturnType<typeof startBybitVenue>>
  readonly projectx: Awaited<ReturnType<typeof startProjectXVenue>>
}

const READS = ['/api/Account/search', '/api/Trade/search', '/api/Position/searchOpen', '/api/Order/v2/query']

/** `words`: what each of them says. */
export function echoAll({ bybit, projectx }: Venues, words: Readonly<Record<keyof Venues, string>>): void {
  for (const fault of [
    { kind: 'garbage', body: `<html>${words.bybit}</html>` },
    { kind: 'error-after-commit', status: 502, body: words.bybit },
    { kind: 'ret-code', code: 987_654, message: words.bybit },
  ] as const) {
    bybit.faults.add({
      match: { path: '/v5/order/create' },
      fault: { processed: true, ...fault } as never,
      skip: 0,
      count: 1,
      probability: 1,
    })
  }
  for (const path of READS) {
    for (const fault of [
      { kind: 'error', status: 500, body: words.projectx },
      { kind: 'garbage', processed: true, body: words.projectx },
    ]) {
      projectx.faults.add({ match: { path }, fault, skip: 0, count: 3, probability: 1 } as never)
    }
  }
  bybit.faults.add({
    match: { path: '/v5/position/list' },
    fault: { kind: 'ret-code', code: 10_003, message: words.bybit, processed: false },
    skip: 0,
    count: 3,
    probability: 1,
  } as never)
}
