/** What becomes of an alert when somebody has seen it. Pure. */
import { ALERT_KINDS } from './alert-kinds.ts'
import type { AlertRow, OperatorWord } from './records.ts'

/**
 * The alert as acknowledged: repeated no more and, where it tells of something that has happened, over. The first acknowledgement
 * stays; a later one changes nothing, so that the row says who saw it first.
 */
export function acknowledgedAlert(row: AlertRow, acknowledgement: OperatorWord): AlertRow {
  if (isAcknowledged(row)) return row
  const acknowledged = { ...row, acknowledged: acknowledgement }
  if (!row.active || ALERT_KINDS[row.kind].ends !== 'acknowledged') return acknowledged
  return { ...acknowledged, active: false, resolvedAt: acknowledgement.at }
}

/** Whether somebody said that they have seen it. */
export function isAcknowledged({ acknowledged }: AlertRow): boolean {
  return acknowledged !== undefined && acknowledged !== null
}

/**
 * Whether a cause that is seen again is told already: its alert stands, or tells of something that has happened and ended with its
 * acknowledgement. Anything else has ended by itself and has come back.
 */
export function isTold({ kind, active, resolvedAt, acknowledged }: AlertRow): boolean {
  return active || (ALERT_KINDS[kind].ends === 'acknowledged' && resolvedAt === (acknowledged?.at ?? null))
}
