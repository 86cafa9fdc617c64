/** Price steps: a new last price fires stops, fills resting orders, and refreshes the depth. */
import { Decimal } from '#domain/decimal.ts'
import { SIDE } from './codes.ts'
import { isOpen } from './admission.ts'
import { followTrails, workContract } from './match.ts'
import { enforceLimits } from './limits.ts'
import { recordPrint } from './prints.ts'
import { quoteRow } from './rows.ts'
import type { ContractState, VenueState } from './state.ts'
import { emit } from './step.ts'

/** Moves the last price of a contract; while the market is closed only the price moves. */
export function setLast(state: VenueState, contract: ContractState, price: Decimal): void {
  const isUp = price.gte(contract.last)
  contract.last = price
  contract.steps++
  contract.taken = { asks: 0, bids: 0 }
  contract.high = Decimal.max(contract.high, price)
  contract.low = Decimal.min(contract.low, price)
  recordPrint(state, contract, { price, side: isUp ? SIDE.buy : SIDE.sell, volume: 1 })
  emit(state, { type: 'quote', row: quoteRow(contract, state.moment) })
  if (isOpen(state)) tradeOn(state, contract)
}

/** Lets the orders of a contract meet the market, and the firm look at what became of its accounts. */
export function tradeOn(state: VenueState, contract: ContractState): void {
  followTrails(state, contract)
  workContract(state, contract)
  enforceLimits(state)
}
