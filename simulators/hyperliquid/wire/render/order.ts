/** Orders as /info and the stream print them (reference section 4.1). */
import type { OrderState, OrderView } from '#simulators/hyperliquid/engine/record.ts'
import { wireNumber } from './number.ts'

/** The plain form of openOrders and orderUpdates: cloid and reduceOnly only when they say something. */
export function plainOrder(order: OrderView): object {
  return {
    coin: order.coin,
    side: order.side,
    limitPx: wireNumber(order.limitPx),
    sz: wireNumber(order.sz),
    oid: order.oid,
    timestamp: order.timestamp,
    origSz: wireNumber(order.origSz),
    ...(order.cloid === null ? {} : { cloid: order.cloid }),
    ...(order.reduceOnly ? { reduceOnly: true } : {}),
  }
}

/** The full form of frontendOpenOrders, orderStatus and historicalOrders. */
export function frontendOrder(order: OrderView): object {
  return {
    coin: order.coin,
    side: order.side,
    limitPx: wireNumber(order.limitPx),
    sz: wireNumber(order.sz),
    oid: order.oid,
    timestamp: order.timestamp,
    triggerCondition: order.triggerCondition,
    isTrigger: order.isTrigger,
    triggerPx: wireNumber(order.triggerPx),
    children: order.children.map(frontendOrder),
    isPositionTpsl: order.isPositionTpsl,
    reduceOnly: order.reduceOnly,
    orderType: order.orderType,
    origSz: wireNumber(order.origSz),
    tif: order.tif,
    cloid: order.cloid,
  }
}

/** A row of historicalOrders. */
export function historicalOrder(state: OrderState): object {
  return { order: frontendOrder(state.order), status: state.status, statusTimestamp: state.statusTimestamp }
}

/** A row of the orderUpdates stream. */
export function orderUpdate(state: OrderState): object {
  return { order: plainOrder(state.order), status: state.status, statusTimestamp: state.statusTimestamp }
}
