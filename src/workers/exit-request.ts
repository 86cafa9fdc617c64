/** Asks for the exit of a position: state `closing` and a close job, in the caller's commit. Never refused by any gate. */
import { nextLeg } from '#domain/position.ts'
import { closeEnvelope, reversedRouteEnvelope } from '#domain/envelopes.ts'
import type { PositionId, SignalKey } from '#domain/ids.ts'
import type { ExitReason, PositionRow } from '#domain/position.ts'
import type { Stored } from '#book/book.ts'
import type { Tools } from './worker.ts'
import { type Effects, audited, owed } from './writes.ts'

export interface ExitRequest {
  readonly reason: ExitReason
  /** Signal whose entry is owed once this position is closed (reverse); null otherwise. */
  readonly afterClose: SignalKey | null
  /** Position id of that entry. */
  readonly commandId: PositionId
  readonly source: string
  /** What asked for it, as the record says. */
  readonly why: Readonly<Record<string, unknown>>
}

/**
 * Nothing when the position is not open, or waits unresolved for somebody to settle it: no order could end that. Where an exit is
 * already under way the first reason stands. @throws BookUnavailable
 */
export async function exitWrites(
  positionId: PositionId,
  request: ExitRequest,
  tools: Tools,
  now: number,
): Promise<Effects> {
  const stored = await tools.book.load('positions', positionId)
  if (stored === null || !stored.row.open || stored.row.state === 'unresolved') return { writes: [], next: [] }
  return exitOf(stored, request, now)
}

/** The same for a position already at hand. */
export function exitOf({ row, revision }: Stored<PositionRow>, request: ExitRequest, now: number): Effects {
  const afterClose = afterCloseOf(row, request, now)
  const exit = row.exit ?? { reason: request.reason, requestedAt: now, leg: nextLeg(row, 'exit') }
  const next = closeEnvelope(row, exit.leg, request.source, now)
  // An exit already under way is not decided again.
  const news = row.exit === null || afterClose !== row.afterClose
  const inputs = { exit, afterClose: request.afterClose, state: row.state, size: row.size, why: request.why }
  return {
    writes: [
      {
        op: 'replace',
        kind: 'positions',
        id: row.positionId,
        revision,
        row: { ...row, state: row.entrySettled ? 'closing' : row.state, exit, afterClose, updatedAt: now },
      },
      ...owed([next], now),
      ...(news
        ? [audited(row.positionId, { at: now, actor: request.source, decision: 'exit asked for', inputs })]
        : []),
    ],
    next: [next],
  }
}

/** A flatten ends flat: the second half of a reverse that is under way is not wanted any more. */
function afterCloseOf(row: PositionRow, request: ExitRequest, now: number): PositionRow['afterClose'] {
  if (request.reason === 'operator') return null
  if (request.afterClose === null) return row.afterClose
  return reversedRouteEnvelope({ positionId: request.commandId, account: row.account }, request.afterClose, now)
}
