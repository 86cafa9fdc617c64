/** Reads the orders that work at the venues, by way of the open positions that they are for: there are few of those, however long the history. */
import type { Book } from '#book/book.ts'
import type { OrderRow } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { isWorking } from '#domain/working-order.ts'

/** Newest first. @throws BookUnavailable */
export async function readWorkingOrders(
  book: Pick<Book, 'loadMany'>,
  positions: readonly PositionRow[],
): Promise<OrderRow[]> {
  const named = positions.flatMap((position) => position.orders.map((order) => ({ order, position })))
  const rows = await book.loadMany(
    'orders',
    named.map(({ order }) => order.clientOrderId),
  )
  return named
    .flatMap(({ position }, index) => {
      const row = rows[index]?.row
      return row !== undefined && isWorking(row, position) ? [row] : []
    })
    .toSorted((a, b) => b.placedAt - a.placedAt)
}

/** The rows, each saying whether it works still. @throws BookUnavailable */
export async function withWorking(book: Pick<Book, 'loadMany'>, orders: readonly OrderRow[]): Promise<OrderRow[]> {
  const ids = [...new Set(orders.map(({ positionId }) => positionId))]
  const positions = await book.loadMany('positions', ids)
  const byId = new Map(positions.map((stored) => [stored?.id, stored?.row]))
  return orders.map((row) => ({ ...row, working: isWorking(row, byId.get(row.positionId) ?? null) }))
}
