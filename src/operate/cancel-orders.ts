/**
 * Cancel-orders: a wish on each entry that is under way. Placement sends none that has it, the monitor cancels what rests, and both go on
 * until the venue has proven the end: nothing here talks to a venue.
 */
import type { PlannedWrite } from '#book/seal.ts'
import { monitorEnvelope, placeEnvelope } from '#domain/envelopes.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { cancelOrdersRadius, entriesMeant } from '#domain/operator/canceling.ts'
import { counted } from '#domain/operator/standing.ts'
import type { PositionRow } from '#domain/position.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { OperateTools, Order } from './tools.ts'
import type { Verb } from './verb.ts'

export const cancelOrders: Verb<'cancel-orders'> = {
  radius: cancelOrdersRadius,
  async perform(action, view, order, { book, queue }) {
    const entries = entriesMeant(action, view)
    if (entries.length === 0) return { detail: 'No entry of ours is under way there.', records: [], keys: [] }
    const { by, at, why } = order
    const planned = entries.flatMap(({ id, row, revision }): PlannedWrite[] => [
      {
        op: 'replace',
        kind: 'positions',
        id,
        revision,
        row: { ...row, cancelEntry: { by, at, why }, updatedAt: at },
      },
      recordOf(
        action,
        { kind: 'positions', id },
        { before: { state: row.state, size: row.size, cancelEntry: null }, after: { cancelEntry: { by, at, why } } },
        order,
      ),
    ])
    const { writes, records } = sealedWithRefs(planned)
    await book.commit(writes)
    const keys = await wakeAll(
      entries.map(({ row }) => row),
      order,
      queue,
    )
    return { detail: `${counted(entries.length, 'entry order')} of ours will be canceled.`, records, keys }
  },
}

/** What watches the entries looks now. A queue that does not answer costs time only: it comes back to them by itself. */
async function wakeAll(
  entries: readonly PositionRow[],
  { at }: Order,
  queue: OperateTools['queue'],
): Promise<string[]> {
  const waking = entries.flatMap((row) => {
    const place = placeEnvelope(row, clientOrderIdOf(row.positionId, 'entry', 0), 'operator', at).idempotency_key
    const monitor = monitorEnvelope(row, 'operator', at).idempotency_key
    return [queue.wake('place', place, row.account), queue.wake('monitor', monitor, row.account)]
  })
  await Promise.allSettled(waking)
  return entries.map((row) => monitorEnvelope(row, 'operator', at).idempotency_key)
}
