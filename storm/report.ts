/** The result of a storm: for people as a table, for machines as JSON. */
import { INVARIANTS, type Breach } from './invariants/breach.ts'
import type { Measures, Times } from './measures.ts'
import type { BookKind } from './plan.ts'

export interface StormReport {
  readonly seed: number
  readonly minutes: number
  readonly book: BookKind
  readonly versions: Readonly<Record<string, string>>
  readonly clean: boolean
  readonly breaches: readonly Breach[]
  readonly measures: Measures
  /** Where logs, configuration and evidence are; null when they were removed. */
  readonly kept: string | null
}

export function tableOf(report: StormReport): string {
  const { measures: m, seed, minutes, book, versions } = report
  const rows: readonly (readonly [string, string])[] = [
    ['storm', `seed ${seed}, ${minutes} min, book ${book}, ${pairs(versions)}`],
    ['signals', `${m.signals.sent} sent, ${m.signals.acknowledged} acknowledged, ${m.signals.lost} lost`],
    ['outcomes', pairs(m.signals.outcomes)],
    ['denied by', pairs(m.signals.denials)],
    ['orders', `${m.orders.intents} intents, ${m.orders.landed} landed, at most ${m.orders.mostPerIntent} an intent`],
    ['duplicates', `${m.orders.duplicates}, ${m.orders.duplicatesPerMillion} per million placements`],
    ['positions', pairs(m.positions.byState)],
    ['exits', pairs(m.positions.byExit)],
    [
      'PnL',
      `${m.positions.wrongPnl} wrong of ${m.positions.compared}, ${m.positions.provisional} provisional, ${m.positions.voided} with void trades`,
    ],
    ['orphans', `${m.orphanDetection.count}, detected after ${timesText(m.orphanDetection)}`],
    [
      'recovery after kill -9',
      `${m.recoveryAfterKill.count} measured, ${timesText(m.recoveryAfterKill)}, never ${m.recoveryAfterKill.never}`,
    ],
    [
      'recovery after a wipe',
      `${m.recoveryAfterWipe.count} measured, ${timesText(m.recoveryAfterWipe)}, never ${m.recoveryAfterWipe.never}`,
    ],
    [
      'alerts',
      `${m.alerts.expected} expected, ${m.alerts.missed} missed, ${m.alerts.doubled} doubled; ${pairs(m.alerts.byKind)}`,
    ],
    ...m.accounts.map(
      (row) =>
        [
          row.account,
          `${row.positions} positions, ${row.openAtBroker} left open, unexplained ${row.unexplainedUsd ?? 'unknown'} USD`,
        ] as const,
    ),
    ['disturbances', pairs(m.disturbances)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
  return ['', ...lines, '', ...verdictOf(report), ''].join('\n')
}

function verdictOf({ breaches, kept }: StormReport): string[] {
  if (breaches.length === 0) return [`All ${Object.keys(INVARIANTS).length} invariants hold.`]
  return [
    `${breaches.length} breaches:`,
    ...breaches.map(({ invariant, about, what }) => `  ${invariant} (${INVARIANTS[invariant]})\n    ${about}: ${what}`),
    `Logs, configuration and evidence: ${kept ?? 'removed'}`,
  ]
}

function pairs(counts: Readonly<Record<string, number | string>>): string {
  const entries = Object.entries(counts)
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${count}`).join(', ')
}

function timesText({ p50, p99, max }: Times): string {
  return p50 === null ? 'none' : `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`
}
