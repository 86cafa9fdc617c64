/** Signals: nothing acknowledged is lost, nothing is doubled, nothing denied reached a venue. Pure. */
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { Evidence } from '../evidence.ts'
import { ownIdOf } from '../true-episodes.ts'
import type { Breach } from './breach.ts'

export function checkSignals({ signals, accounts, book }: Evidence): Breach[] {
  const breaches: Breach[] = []
  const broken = (about: string, what: string): void => void breaches.push({ invariant: 'signals-kept', about, what })
  const rows = new Map(book.signals.map((row) => [row.signalKey as string, row]))
  const routed = new Map(book.routed.map((row) => [row.idempotencyKey as string, row.outcome]))
  const landed = new Set(accounts.flatMap(({ truth }) => truth.orders.map((order) => ownIdOf(order.clientOrderId))))
  for (const { signal, acknowledged } of signals) {
    const key = signalKeyOf(signal.source, signal.signal_id)
    if (acknowledged === null) {
      broken(key, 'was never acknowledged although its sender kept trying')
      continue
    }
    if (acknowledged.signalKey !== key) broken(key, `was acknowledged under the key ${acknowledged.signalKey}`)
    if (!rows.has(key)) broken(key, 'was acknowledged and is not in the book')
    const expected = accounts.filter(({ strategy }) => strategy === signal.strategy).map(({ id }) => id)
    if (acknowledged.accounts.toSorted().join() !== expected.toSorted().join())
      broken(key, `reached ${acknowledged.accounts.join()} instead of ${expected.join()}`)
    for (const account of expected) {
      const id = positionIdOf(key, account)
      const outcome = routed.get(`${id}.route`)
      if (outcome === undefined) broken(`${key} ${id}`, `has no outcome at ${account}`)
      else if (outcome.result === 'denied' && landed.has(clientOrderIdOf(id, 'entry', 0)))
        broken(`${key} ${id}`, `was denied at ${account} (${outcome.gate ?? ''}), yet its entry reached the venue`)
    }
  }
  const sent = new Set<string>(signals.map(({ signal }) => signalKeyOf(signal.source, signal.signal_id)))
  for (const key of rows.keys()) if (!sent.has(key)) broken(key, 'is in the book and was never sent')
  return breaches
}
