/** Every promise held against the evidence of a storm. Pure: the same evidence is the same verdict. */
import type { Evidence } from '../evidence.ts'
import { checkAlerts } from './alerts.ts'
import type { Breach } from './breach.ts'
import { checkGates } from './gates.ts'
import { checkOrders } from './orders.ts'
import { checkPositions } from './positions.ts'
import { checkSignals } from './signals.ts'
import { checkStrangers } from './strangers.ts'

/** What was broken; empty when every promise was kept. */
export function checkEvidence(evidence: Evidence): Breach[] {
  return [
    ...checkSignals(evidence),
    ...checkOrders(evidence),
    ...checkPositions(evidence).breaches,
    ...checkStrangers(evidence),
    ...checkGates(evidence),
    ...checkAlerts(evidence).breaches,
    ...checkRest(evidence),
  ]
}

function checkRest({ unrest, openDifferences, changedByReplay, crashes, accounts, book }: Evidence): Breach[] {
  const breaches: Breach[] = []
  for (const what of unrest.open) breaches.push({ invariant: 'rest', about: 'with positions open', what })
  for (const what of unrest.flat) breaches.push({ invariant: 'rest', about: 'after the last close', what })
  for (const what of openDifferences) breaches.push({ invariant: 'book-is-broker', about: 'at rest', what })
  for (const what of changedByReplay) breaches.push({ invariant: 'replay-is-harmless', about: 'book and venues', what })
  for (const { name, log, exit } of crashes)
    breaches.push({ invariant: 'no-crash', about: name, what: `ended with ${exit}; its log is ${log}` })
  for (const { id, equity, truth } of accounts) {
    if (equity?.unexplained !== '0')
      breaches.push({
        invariant: 'equity-explained',
        about: id,
        what: `unexplained is ${equity?.unexplained ?? 'unknown'} USD`,
      })
    else if (equity.brokerEquity !== truth.equity && book.positions.every((row) => row.account !== id || !row.open))
      breaches.push({
        invariant: 'equity-explained',
        about: id,
        what: `equity ${equity.brokerEquity}, the venue says ${truth.equity}`,
      })
  }
  return breaches
}
