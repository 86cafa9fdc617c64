/**
 * The venue's own result of closing orders: `closed-pnl` rows, after fees of both sides, without funding (reference section B4). A row
 * grows while its order fills, so it counts only once it shows all that the order's executions closed.
 */
import { type DecimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { type Interval, readWindows } from './pages.ts'
import type { VenueSession } from './session.ts'
import { closedPnlSchema, executionSchema } from './wire.ts'

const PAGE = 100

/** Null while the venue does not show all of every order. @throws BrokerUnavailable */
export async function readStatedPnl(
  session: VenueSession,
  orderIds: readonly string[],
  interval: Interval,
): Promise<DecimalString | null> {
  const wanted = new Set(orderIds)
  const query = { category: 'linear', limit: PAGE }
  const { rows } = await readWindows(session, '/v5/position/closed-pnl', { query, interval }, closedPnlSchema)
  const stated = rows.filter((row) => wanted.has(row.orderId))
  for (const orderId of wanted) {
    const asked = { query: { ...query, orderId }, interval }
    const executions = await readWindows(session, '/v5/execution/list', asked, executionSchema)
    const closed = sumDecimals(executions.rows.map(({ row }) => row.closedSize))
    const shown = sumDecimals(stated.filter((row) => row.orderId === orderId).map((row) => row.closedSize))
    if (shown.isZero() || !shown.eq(closed)) return null
  }
  return toDecimalString(sumDecimals(stated.map((row) => row.closedPnl)))
}
