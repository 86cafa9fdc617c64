/** /info on orders (reference section 4.1). */
import { z } from 'zod'
import { frontendOrder, historicalOrder, plainOrder } from '#simulators/hyperliquid/wire/render/order.ts'
import { orderReference } from '#simulators/hyperliquid/wire/scalars.ts'
import { dex, user } from './info-fields.ts'
import { infoRequest } from './info-request.ts'

/** Request types of this group. */
export const orderInfo = {
  openOrders: infoRequest({ schema: z.object({ user, dex }) }, (request, { account }) =>
    account.openOrders(request.user).map(plainOrder),
  ),
  frontendOpenOrders: infoRequest({ schema: z.object({ user, dex }) }, (request, { account }) =>
    account.openOrders(request.user).map(frontendOrder),
  ),
  orderStatus: infoRequest({ schema: z.object({ user, oid: orderReference }), weight: 2 }, (request, { account }) => {
    const state = account.orderStatus(request.user, request.oid)
    return state === undefined ? { status: 'unknownOid' } : { status: 'order', order: historicalOrder(state) }
  }),
  historicalOrders: infoRequest({ schema: z.object({ user }), rowsPerWeight: 20 }, (request, { account }) =>
    account.historicalOrders(request.user).map(historicalOrder),
  ),
} as const
