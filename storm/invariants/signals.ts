/** Signals: nothing acknowledged is lost, nothing is doubled, nothing denied reached a venue. Pure. */
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { SignalRow } from '#domain/records.ts'
import type { Evidence, SentSignal } from '../evidence.ts'
import { ownIdOf } from '../true-episodes.ts'
import type { Breach } from './breach.ts'

export function checkSignals(evidence: Evidence): Breach[] {
  const { signals, book } = evidence
  const sent = new Set<string>(signals.map(({ signal }) => signalKeyOf(signal.source, signal.signal_id)))
  const others = book.signals.filter(({ signalKey }) => !sent.has(signalKey))
  const flattens = others.filter((row) => isAskedFor(row, evidence))
  const unsent = others.filter((row) => !flattens.includes(row))
  return [
    ...signals.flatMap((signal) => [...checkAcceptance(signal, evidence), ...checkOutcomes(signal, evidence)]),
    ...flattens.flatMap((row) => checkFlatten(row, evidence)),
    ...unsent.map(({ signalKey }) => breach(signalKey, 'is in the book and was never sent')),
  ]
}

/** A flatten's signal: recorded as an operator's word at every account that it names. */
function isAskedFor({ signal, accounts }: SignalRow, { book }: Evidence): boolean {
  if (signal.kind !== 'flatten' || signal.source !== 'operator') return false
  return accounts.every((account) =>
    book.records.some(({ subject, decision, inputs }) => {
      const { after } = inputs as { readonly after?: { readonly asked?: string } }
      return subject === account && decision === 'flatten' && after?.asked === signal.signal_id
    }),
  )
}

function checkFlatten({ signalKey, accounts }: SignalRow, { book }: Evidence): Breach[] {
  return accounts.flatMap((account) => {
    const key = `${positionIdOf(signalKey, account)}.route`
    if (book.routed.some(({ idempotencyKey }) => idempotencyKey === key)) return []
    return [breach(signalKey, `is a flatten that has no outcome at ${account}`)]
  })
}

function breach(about: string, what: string): Breach {
  return { invariant: 'signals-kept', about, what }
}

/** Accounts that signals of a strategy reach. */
function accountsOf({ signal }: SentSignal, { accounts }: Evidence): string[] {
  return accounts.filter(({ strategy }) => strategy === signal.strategy).map(({ id }) => id)
}

function checkAcceptance(sent: SentSignal, evidence: Evidence): Breach[] {
  const { signal, acknowledged } = sent
  const key = signalKeyOf(signal.source, signal.signal_id)
  if (acknowledged === null) return [breach(key, 'was never acknowledged although its sender kept trying')]
  if (acknowledged.signalKey !== key) return [breach(key, `was acknowledged under the key ${acknowledged.signalKey}`)]
  if (!evidence.book.signals.some(({ signalKey }) => signalKey === key))
    return [breach(key, 'was acknowledged and is not in the book')]
  const expected = accountsOf(sent, evidence)
  if (acknowledged.accounts.toSorted().join() === expected.toSorted().join()) return []
  return [breach(key, `reached ${acknowledged.accounts.join()} instead of ${expected.join()}`)]
}

function checkOutcomes(sent: SentSignal, evidence: Evidence): Breach[] {
  const key = signalKeyOf(sent.signal.source, sent.signal.signal_id)
  if (sent.acknowledged === null) return []
  return accountsOf(sent, evidence).flatMap((account) => {
    const id = positionIdOf(key, account)
    const outcome = evidence.book.routed.find(({ idempotencyKey }) => idempotencyKey === `${id}.route`)?.outcome
    if (outcome === undefined) return [breach(`${key} ${id}`, `has no outcome at ${account}`)]
    if (outcome.result !== 'denied') return []
    const entry = clientOrderIdOf(id, 'entry', 0)
    const truth = evidence.accounts.find((row) => row.id === account)?.truth
    if (truth?.orders.some((order) => ownIdOf(order.clientOrderId) === entry) !== true) return []
    return [breach(`${key} ${id}`, `was denied at ${account} (${outcome.gate ?? ''}), yet its entry reached the venue`)]
  })
}
