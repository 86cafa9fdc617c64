/** Every kind of alert that there is, and how it ends. docs/alerts.md says of each what it means, what ends it and what to do. */

/**
 * `by itself`: it tells of something that stands, and ends with it; an acknowledgement only stops the repetition.
 * `acknowledged`: it tells of something that has happened, and ends when somebody says that they have seen it.
 */
export type AlertEnd = 'by itself' | 'acknowledged'

export const ALERT_KINDS = {
  'account-unconfigured': { ends: 'by itself' },
  'clock-offset': { ends: 'by itself' },
  'contract-roll': { ends: 'by itself' },
  'contract-unlisted': { ends: 'by itself' },
  'credentials-refused': { ends: 'by itself' },
  dust: { ends: 'by itself' },
  'entry-rejected': { ends: 'acknowledged' },
  'entry-unproven': { ends: 'by itself' },
  'equity-unexplained': { ends: 'by itself' },
  'events-unpublished': { ends: 'by itself' },
  'evidence-expired': { ends: 'acknowledged' },
  'exit-ambiguous': { ends: 'acknowledged' },
  'exit-latched': { ends: 'by itself' },
  'exit-rejected': { ends: 'by itself' },
  'exit-unproven': { ends: 'by itself' },
  'fee-pending': { ends: 'by itself' },
  'feed-silent': { ends: 'by itself' },
  'foreign-order': { ends: 'by itself' },
  'naked-position': { ends: 'by itself' },
  orphan: { ends: 'acknowledged' },
  'pnl-differs': { ends: 'acknowledged' },
  'programme-breach': { ends: 'by itself' },
  'programme-consistency': { ends: 'by itself' },
  'programme-flatten': { ends: 'by itself' },
  'programme-headroom': { ends: 'by itself' },
  'programme-lockout': { ends: 'by itself' },
  'programme-stop-deadline': { ends: 'by itself' },
  'side-drift': { ends: 'by itself' },
  'signal-refused': { ends: 'acknowledged' },
  'size-drift': { ends: 'by itself' },
  'stop-rejected': { ends: 'by itself' },
  'sweep-overdue': { ends: 'by itself' },
  'trade-reinstated': { ends: 'acknowledged' },
  'trade-restated': { ends: 'acknowledged' },
  'trade-voided': { ends: 'acknowledged' },
  'unexpected-position': { ends: 'by itself' },
  'unfamiliar-fill': { ends: 'acknowledged' },
  'unknown-order': { ends: 'by itself' },
  'unworkable-message': { ends: 'acknowledged' },
  'venue-unavailable': { ends: 'by itself' },
  'workers-gone': { ends: 'by itself' },
} as const satisfies Readonly<Record<string, { readonly ends: AlertEnd }>>

/** Stable: sinks and people filter by it. */
export type AlertKind = keyof typeof ALERT_KINDS
