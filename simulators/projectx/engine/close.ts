/**
 * Position/closeContract and partialCloseContract: a market order without a tag whose id is not told. Resting stops and
 * targets stay (reference C4). An account that may not trade may still close.
 */
import { accountFor, accountObjection, isOpen, isTrading } from './admission.ts'
import { CLOSE_ERROR, ORDER_TYPE, PARTIAL_CLOSE_ERROR, SIDE } from './codes.ts'
import { contractOf } from './create-state.ts'
import { newOrder, openOrder } from './orders.ts'
import { tradeOn } from './prices.ts'
import { DONE, type Verdict } from './request.ts'
import type { AccountState, Order, Position, VenueState } from './state.ts'
import { orderChanged } from './step.ts'

/** Which position, and how much of it: without a size all of it. */
export interface CloseRequest {
  readonly accountId: number
  readonly contractId: string
  readonly size?: number
}

export function closeByRequest(state: VenueState, userName: string, request: CloseRequest): Verdict {
  const codes = request.size === undefined ? CLOSE_ERROR : PARTIAL_CLOSE_ERROR
  const refuse = (errorCode: number, errorMessage: string | null = null): Verdict => ({ errorCode, errorMessage })
  const account = accountFor(state, userName, request.accountId)
  if (account === undefined) return refuse(codes.accountNotFound)
  const objection = accountObjection(account, 'place')
  if (objection !== undefined) return refuse(codes.accountRejected, objection)
  const contract = contractOf(state, request.contractId)
  if (contract === undefined) return refuse(codes.contractNotFound)
  if (!isTrading(state, contract)) return refuse(codes.contractNotActive)
  const position = account.positions.get(contract.spec.id)
  if (position === undefined) return refuse(codes.positionNotFound)
  const held = Math.abs(position.signed)
  const size = request.size ?? held
  if (size <= 0 || size > held) return refuse(PARTIAL_CLOSE_ERROR.invalidCloseSize)
  if (!isOpen(state)) return refuse(codes.orderRejected)
  sellOut(state, account, position, size, 'api')
  return DONE
}

/** Closes contracts of a position by a market order. */
export function sellOut(
  state: VenueState,
  account: AccountState,
  position: Position,
  size: number,
  origin: Order['origin'],
): Order {
  return marketOrder(state, account, position.contract, position.signed > 0 ? -size : size, origin)
}

/** Trades signed contracts at market, without a tag. */
export function marketOrder(
  state: VenueState,
  account: AccountState,
  contract: Position['contract'],
  signed: number,
  origin: Order['origin'],
): Order {
  const order = newOrder(state, {
    account,
    contract,
    type: ORDER_TYPE.market,
    side: signed > 0 ? SIDE.buy : SIDE.sell,
    size: Math.abs(signed),
    origin,
  })
  orderChanged(state, order)
  openOrder(state, order)
  tradeOn(state, contract)
  return order
}
