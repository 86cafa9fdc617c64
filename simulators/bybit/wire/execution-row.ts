/** Executions, closed PnL and cash rows as the venue writes them (reference sections B4 and B9). */
import { Decimal } from '#domain/decimal.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import type { ClosedPnl, Execution, LedgerRow } from '#simulators/bybit/engine/record.ts'
import { average, price } from './number.ts'

/** A row of `execution/list`: without execPnl and createType, which only the stream has. */
export function executionRow(execution: Execution): object {
  return { ...common(execution), closedSize: execution.closedSize === '0' ? '' : execution.closedSize, extraFees: '' }
}

/** A row of the `execution` topic. */
export function executionPush(execution: Execution): object {
  return {
    category: 'linear',
    ...common(execution),
    closedSize: execution.closedSize,
    isLeverage: '0',
    marketUnit: '',
    execPnl: execution.execPnl,
    createType: execution.createType,
    extraFees: [],
  }
}

function common(execution: Execution): object {
  return {
    symbol: execution.symbol,
    orderType: execution.orderType,
    underlyingPrice: '',
    orderLinkId: execution.orderLinkId,
    side: execution.side,
    indexPrice: '',
    orderId: execution.orderId,
    stopOrderType: execution.stopOrderType,
    leavesQty: execution.leavesQty,
    execTime: String(execution.execTime),
    feeCurrency: execution.feeCurrency,
    isMaker: execution.isMaker,
    execFee: execution.execFee,
    feeRate: execution.feeRate,
    execId: execution.execId,
    tradeIv: '',
    blockTradeId: '',
    markPrice: execution.markPrice,
    execPrice: execution.execPrice,
    markIv: '',
    orderQty: execution.orderQty,
    orderPrice: execution.orderPrice,
    execValue: execution.execValue,
    execType: execution.execType,
    execQty: execution.execQty,
    seq: execution.seq,
  }
}

/** A row of `position/closed-pnl`. */
export function closedPnlRow(instrument: Instrument, row: ClosedPnl): object {
  return {
    symbol: row.symbol,
    orderType: row.orderType,
    leverage: row.leverage,
    updatedTime: String(row.updatedTime),
    side: row.side,
    orderId: row.orderId,
    closedPnl: row.closedPnl,
    openFee: row.openFee,
    closeFee: row.closeFee,
    avgEntryPrice: average(row.cumEntryValue, row.closedSize),
    qty: row.qty,
    cumEntryValue: row.cumEntryValue,
    createdTime: String(row.createdTime),
    orderPrice: price(instrument, row.orderPrice),
    closedSize: row.closedSize,
    avgExitPrice: average(row.cumExitValue, row.closedSize),
    execType: row.execType,
    fillCount: String(row.fillCount),
    cumExitValue: row.cumExitValue,
  }
}

/** A row of `account/transaction-log`. */
export function transactionRow(row: LedgerRow): object {
  return {
    transSubType: '',
    id: row.id,
    symbol: row.symbol,
    side: row.side,
    funding: row.funding ?? '',
    orderLinkId: row.orderLinkId,
    orderId: row.orderId,
    fee: new Decimal(row.fee).toFixed(8),
    change: row.change,
    cashFlow: row.cashFlow,
    transactionTime: String(row.transactionTime),
    type: row.type,
    feeRate: row.feeRate,
    bonusChange: '',
    size: row.size,
    qty: row.qty,
    cashBalance: row.cashBalance,
    currency: row.currency,
    category: row.symbol === '' ? '' : 'linear',
    tradePrice: row.tradePrice,
    tradeId: row.tradeId,
    extraFees: '',
  }
}
