/** How long the way of an order takes, from the rows of recent entries: no clock but the book's own instants. Pure. */
import type { IntentRow } from '#domain/order.ts'
import type { LatencyAnswer, Spread } from '../overview-wire.ts'

/** One entry that was sent: when its signal was accepted (null: not known), and the intent that was made of it. */
export interface SentEntry {
  readonly venue: string
  readonly receivedAt: number | null
  readonly intent: Pick<IntentRow, 'sentAt' | 'evidence'>
}

/** By venue, in the order of their names. */
export function latencyOf(entries: readonly SentEntry[]): LatencyAnswer {
  const venues = [...new Set(entries.map(({ venue }) => venue))].toSorted()
  return {
    venues: venues.map((venue) =>
      latencyAt(
        venue,
        entries.filter((entry) => entry.venue === venue),
      ),
    ),
  }
}

function latencyAt(venue: string, entries: readonly SentEntry[]): LatencyAnswer['venues'][number] {
  const sent = entries.flatMap(({ receivedAt, intent }) =>
    intent.sentAt === null ? [] : [{ receivedAt, sentAt: intent.sentAt, heardAt: acknowledgedAt(intent) }],
  )
  return {
    venue,
    entries: sent.length,
    signal_to_sent: spreadOf(
      sent.flatMap(({ receivedAt, sentAt }) => (receivedAt === null ? [] : [sentAt - receivedAt])),
    ),
    sent_to_acknowledged: spreadOf(sent.flatMap(({ sentAt, heardAt }) => (heardAt === null ? [] : [heardAt - sentAt]))),
    newest_at: sent.length === 0 ? null : Math.max(...sent.map(({ sentAt }) => sentAt)),
  }
}

/** Only the venue's direct answer counts: evidence found later says nothing of how fast it was. */
function acknowledgedAt({ evidence }: Pick<IntentRow, 'evidence'>): number | null {
  return evidence.find(({ kind }) => kind === 'acknowledgement')?.at ?? null
}

/** Nearest rank; null without any. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number | null => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
  return { p50: at(0.5), p99: at(0.99) }
}
