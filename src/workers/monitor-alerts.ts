/** What the monitor lets people know of an open position. */
import type { MonitorDecision } from '#domain/monitor.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertCause } from './writes.ts'

/** Exposure has stood without a native stop for too long. */
export function nakedCause(row: PositionRow): AlertCause {
  return {
    ...subjectOf(row),
    severity: 'critical',
    kind: 'naked-position',
    occurrence: String(row.nakedSince),
    title: `${row.instrument} position stands without a native stop`,
    detail: `Since ${row.nakedSince} no stop of ${row.positionId} is working at the venue. It is being placed; check the venue by hand.`,
  }
}

/** Somebody else opened the same way while the entry was under way: the venue holds, and we manage, one position of both. */
export function sharedCause(row: PositionRow, others: string): AlertCause {
  return {
    ...subjectOf(row),
    severity: 'critical',
    kind: 'size-drift',
    occurrence: 'entry',
    title: `${row.instrument} position holds contracts that we did not open`,
    detail: `${others} of ${row.side} ${row.size} come from orders that are not ours; the venue holds one position of both. Its stop and its exit are for all of it. Find out who traded, or close that part at the venue.`,
  }
}

/** The venue says that the entry has ended, and no fills account for it. */
export function unprovenCause(row: PositionRow): AlertCause {
  return {
    ...subjectOf(row),
    severity: 'critical',
    kind: 'entry-unproven',
    occurrence: 'entry',
    title: `Entry of ${row.instrument} is not proven yet`,
    detail: `No fills of ${row.positionId} account for what the venue says of its entry and position. They are read again and again; until then it is neither managed nor booked. Look at the venue: does its stop stand?`,
  }
}

/** The contract of a position is not the one that is traded any more. */
export function contractCause(row: PositionRow, state: NonNullable<MonitorDecision['contract']>): AlertCause {
  if (state === 'rolled') {
    return {
      ...subjectOf(row),
      severity: 'warning',
      kind: 'contract-roll',
      occurrence: row.instrument,
      title: `${row.instrument} position stands past the roll of its contract`,
      detail: `Trading has moved to the next contract. ${row.side} ${row.size} is kept and protected, and is closed before expiry at the latest; close it earlier if the next contract is wanted.`,
    }
  }
  return {
    ...subjectOf(row),
    severity: 'critical',
    kind: 'contract-unlisted',
    occurrence: row.instrument,
    title: `${row.instrument} is held but the venue does not list or price it any more`,
    detail: `${row.side} ${row.size} of ${row.positionId} cannot be protected or closed from here until it is priced again. Close it by hand at the venue; the exit is then booked from its fills.`,
  }
}

function subjectOf({
  account,
  instrument,
  positionId,
}: PositionRow): Pick<AlertCause, 'account' | 'instrument' | 'positionId'> {
  return { account, instrument, positionId }
}
