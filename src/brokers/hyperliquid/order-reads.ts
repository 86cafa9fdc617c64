/** The venue's records of orders: one by its client order id, and all that work. */
import type { ClientOrderId } from '#domain/ids.ts'
import type { BrokerOrder } from '#domain/order.ts'
import { cloidOf } from './action.ts'
import { openOrdersSchema, orderStatusSchema, type WireOrder } from './info-schema.ts'
import type { VenueSession } from './session.ts'
import { brokerOrderOf } from './translate.ts'

/** One order; null is one "unknownOid", which proves nothing (A22). @throws BrokerUnavailable */
export async function readOrder(session: VenueSession, user: string, id: ClientOrderId): Promise<BrokerOrder | null> {
  const { data } = await session.info({ type: 'orderStatus', user, oid: cloidOf(id) }, orderStatusSchema)
  if (data.status === 'unknownOid') return null
  const { order, status, statusTimestamp } = data.order
  return brokerOrderOf(order, status, statusTimestamp)
}

/** Working orders with triggers and grouped children, each once. @throws BrokerUnavailable */
export async function readOpenOrders(session: VenueSession, user: string): Promise<BrokerOrder[]> {
  const { data } = await session.info({ type: 'frontendOpenOrders', user }, openOrdersSchema)
  // Children of a parent that has not filled come nested in it, as rows of their own, or both.
  const rows = new Map<number, WireOrder>()
  for (const row of data) for (const order of [row, ...(row.children ?? [])]) rows.set(order.oid, order)
  return [...rows.values()].map((row) => brokerOrderOf(row, 'open', row.timestamp))
}
