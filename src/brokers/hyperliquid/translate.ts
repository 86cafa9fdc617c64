/** Turns the venue's rows into ours, exactly; words we do not know are kept raw and mapped to the value that claims least. */
import { ZERO_STRING, decimal, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { type Fill, fillIdOf } from '#domain/fill.ts'
import type { AccountId } from '#domain/ids.ts'
import type { BrokerOrder, OrderStatus, Trigger } from '#domain/order.ts'
import type { AccountSnapshot, BrokerPosition } from '#brokers/broker.ts'
import { distinctRows } from '#brokers/wire-answer.ts'
import { clientOrderIdOfCloid } from './action.ts'
import type { Clearinghouse, WireFill, WireOrder } from './info-schema.ts'
import { instrumentOf } from './symbols.ts'

/** Name of the venue in rows and ids. */
export const VENUE = 'hyperliquid'

/** Our status of a venue status word. Unknown words are `working`: they end nothing. */
export function orderStatusOf(word: string): OrderStatus {
  if (word === 'filled' || word === 'triggered') return word
  if (word === 'rejected' || word.endsWith('Rejected')) return 'rejected'
  if (word === 'canceled' || word.endsWith('Canceled') || word === 'scheduledCancel' || word === 'internalCancel') {
    return 'canceled'
  }
  return 'working'
}

/** An order row with its status word and the time of that status (ms). */
export function brokerOrderOf(row: WireOrder, venueStatus: string, statusAt: number): BrokerOrder {
  return {
    clientOrderId: clientOrderIdOfCloid(row.cloid),
    venueOrderId: String(row.oid),
    instrument: instrumentOf(row.coin),
    side: row.side === 'B' ? 'buy' : 'sell',
    originalSize: row.origSz,
    leavesSize: row.sz,
    limitPrice: row.limitPx,
    reduceOnly: row.reduceOnly ?? false,
    trigger: triggerOf(row),
    status: orderStatusOf(venueStatus),
    venueStatus,
    placedAt: row.timestamp,
    statusAt,
  }
}

function triggerOf(row: WireOrder): Trigger | null {
  if (row.isTrigger !== true || row.triggerPx == null) return null
  // An unknown kind of trigger must never pass for protection, hence not 'stop'.
  return { kind: row.orderType?.startsWith('Stop') === true ? 'stop' : 'take-profit', triggerPrice: row.triggerPx }
}

/** Words of the venue for what a fill did (reference: userFills); all of them are booked by side and start position. */
const DIRECTIONS: ReadonlySet<string> = new Set([
  'Open Long',
  'Open Short',
  'Close Long',
  'Close Short',
  'Long > Short',
  'Short > Long',
  'Buy',
  'Sell',
  'Auto-Deleveraging',
  'Settlement',
  'Net Child Vaults',
  'Spot Dust Conversion',
])

function isUnfamiliar(direction: string): boolean {
  return !DIRECTIONS.has(direction) && !direction.startsWith('Liquidated')
}

/** A fill row; `user` is the account's address, to tell our liquidation from a counterparty's. */
export function fillOf(row: WireFill, raw: Readonly<Record<string, unknown>>, owner: FillOwner): Fill {
  const venueOrderId = String(row.oid)
  const tradeId = String(row.tid)
  const { liquidation } = row
  return {
    fillId: fillIdOf(owner.account, row.coin, row.time, venueOrderId, tradeId),
    account: owner.account,
    venue: VENUE,
    instrument: instrumentOf(row.coin),
    side: row.side === 'B' ? 'buy' : 'sell',
    price: row.px,
    size: row.sz,
    time: row.time,
    startPosition: row.startPosition,
    closedPnl: row.closedPnl,
    fee: row.fee,
    feeToken: row.feeToken,
    venueOrderId,
    tradeId,
    clientOrderId: clientOrderIdOfCloid(row.cloid),
    liquidity: row.crossed ? 'taker' : 'maker',
    direction: row.dir,
    ...(isUnfamiliar(row.dir) && { unfamiliar: true }),
    liquidation:
      liquidation?.liquidatedUser?.toLowerCase() === owner.user
        ? { method: liquidation.method, markPrice: liquidation.markPx }
        : null,
    hash: row.hash,
    raw,
  }
}

/** Whose fills: our name of the account and its lower-case address. */
export interface FillOwner {
  readonly account: AccountId
  readonly user: string
}

/** Account state of one venue instant. @throws BrokerProtocolError when it tells two positions of one coin */
export function snapshotOf(state: Clearinghouse): AccountSnapshot {
  const rows = distinctRows(
    state.assetPositions,
    ({ position }) => position.coin,
    'Hyperliquid clearinghouseState assetPositions',
  )
  const positions = rows
    .map(({ position }): BrokerPosition => ({
      instrument: instrumentOf(position.coin),
      size: position.szi,
      entryAverage: position.entryPx ?? null,
      unrealised: position.unrealizedPnl,
      liquidationPrice: position.liquidationPx ?? null,
    }))
    .filter((position) => position.size !== ZERO_STRING)
  const unrealised = sumDecimals(positions.map((position) => position.unrealised))
  return {
    equity: state.marginSummary.accountValue,
    balance: toDecimalString(decimal(state.marginSummary.accountValue).minus(unrealised)),
    restriction: null,
    unrealised: toDecimalString(unrealised),
    positions,
    asOf: state.time,
  }
}
