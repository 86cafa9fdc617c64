/** Orders as REST and the stream write them (reference sections B3 and B9). */
import { Decimal } from '#domain/decimal.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import type { OrderView } from '#simulators/bybit/engine/record.ts'
import { average, price, priceOr, qty } from './number.ts'

/** A row of `order/realtime`. */
export function realtimeRow(instrument: Instrument, order: OrderView): object {
  return { ...identity(order), ...amounts(instrument, order), ...conditions(instrument, order), ...marks(order) }
}

/** A row of `order/history`. */
export function historyRow(instrument: Instrument, order: OrderView): object {
  return {
    ...realtimeRow(instrument, order),
    slippageToleranceType: 'UNKNOWN',
    slippageTolerance: '',
    extraFees: '',
    rpiTakerAccess: false,
    rpiMatchedQty: '',
  }
}

/** A row of the `order` topic. */
export function orderPush(instrument: Instrument, order: OrderView): object {
  const feeCurrency = Object.keys(order.fees)[0] ?? ''
  return { category: 'linear', ...realtimeRow(instrument, order), closedPnl: order.closedPnl, feeCurrency }
}

function identity(order: OrderView): object {
  return {
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    blockTradeId: '',
    symbol: order.symbol,
    side: order.side,
    isLeverage: '',
    positionIdx: 0,
    orderStatus: order.status,
    cancelType: order.cancelType,
    rejectReason: order.rejectReason,
    timeInForce: order.timeInForce,
    orderType: order.orderType,
    stopOrderType: order.stopOrderType,
    createType: order.createType,
    parentOrderLinkId: order.parentOrderLinkId,
  }
}

function amounts(instrument: Instrument, order: OrderView): object {
  const leavesValue = new Decimal(order.leavesQty).times(order.price).toFixed()
  const fees = Object.entries(order.fees)
  return {
    price: price(instrument, order.price),
    qty: qty(instrument, order.qty),
    avgPrice: average(order.cumExecValue, order.cumExecQty),
    leavesQty: qty(instrument, order.leavesQty),
    leavesValue,
    cumExecQty: qty(instrument, order.cumExecQty),
    cumExecValue: order.cumExecValue,
    // Deprecated for linear, and wrong as soon as fees are paid in two coins: the detail is the one to read.
    cumExecFee: fees[0]?.[1] ?? '0',
    cumFeeDetail: Object.fromEntries(fees),
  }
}

function conditions(instrument: Instrument, order: OrderView): object {
  return {
    triggerPrice: price(instrument, order.triggerPrice ?? '0'),
    triggerDirection: order.triggerDirection,
    triggerBy: order.triggerBy,
    takeProfit: priceOr(instrument, order.takeProfit, ''),
    stopLoss: priceOr(instrument, order.stopLoss, ''),
    tpTriggerBy: order.takeProfit === null ? 'UNKNOWN' : order.tpTriggerBy,
    slTriggerBy: order.stopLoss === null ? 'UNKNOWN' : order.slTriggerBy,
    tpslMode: order.tpslMode,
    tpLimitPrice: priceOr(instrument, order.tpLimitPrice, ''),
    slLimitPrice: priceOr(instrument, order.slLimitPrice, ''),
    lastPriceOnCreated: price(instrument, order.lastPriceOnCreated),
    reduceOnly: order.reduceOnly,
    closeOnTrigger: order.closeOnTrigger,
  }
}

function marks(order: OrderView): object {
  return {
    orderIv: '',
    smpType: 'None',
    smpGroup: 0,
    smpOrderId: '',
    placeType: '',
    createdTime: String(order.createdTime),
    updatedTime: String(order.updatedTime),
  }
}
