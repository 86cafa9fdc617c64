/** What every sink is configured with, and what its kind adds. */
import type { SinkTerms } from '#domain/alert-telling.ts'

/** As configured. */
export type SinkShape = Pick<SinkTerms, 'name' | 'minSeverity' | 'escalation'>

/** Kinds that reach people are told again; `events` is what the kind can show. */
export function termsOf(
  { name, minSeverity, escalation }: SinkShape,
  kind: Partial<Pick<SinkTerms, 'repeats' | 'events'>> = {},
): SinkTerms {
  return { name, minSeverity, escalation, repeats: true, events: ['raised', 'resolved'], ...kind }
}
