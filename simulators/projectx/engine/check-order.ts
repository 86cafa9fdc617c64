/** Whether the terms of an order make sense: the reasons of PlaceOrderErrorCode 2. Only the texts of C4 are the venue's own words. */
import type { Decimal } from '#domain/decimal.ts'
import { ORDER_TYPE, SIDE } from './codes.ts'
import type { BracketRequest, PlaceRequest } from './request.ts'
import type { AccountState, ContractState } from './state.ts'

const MAX_TRAIL_TICKS = 1000

/** Why the order is refused, or undefined. */
export function orderObjection(
  account: AccountState,
  contract: ContractState,
  request: PlaceRequest,
): string | undefined {
  if (!Object.values<number>(ORDER_TYPE).includes(request.type)) return `Invalid order type (${request.type}).`
  if (request.side !== SIDE.buy && request.side !== SIDE.sell) return `Invalid order side (${request.side}).`
  if (request.size <= 0) return `Invalid order size (${request.size}). Size should be greater than zero.`
  return pricesObjection(contract, request) ?? bracketsObjection(account, request)
}

/** Why a price off the grid is refused, or undefined. */
export function gridObjection(contract: ContractState, price: Decimal | null): string | undefined {
  if (price === null) return undefined
  const { tickSize } = contract.spec.product
  if (price.gt(0) && price.mod(tickSize).isZero()) return undefined
  return `Invalid price (${price.toFixed()}). Price should be a positive multiple of the tick size (${tickSize.toFixed()}).`
}

/** Why a stop price on the wrong side of the market is refused, or undefined. */
export function stopObjection(contract: ContractState, side: number, stop: Decimal | null): string | undefined {
  if (stop === null) return undefined
  const isRight = side === SIDE.buy ? stop.gt(contract.last) : stop.lt(contract.last)
  if (isRight) return undefined
  return `Invalid stop price (${stop.toFixed()}). Price should be ${side === SIDE.buy ? 'above' : 'below'} the last price.`
}

/** Why a trailing level is refused, or undefined. */
export function trailObjection(contract: ContractState, side: number, level: Decimal | null): string | undefined {
  const wrong = stopObjection(contract, side, level)
  if (wrong !== undefined || level === null) return wrong
  const ticks = level.minus(contract.last).abs().div(contract.spec.product.tickSize)
  return ticks.gt(MAX_TRAIL_TICKS)
    ? `Invalid trail price. Distance should be at most ${MAX_TRAIL_TICKS} ticks.`
    : undefined
}

function pricesObjection(contract: ContractState, request: PlaceRequest): string | undefined {
  const { limitPrice, stopPrice, trailPrice } = request
  return (
    typeObjection(contract, request) ??
    gridObjection(contract, limitPrice) ??
    gridObjection(contract, stopPrice) ??
    gridObjection(contract, trailPrice)
  )
}

/** What an order of each type needs. */
function typeObjection(contract: ContractState, request: PlaceRequest): string | undefined {
  const { type, side, limitPrice, stopPrice, trailPrice } = request
  if (type === ORDER_TYPE.trailingStop) {
    if (trailPrice === null) return 'Invalid trail price. Trailing stop orders need one.'
    return trailObjection(contract, side, trailPrice)
  }
  const hasLimit = type === ORDER_TYPE.limit || type === ORDER_TYPE.stopLimit
  if (hasLimit && limitPrice === null) return 'Invalid limit price. Limit orders need one.'
  if (type !== ORDER_TYPE.stop && type !== ORDER_TYPE.stopLimit) return undefined
  if (stopPrice === null) return 'Invalid stop price. Stop orders need one.'
  return stopObjection(contract, side, stopPrice)
}

function bracketsObjection(account: AccountState, request: PlaceRequest): string | undefined {
  const { stopLossBracket: loss, takeProfitBracket: profit, side } = request
  if (loss === null && profit === null) return undefined
  if (account.brackets === 'position') {
    return 'Brackets cannot be used with Position Brackets. You must enable Auto OCO Brackets.'
  }
  if (loss !== null && loss.type !== ORDER_TYPE.stop && loss.type !== ORDER_TYPE.trailingStop) {
    return `Invalid stop loss type (${loss.type}).`
  }
  if (profit !== null && profit.type !== ORDER_TYPE.limit) return `Invalid take profit type (${profit.type}).`
  return ticksObjection('stop loss', loss, side, -1) ?? ticksObjection('take profit', profit, side, 1)
}

/** Ticks are signed from the entry: `direction` is the sign of a long one's. */
function ticksObjection(
  name: string,
  bracket: BracketRequest | null,
  side: number,
  direction: 1 | -1,
): string | undefined {
  if (bracket === null) return undefined
  const isLong = side === SIDE.buy
  const sign = isLong ? direction : -direction
  if (Math.sign(bracket.ticks) !== sign) {
    const wanted = sign > 0 ? 'greater' : 'less'
    return `Invalid ${name} ticks (${bracket.ticks}). Ticks should be ${wanted} than zero when going ${isLong ? 'long' : 'short'}.`
  }
  if (Math.abs(bracket.ticks) <= MAX_TRAIL_TICKS) return undefined
  return `Invalid ${name} ticks (${bracket.ticks}). Ticks should be at most ${MAX_TRAIL_TICKS} away.`
}
