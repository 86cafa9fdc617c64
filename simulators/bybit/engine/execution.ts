/** Books one execution: position, cash ledger, closed PnL and the execution row, all from the same numbers. */
import { type Decimal, type DecimalString, toDecimalString, ZERO, ZERO_STRING } from '#domain/decimal.ts'
import { balance, positionOf } from './account.ts'
import { newId } from './ids.ts'
import { noteOrder } from './order.ts'
import { applyFill, type FillEffect, money } from './position.ts'
import type { Execution, LedgerRow } from './record.ts'
import type { AccountState, Order, PositionState, VenueState } from './state.ts'
import { emit, touchWallet } from './step.ts'

/** One trade of an order with the market maker. */
export interface Deal {
  readonly price: Decimal
  readonly qty: Decimal
  readonly isMaker: boolean
}

interface Fee {
  readonly coin: string
  /** In that coin. */
  readonly amount: Decimal
  readonly rate: Decimal
}

/** Books a trade for the order's account. */
export function bookTrade(state: VenueState, order: Order, deal: Deal): void {
  const { account, market } = order
  const position = positionOf(account, market)
  const fee = feeOf(state, order, deal)
  const usdtFee = fee.coin === 'USDT' ? fee.amount : ZERO
  const isBuy = order.side === 'Buy'
  const wasFlat = position.holding.size.isZero()
  const effect = applyFill(position.holding, { isBuy, price: deal.price, qty: deal.qty, fee: usdtFee })
  const flipped = !effect.closedQty.isZero() && effect.closedQty.lt(deal.qty)
  position.holding = effect.holding
  position.seq = ++market.seq
  if (wasFlat || flipped) {
    position.curRealised = ZERO
    position.createdTime = state.time
  }
  const realised = effect.gross.minus(usdtFee)
  position.curRealised = position.curRealised.plus(realised)
  position.cumRealised = position.cumRealised.plus(realised)
  market.house = isBuy ? market.house.minus(deal.qty) : market.house.plus(deal.qty)
  fillOrder(order, deal, fee)
  noteClosed(state, order, position, effect)
  const execution = executionRow(state, order, { deal, fee, effect, seq: market.seq })
  account.executions.push(execution)
  bookTradeRows(state, account, execution, position)
  emit(state, () => ({ type: 'execution', account: account.name, execution }))
  noteOrder(state, order)
}

function feeOf(state: VenueState, order: Order, { price, qty, isMaker }: Deal): Fee {
  const rate = isMaker ? state.makerFee : state.takerFee
  const usdt = price.times(qty).times(rate)
  const mnt = money(usdt.div(state.mntPrice))
  // An account that pays in MNT pays in USDT when it has not enough of it.
  const inMnt = order.account.feeCoin === 'MNT' && balance(order.account, 'MNT').gte(mnt)
  return inMnt ? { coin: 'MNT', amount: mnt, rate } : { coin: 'USDT', amount: money(usdt), rate }
}

function fillOrder(order: Order, { price, qty }: Deal, fee: Fee): void {
  order.leaves = order.leaves.minus(qty)
  order.cumQty = order.cumQty.plus(qty)
  order.cumValue = order.cumValue.plus(price.times(qty))
  order.fees.set(fee.coin, (order.fees.get(fee.coin) ?? ZERO).plus(fee.amount))
  order.status = order.leaves.isZero() ? 'Filled' : 'PartiallyFilled'
}

function noteClosed(state: VenueState, order: Order, position: PositionState, effect: FillEffect): void {
  if (effect.closedQty.isZero()) return
  const { account, closed } = order
  const add = (before: DecimalString | undefined, more: Decimal) => toDecimalString(more.plus(before ?? ZERO))
  const net = effect.gross.minus(effect.openFee).minus(effect.closeFee)
  order.closed = {
    symbol: order.market.instrument.symbol,
    orderId: order.orderId,
    side: order.side,
    orderType: order.orderType,
    execType: order.execType,
    leverage: toDecimalString(position.leverage),
    qty: toDecimalString(order.qty),
    orderPrice: toDecimalString(order.price),
    closedSize: add(closed?.closedSize, effect.closedQty),
    cumEntryValue: add(closed?.cumEntryValue, effect.entryValue),
    cumExitValue: add(closed?.cumExitValue, effect.exitValue),
    openFee: add(closed?.openFee, effect.openFee),
    closeFee: add(closed?.closeFee, effect.closeFee),
    closedPnl: add(closed?.closedPnl, net),
    fillCount: (closed?.fillCount ?? 0) + 1,
    createdTime: closed?.createdTime ?? state.time,
    updatedTime: state.time,
  }
  account.closedPnl.set(order.orderId, order)
}

interface Booked {
  readonly deal: Deal
  readonly fee: Fee
  readonly effect: FillEffect
  readonly seq: number
}

function executionRow(state: VenueState, order: Order, { deal, fee, effect, seq }: Booked): Execution {
  return {
    execId: newId(state),
    symbol: order.market.instrument.symbol,
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    side: order.side,
    orderType: order.orderType,
    stopOrderType: order.stopOrderType,
    createType: order.createType,
    execType: order.execType,
    execPrice: toDecimalString(deal.price),
    execQty: toDecimalString(deal.qty),
    execValue: toDecimalString(deal.price.times(deal.qty)),
    execFee: toDecimalString(fee.amount),
    feeRate: toDecimalString(fee.rate),
    feeCurrency: fee.coin,
    isMaker: deal.isMaker,
    orderPrice: toDecimalString(order.price),
    orderQty: toDecimalString(order.qty),
    leavesQty: toDecimalString(order.leaves),
    closedSize: toDecimalString(effect.closedQty),
    markPrice: toDecimalString(order.market.mark),
    execPnl: toDecimalString(effect.gross),
    execTime: state.time,
    seq,
  }
}

const LEDGER_TYPES = { Trade: 'TRADE', BustTrade: 'LIQUIDATION', AdlTrade: 'ADL', Funding: 'SETTLEMENT' } as const

/** The trade's cash row; a fee in another coin is a row of its own in that coin. */
function bookTradeRows(state: VenueState, account: AccountState, execution: Execution, position: PositionState): void {
  const common = {
    type: LEDGER_TYPES[execution.execType],
    symbol: execution.symbol,
    side: execution.side,
    qty: execution.execQty,
    size: toDecimalString(position.holding.size),
    tradePrice: execution.execPrice,
    funding: null,
    feeRate: execution.feeRate,
    tradeId: execution.execId,
    orderId: execution.orderId,
    orderLinkId: execution.orderLinkId,
  }
  const inUsdt = execution.feeCurrency === 'USDT'
  const cash = { ...common, currency: 'USDT', cashFlow: execution.execPnl }
  bookCash(state, account, { ...cash, fee: inUsdt ? execution.execFee : ZERO_STRING })
  if (!inUsdt) {
    bookCash(state, account, { ...common, currency: 'MNT', cashFlow: ZERO_STRING, fee: execution.execFee })
  }
}

/** Moves cash: change = cashFlow + funding - fee. */
export function bookCash(
  state: VenueState,
  account: AccountState,
  row: Omit<LedgerRow, 'id' | 'change' | 'cashBalance' | 'transactionTime'>,
): void {
  const change = ZERO.plus(row.cashFlow)
    .plus(row.funding ?? ZERO)
    .minus(row.fee)
  const after = balance(account, row.currency).plus(change)
  account.balances.set(row.currency, after)
  account.ledger.push({
    ...row,
    id: `${account.uid}_${row.symbol === '' ? row.currency : row.symbol}_${161_440_000_000 + ++state.ids}`,
    change: toDecimalString(change),
    cashBalance: toDecimalString(after),
    transactionTime: state.time,
  })
  touchWallet(state, account)
}
