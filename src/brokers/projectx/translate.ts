/** Turns the venue's rows into ours, exactly; codes we do not know are kept in words and mapped to the value that claims least. */
import { Decimal, ZERO_STRING, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import { type Fill, fillIdOf } from '#domain/fill.ts'
import type { AccountId } from '#domain/ids.ts'
import type { BrokerOrder, OrderStatus, Trigger } from '#domain/order.ts'
import type { OrderReport } from '#brokers/broker.ts'
import { instrumentOf } from './contracts.ts'
import { ORDER_TYPE } from './request-body.ts'
import { type TagOwner, ownerOf } from './tags.ts'
import type { ChainedTrade } from './trade-chain.ts'
import type { RawTrade, WireOrder, WireTrade } from './wire.ts'

/** Name of the venue in rows and ids. */
export const VENUE = 'projectx'

/** The venue's order status and what it means to us (reference C4). */
const STATUS: Readonly<Record<number, readonly [word: string, status: OrderStatus]>> = {
  0: ['None', 'working'],
  1: ['Open', 'working'],
  2: ['Filled', 'filled'],
  3: ['Cancelled', 'canceled'],
  4: ['Expired', 'canceled'],
  5: ['Rejected', 'rejected'],
  6: ['Pending', 'working'],
  7: ['PendingCancellation', 'working'],
  8: ['Suspended', 'working'],
}
/** Codes of orders that can still trade or wake up. */
export const LIVE_STATUSES: readonly number[] = [1, 6, 7, 8]

/** Our status of a venue status code. Unknown codes are `working`: they end nothing. */
export function orderStatusOf(code: number): readonly [word: string, status: OrderStatus] {
  return STATUS[code] ?? [`Status ${code}`, 'working']
}

/** An order as the venue records it. */
export function brokerOrderOf(row: WireOrder): BrokerOrder {
  const [venueStatus, status] = orderStatusOf(row.status)
  const placedAt = row.creationTimestamp.ms
  return {
    ...ownerOf(row.customTag),
    venueOrderId: row.id,
    instrument: instrumentOf(row.contractId),
    side: row.side,
    originalSize: row.size,
    leavesSize: toDecimalString(Decimal.max(ZERO, decimal(row.size).minus(row.fillVolume))),
    // A market order has no price at all.
    limitPrice: row.limitPrice ?? row.stopPrice ?? ZERO_STRING,
    reduceOnly: false,
    trigger: triggerOf(row),
    status,
    venueStatus,
    placedAt,
    statusAt: row.updateTimestamp?.ms ?? placedAt,
  }
}

/** A stop that sleeps behind its entry has no price yet: then it claims none. A target is a plain limit order. */
function triggerOf({ type, stopPrice }: WireOrder): Trigger | null {
  const isStop = type === ORDER_TYPE.stop || type === ORDER_TYPE.stopLimit || type === ORDER_TYPE.trailingStop
  return isStop && stopPrice !== null ? { kind: 'stop', triggerPrice: stopPrice } : null
}

/** The report of an order of ours as the venue records it; `id` is the one it has in our book. */
export function reportOf(row: WireOrder, id: OrderReport['clientOrderId']): OrderReport {
  const [venueStatus, status] = orderStatusOf(row.status)
  if (status === 'rejected')
    return { result: 'rejected', clientOrderId: id, reason: `the venue's record says ${venueStatus}` }
  return {
    result: 'accepted',
    clientOrderId: id,
    venueOrderId: row.id,
    status: venueStatus === 'Suspended' ? 'waiting' : status === 'triggered' ? 'working' : status,
    filledSize: row.fillVolume,
    averagePrice: row.filledPrice,
  }
}

/** The fill of a half-turn. The venue names neither maker nor taker; the dearer one is assumed. */
export function fillOf({ trade, startPosition }: ChainedTrade<RawTrade>, owner: TagOwner, account: AccountId): Fill {
  const { contractId, orderId, id } = trade
  const time = trade.creationTimestamp.ms
  return {
    fillId: tradeFillId(account, trade),
    account,
    venue: VENUE,
    instrument: instrumentOf(contractId),
    side: trade.side,
    price: trade.price,
    size: trade.size,
    time,
    startPosition,
    closedPnl: trade.profitAndLoss ?? ZERO_STRING,
    fee: toDecimalString(decimal(trade.fees ?? ZERO_STRING).plus(trade.commissions ?? ZERO_STRING)),
    // Not stated is not free: what the venue says later is booked then.
    ...(trade.fees === null && { feePending: true }),
    feeToken: 'USD',
    venueOrderId: orderId,
    tradeId: id,
    ...owner,
    liquidity: 'taker',
    direction: trade.profitAndLoss === null ? 'Opening half-turn' : 'Closing half-turn',
    liquidation: null,
    hash: '',
    raw: trade.raw,
  }
}

/** The identity of a half-turn, the same whether it is void or not. */
export function tradeFillId(account: AccountId, trade: WireTrade): string {
  return fillIdOf(account, trade.contractId, trade.creationTimestamp.ms, trade.orderId, trade.id)
}
