/** Nobody to tell, and one that remembers what it was told. */
import type { Alerting } from '#alerting/alerting.ts'
import type { RepeatTerms, SinkTerms } from '#domain/alert-telling.ts'
import type { AlertNotice } from '#domain/alert-text.ts'

export const ONCE: RepeatTerms = { critical: null, warning: null, info: null, escalateAfterRounds: 3 }

export const NO_SINKS: Alerting = { sinks: [], repeat: ONCE, tell: async () => undefined }

/** A sink that hears of everything. */
export function hearing(name: string, change: Partial<SinkTerms> = {}): SinkTerms {
  const events = ['raised', 'acknowledged', 'resolved'] as const
  return { name, minSeverity: 'info', escalation: false, repeats: true, events, ...change }
}

/** One sink that takes everything and keeps it. */
export function oneSink(repeat: RepeatTerms = ONCE): Alerting & { readonly told: AlertNotice[] } {
  const told: AlertNotice[] = []
  return { sinks: [hearing('log')], repeat, told, tell: async (_, notice) => void told.push(notice) }
}
