/** Switches, quarantines and locks, held against every entry that left: none did while an operator forbade it. Pure. */
import type { IntentRow } from '#domain/order.ts'
import type { AccountEvidence, Evidence } from '../evidence.ts'
import type { Breach } from './breach.ts'
import { type Span, chainOf, forbiddenTo, ignoredSpans, targetOf } from './records.ts'

/** Clocks of two processes differ by less, and so long a step from looking to sending takes, ms. */
const STEP_MS = 2_000

export function checkSwitches(evidence: Evidence): Breach[] {
  return evidence.accounts.flatMap((account) => checkAccount(account, evidence))
}

function checkAccount(account: AccountEvidence, evidence: Evidence): Breach[] {
  const { id } = account
  const { intents, records } = evidence.book
  const entries = intents.filter((intent) => intent.account === id && intent.event === 'entry')
  const chain = chainOf(id, records)
  const named = chain.filter(({ decision }) => decision === 'ignore').map((record) => targetOf(record).instrument)
  const locked = [...new Set(named)].flatMap((instrument) =>
    instrument === undefined ? [] : ignoredSpans(chain, instrument).map((span) => ({ span, instrument })),
  )
  const forbidden = forbiddenTo(account, evidence)
  return entries.flatMap((intent) => {
    const spans = [
      ...forbidden,
      ...locked.filter(({ instrument }) => instrument === intent.instrument).map(({ span }) => span),
    ]
    return spans
      .filter((span) => isWithin(intent, span, evidence.standstillMs))
      .map(({ what }) => ({
        invariant: 'gates' as const,
        about: `${id} ${intent.instrument} ${intent.intentId}`,
        what: `was sent at ${intent.sentAt ?? 0}, after the ${what}`,
      }))
  })
}

/** A process that stood still between its look and its sending is no breach: nothing can close that window. */
function isWithin({ sentAt }: IntentRow, { from, to }: Span, standstillMs: number): boolean {
  return sentAt !== null && sentAt > from + STEP_MS + standstillMs && sentAt < to - STEP_MS
}
