/** Applies an adjust signal to a position's discipline; the monitor carries it out at the venue. */
import { decimal, decimalString } from '#domain/decimal.ts'
import { protectivePrice } from '#domain/entry-plan.ts'
import type { PositionId } from '#domain/ids.ts'
import { type Discipline, nextLeg } from '#domain/position.ts'
import type { AdjustSignal } from '#domain/signal.ts'
import { reducingCloseEnvelope } from '#domain/envelopes.ts'
import type { Tools } from './worker.ts'
import { type Effects, owed } from './writes.ts'

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
  const price = (wish: AdjustSignal['stop_loss'], place: 'below' | 'above') =>
    protectivePrice(wish, row.side, place, instrument, decimal(mark))
  const discipline: Discipline = {
    ...row.discipline,
    ...(signal.stop_loss === undefined ? {} : { stopLoss: price(signal.stop_loss, 'below') }),
    ...(signal.take_profit === undefined ? {} : { takeProfit: price(signal.take_profit, 'above') }),
    ...(signal.trail === undefined
      ? {}
      : { trail: signal.trail === null ? null : { distanceBps: signal.trail.distance_bps, activateBps: signal.trail.activate_bps } }),
    ...(signal.max_hold_ms === undefined ? {} : { maxHoldMs: signal.max_hold_ms }),
  }
  const reduce = signal.reduce_to !== undefined && decimal(signal.reduce_to).lt(row.size) && row.exit === null
  const next = reduce ? [reducingCloseEnvelope(row, nextLeg(row, 'exit'), decimalString(signal.reduce_to ?? '0'), now)] : []
  return {
    writes: [
      { op: 'replace', kind: 'positions', id: positionId, revision, row: { ...row, discipline, updatedAt: now } },
      ...owed(next, now),
    ],
    next,
    detail: reduce ? `discipline adjusted, reducing to ${signal.reduce_to}` : 'discipline adjusted',
  }
}
