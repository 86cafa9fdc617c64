/** Every promise held against the evidence of a storm. Pure: the same evidence is the same verdict. */
import type { Evidence } from '../evidence.ts'
import { checkAdoptions } from './adoptions.ts'
import { checkAlerts } from './alerts.ts'
import type { Breach } from './breach.ts'
import { checkGates } from './gates.ts'
import { checkIgnored } from './ignored.ts'
import { checkOperator } from './operator.ts'
import { checkOrders } from './orders.ts'
import { checkPositions } from './positions.ts'
import { checkActRecords } from './records.ts'
import { checkSignals } from './signals.ts'
import { checkStrangers } from './strangers.ts'
import { checkSwitches } from './switches.ts'

/** What was broken; empty when every promise was kept. */
export function checkEvidence(evidence: Evidence): Breach[] {
  return [
    ...checkSignals(evidence),
    ...checkOrders(evidence),
    ...checkPositions(evidence).breaches,
    ...checkStrangers(evidence),
    ...checkAdoptions(evidence),
    ...checkGates(evidence),
    ...checkSwitches(evidence),
    ...checkOperator(evidence),
    ...checkActRecords(evidence),
    ...checkAlerts(evidence).breaches,
    ...checkIgnored(evidence),
    ...checkEquity(evidence),
    ...checkRest(evidence),
  ]
}

function checkRest({ unrest, openDifferences, changedByReplay, recordFaults, crashes }: Evidence): Breach[] {
  const told = (invariant: Breach['invariant'], about: string, texts: readonly string[]): Breach[] =>
    texts.map((what) => ({ invariant, about, what }))
  return [
    ...told('rest', 'with positions open', unrest.open),
    ...told('rest', 'after the last close', unrest.flat),
    ...told('book-is-broker', 'at rest', openDifferences),
    ...told('replay-is-harmless', 'book and venues', changedByReplay),
    ...told('records-proven', 'records', recordFaults),
    ...crashes.flatMap(({ name, log, exit }) => told('no-crash', name, [`ended with ${exit}; its log is ${log}`])),
  ]
}

function checkEquity({ accounts, book }: Evidence): Breach[] {
  return accounts.flatMap(({ id, equity, truth }) => {
    const broken = (what: string): Breach[] => [{ invariant: 'equity-explained', about: id, what }]
    if (equity?.unexplained !== '0') return broken(`unexplained is ${equity?.unexplained ?? 'unknown'} USD`)
    // While a position stands its price moves on after the reading.
    const isFlat = book.positions.every((row) => row.account !== id || !row.open)
    if (!isFlat || equity.brokerEquity === truth.equity) return []
    return broken(`equity ${equity.brokerEquity}, the venue says ${truth.equity}`)
  })
}
