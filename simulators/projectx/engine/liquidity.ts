/** The synthetic market: bid and ask around the last price, and how much of its depth is left until the next price step. */
import { Decimal } from '#domain/decimal.ts'
import { SIDE, type Side } from './codes.ts'
import type { ContractState } from './state.ts'

/** Rounding of a price to the grid, in decimal.js's numbers. */
const CEIL = Decimal.ROUND_CEIL
const FLOOR = Decimal.ROUND_FLOOR
export const HALF_EVEN = Decimal.ROUND_HALF_EVEN

/** Best price a seller gets. */
export function bestBid(contract: ContractState): Decimal {
  return onTick(contract, contract.last.minus(halfSpread(contract)), FLOOR)
}

/** Best price a buyer pays. */
export function bestAsk(contract: ContractState): Decimal {
  return onTick(contract, contract.last.plus(halfSpread(contract)), CEIL)
}

/** A price on the contract's grid. */
export function onTick(contract: ContractState, price: Decimal, rounding: 2 | 3 | 6): Decimal {
  const { tickSize } = contract.spec.product
  return price.div(tickSize).toDecimalPlaces(0, rounding).times(tickSize)
}

/** What a taker of a side meets next: a price and how many contracts; undefined when the depth is used up. */
export function nextLevel(
  contract: ContractState,
  side: Side,
): { readonly price: Decimal; readonly size: number } | undefined {
  const best = side === SIDE.buy ? bestAsk(contract) : bestBid(contract)
  const { perLevel, levels } = contract.liquidity
  if (perLevel === null) return { price: best, size: Infinity }
  const taken = side === SIDE.buy ? contract.taken.asks : contract.taken.bids
  const level = Math.floor(taken / perLevel)
  if (level >= levels) return undefined
  const away = contract.spec.product.tickSize.times(level)
  return {
    price: side === SIDE.buy ? best.plus(away) : best.minus(away),
    size: perLevel - (taken - level * perLevel),
  }
}

/** Takes contracts from the depth. */
export function takeDepth(contract: ContractState, side: Side, size: number): void {
  if (side === SIDE.buy) contract.taken.asks += size
  else contract.taken.bids += size
}

function halfSpread(contract: ContractState): Decimal {
  return contract.spec.product.tickSize.times(contract.liquidity.halfSpreadTicks)
}
