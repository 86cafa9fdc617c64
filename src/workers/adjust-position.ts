/** Applies an adjust signal to a position's discipline; the monitor carries it out at the venue. */
import { type Decimal, decimal } from '#domain/decimal.ts'
import { protectivePrice } from '#domain/entry-plan.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { PositionId } from '#domain/ids.ts'
import { type Discipline, type PositionRow, nextLeg } from '#domain/position.ts'
import type { AdjustSignal } from '#domain/signal.ts'
import { closeEnvelope } from '#domain/envelopes.ts'
import type { Tools } from './worker.ts'
import { type Effects, audited, owed } from './writes.ts'

/** @throws BookUnavailable, BrokerUnavailable */
export async function adjustPosition(
  positionId: PositionId,
  signal: AdjustSignal,
  tools: Tools,
  now: number,
): Promise<Effects & { readonly detail: string }> {
  const stored = await tools.book.load('positions', positionId)
  if (stored === null || !stored.row.open) return { writes: [], next: [], detail: 'position no longer open' }
  const { row, revision } = stored
  const trading = tools.account(row.account)
  const [instrument, mark] = await Promise.all([trading.instrument(row.instrument), trading.mark(row.instrument, now)])
  const discipline = adjusted(row, signal, instrument, decimal(mark))
  const reduce = signal.reduce_to !== undefined && decimal(signal.reduce_to).lt(row.size) && row.exit === null
  const leg = nextLeg(row, 'exit')
  const next = reduce ? [closeEnvelope(row, leg, 'route', now, signal.reduce_to ?? null)] : []
  const reducing = reduce && !trading.broker.capabilities.reduceOnly ? { leg } : (row.reducing ?? null)
  return {
    writes: [
      {
        op: 'replace',
        kind: 'positions',
        id: positionId,
        revision,
        row: { ...row, discipline, reducing, updatedAt: now },
      },
      ...owed(next, now),
      audited(positionId, {
        at: now,
        actor: 'route',
        decision: 'discipline adjusted',
        inputs: { signal, before: row.discipline, after: discipline, mark, reduceLeg: reduce ? leg : null },
      }),
    ],
    next,
    detail: reduce ? `discipline adjusted, reducing to ${signal.reduce_to}` : 'discipline adjusted',
  }
}

/** Absent wishes keep what holds, null wishes end it. */
function adjusted(row: PositionRow, signal: AdjustSignal, instrument: Instrument, mark: Decimal): Discipline {
  const { stop_loss: stop, take_profit: target, trail, max_hold_ms: hold } = signal
  const kept = row.discipline
  return {
    ...kept,
    stopLoss: stop === undefined ? kept.stopLoss : protectivePrice(stop, row.side, 'below', instrument, mark),
    takeProfit: target === undefined ? kept.takeProfit : protectivePrice(target, row.side, 'above', instrument, mark),
    trail: trail === undefined ? kept.trail : trailOf(trail),
    maxHoldMs: hold === undefined ? kept.maxHoldMs : hold,
  }
}

function trailOf(trail: AdjustSignal['trail']): Discipline['trail'] {
  return trail === undefined || trail === null
    ? null
    : { distanceBps: trail.distance_bps, activateBps: trail.activate_bps }
}
