/** Books a fill of an order: half-turn trades, position, balance, the market's other side, and the prints. */
import { type Decimal, ZERO } from '#domain/decimal.ts'
import { SIDE } from './codes.ts'
import { balanceEffect, gain } from './money.ts'
import { applyFill, type HalfTurn } from './position.ts'
import { recordPrint } from './prints.ts'
import { positionRow, tradeRow } from './rows.ts'
import type { AccountState, ContractState, Order, Position, Trade, VenueState } from './state.ts'
import { emit, touch, whom } from './step.ts'

/** Books `size` contracts at `price`; the order's status is the caller's to set. */
export function bookFill(state: VenueState, order: Order, size: number, price: Decimal): void {
  const { account, contract } = order
  const signed = order.side === SIDE.buy ? size : -size
  order.filled += size
  order.notional = order.notional.plus(price.times(size))
  contract.house -= signed
  const position = account.positions.get(contract.spec.id) ?? newPosition(state, contract)
  account.positions.set(contract.spec.id, position)
  for (const turn of applyFill(position, signed, price)) bookHalfTurn(state, order, turn, price)
  announcePosition(state, account, position)
  touch(state, account)
  recordPrint(state, contract, { price, side: order.side, volume: size })
}

/** Tells of a position, and forgets it when it is flat. */
export function announcePosition(state: VenueState, account: AccountState, position: Position): void {
  const isFlat = position.signed === 0
  if (isFlat) account.positions.delete(position.contract.spec.id)
  emit(state, {
    type: 'position',
    change: isFlat ? 2 : 1,
    account: whom(account),
    tag: null,
    row: positionRow(account, position),
  })
}

/** A position that holds nothing yet. */
export function newPosition(state: VenueState, contract: ContractState): Position {
  return { id: state.next.position++, contract, signed: 0, average: ZERO, lots: [], created: state.moment }
}

function bookHalfTurn(state: VenueState, order: Order, { size, opened }: HalfTurn, price: Decimal): void {
  const { account, contract } = order
  const { product } = contract.spec
  // A buy closes a short, so the lot gained as the price fell.
  const closed = order.side === SIDE.buy ? -size : size
  const trade: Trade = {
    id: state.next.trade++,
    contract,
    created: state.moment,
    price,
    pnl: opened === null ? null : gain(product, closed, opened, price),
    fees: product.fees.times(size),
    commissions: product.commissions.times(size),
    side: order.side,
    size,
    voided: false,
    order,
  }
  account.trades.push(trade)
  state.trades.set(trade.id, { account, trade })
  account.balance = account.balance.plus(balanceEffect(trade))
  emit(state, { type: 'trade', change: 0, account: whom(account), tag: order.customTag, row: tradeRow(account, trade) })
}
