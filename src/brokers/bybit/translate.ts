/** Turns the venue's rows into ours, exactly; words we do not know are kept raw and mapped to the value that claims least. */
import { ZERO, ZERO_STRING, decimal, type DecimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { type Fill, type ForcedBy, fillIdOf } from '#domain/fill.ts'
import type { AccountId, ClientOrderId } from '#domain/ids.ts'
import type { BrokerOrder, OrderStatus, Trigger } from '#domain/order.ts'
import { BrokerProtocolError } from '#brokers/errors.ts'
import { instrumentOf } from './symbols.ts'
import type { ReceivedExecution, WireExecution, WireOrder, WireTransaction } from './wire.ts'

/** Name of the venue in rows and ids. */
export const VENUE = 'bybit'

/** The coin that accounts settle in here. */
export const SETTLE_COIN = 'USDT'

/** Our id when the text is one of ours. */
export function clientOrderIdOf(orderLinkId: string | undefined): ClientOrderId | null {
  return orderLinkId !== undefined && /^[0-9a-f]{32}$/.test(orderLinkId) ? (orderLinkId as ClientOrderId) : null
}

/** Our status of a venue status word. Unknown words are `working`: they end nothing. */
export function orderStatusOf(word: string): OrderStatus {
  switch (word) {
    case 'Filled':
      return 'filled'
    case 'Triggered':
      return 'triggered'
    case 'Rejected':
      return 'rejected'
    case 'Cancelled':
    case 'PartiallyFilledCanceled':
    case 'Deactivated':
      return 'canceled'
    default:
      return 'working'
  }
}

/** Words of a cancelled order that say it never stood at all. */
const NEVER_STOOD = /^EC_(PostOnlyWillTakeLiquidity|NoImmediateQtyToFill|NoEnoughQtyToFill)$/

export function brokerOrderOf(row: WireOrder): BrokerOrder {
  const trigger = triggerOf(row)
  const isChild = row.orderLinkId === '' && trigger !== null
  return {
    clientOrderId: clientOrderIdOf(row.orderLinkId),
    attachedTo: isChild ? clientOrderIdOf(row.parentOrderLinkId) : null,
    venueOrderId: row.orderId,
    instrument: instrumentOf(row.symbol),
    side: row.side === 'Buy' ? 'buy' : 'sell',
    originalSize: row.qty,
    leavesSize: leavesOf(row),
    limitPrice: row.price,
    reduceOnly: row.reduceOnly || row.closeOnTrigger,
    trigger,
    status: statusOf(row),
    venueStatus:
      row.rejectReason === '' || row.rejectReason === 'EC_NoError'
        ? row.orderStatus
        : `${row.orderStatus} ${row.rejectReason}`,
    placedAt: row.createdTime,
    statusAt: row.updatedTime,
  }
}

function statusOf(row: WireOrder): OrderStatus {
  const status = orderStatusOf(row.orderStatus)
  const refused = status === 'canceled' && NEVER_STOOD.test(row.rejectReason) && decimal(row.cumExecQty).isZero()
  return refused ? 'rejected' : status
}

/** An ended order shows 0 left whatever it filled: what it left is what it did not execute (gotcha 10). */
function leavesOf(row: WireOrder): DecimalString {
  return toDecimalString(decimal(row.qty).minus(row.cumExecQty))
}

function triggerOf(row: WireOrder): Trigger | null {
  if (decimal(row.triggerPrice).isZero()) return null
  return { kind: isStop(row) ? 'stop' : 'take-profit', triggerPrice: row.triggerPrice }
}

const RISES = 1
const FALLS = 2

/** A stop goes with the price against its position; what does not say its direction must never pass for protection. */
function isStop({ side, triggerDirection, stopOrderType }: WireOrder): boolean {
  if (stopOrderType.endsWith('TakeProfit')) return false
  if (stopOrderType.endsWith('StopLoss')) return true
  return triggerDirection === (side === 'Sell' ? FALLS : RISES)
}

/** What the venue's record of an order adds to its fills. */
export interface OrderFacts {
  readonly parentOrderLinkId?: string | undefined
  readonly createType?: string | undefined
}

/** Executions that change a position; funding moves only cash. */
const TRADES: ReadonlySet<string> = new Set([
  'Trade',
  'AdlTrade',
  'BustTrade',
  'Delivery',
  'Settle',
  'BlockTrade',
  'MovePosition',
])

/** Whether an execution changes a position. @throws BrokerProtocolError for a kind we do not know: what it did is unknown */
export function isTrade({ execType, execId }: WireExecution): boolean {
  if (TRADES.has(execType)) return true
  if (execType === 'Funding') return false
  throw new BrokerProtocolError(
    `Bybit execution ${execId}: expected one of ${[...TRADES].join(', ')} or Funding, saw ${execType}. Its effect on positions is unknown; look at the venue's page.`,
  )
}

/** A fill from an execution as received, the log row of the same trade, and what is known of its order. */
export function fillOf(
  { row, raw }: ReceivedExecution,
  log: WireTransaction,
  { account, order }: { readonly account: AccountId; readonly order: OrderFacts | null },
): Fill {
  const side = row.side === 'Buy' ? 'buy' : 'sell'
  const after = decimal(log.size)
  const own = clientOrderIdOf(row.orderLinkId)
  const isLiquidation = row.execType === 'BustTrade'
  return {
    fillId: fillIdOf(account, row.symbol, row.execTime, row.orderId, row.execId),
    account,
    venue: VENUE,
    instrument: instrumentOf(row.symbol),
    side,
    price: row.execPrice,
    size: row.execQty,
    time: row.execTime,
    startPosition: toDecimalString(side === 'buy' ? after.minus(row.execQty) : after.plus(row.execQty)),
    closedPnl: log.cashFlow,
    ...feeOf(row),
    venueOrderId: row.orderId,
    tradeId: row.execId,
    clientOrderId: own,
    attachedTo: own === null ? clientOrderIdOf(order?.parentOrderLinkId) : null,
    forced: forcedOf(row.execType, order?.createType),
    liquidity: row.isMaker ? 'maker' : 'taker',
    direction: [row.side, row.execType, ...stopWord(row)].join(' '),
    liquidation: isLiquidation ? { method: row.execType, markPrice: row.markPrice } : null,
    hash: '',
    raw,
  }
}

function stopWord({ stopOrderType }: WireExecution): string[] {
  return stopOrderType === '' || stopOrderType === 'UNKNOWN' ? [] : [stopOrderType]
}

/** The fee and what was charged on top of it. @throws BrokerProtocolError when they are in two coins: a fill has one fee */
function feeOf({ execId, execFee, feeCurrency, extraFees }: WireExecution): Pick<Fill, 'fee' | 'feeToken'> {
  const feeToken = feeCurrency === '' ? SETTLE_COIN : feeCurrency
  const other = extraFees.find(({ feeCoin }) => feeCoin !== feeToken)
  if (other !== undefined) {
    throw new BrokerProtocolError(
      `Bybit execution ${execId}: expected all fees in ${feeToken}, saw one of ${other.fee} ${other.feeCoin}.`,
    )
  }
  return { fee: toDecimalString(sumDecimals([execFee, ...extraFees.map(({ fee }) => fee)])), feeToken }
}

/** Whether an execution is a plain trade, of which only the order's record says who made it. */
export function isOrdinary({ execType }: WireExecution): boolean {
  return execType === 'Trade'
}

const FORCED_BY_EXEC_TYPE: ReadonlyMap<string, ForcedBy> = new Map([
  ['BustTrade', 'liquidation'],
  ['AdlTrade', 'adl'],
  ['Delivery', 'settlement'],
  ['Settle', 'settlement'],
])

function forcedOf(execType: string, createType: string | undefined): ForcedBy | null {
  const forced = FORCED_BY_EXEC_TYPE.get(execType)
  if (forced !== undefined) return forced
  if (createType?.startsWith('CreateByLiq') === true || createType?.startsWith('CreateByTakeOver') === true) {
    return 'liquidation'
  }
  if (createType?.startsWith('CreateByAdl') === true) return 'adl'
  if (createType === 'CreateBySettle') return 'settlement'
  // Whoever runs the account closed it from above: at a programme that is the programme.
  return createType === 'CreateByAdminClosing' ? 'programme' : null
}

/** Signed size of a position row, positive long. */
export function signedSize(side: string, size: DecimalString): DecimalString {
  if (side !== 'Sell') return size
  return decimal(size).isZero() ? ZERO_STRING : toDecimalString(ZERO.minus(size))
}
