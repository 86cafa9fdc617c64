/** Public prints: what the market hub tells, and what bars are made of. */
import { type Decimal, toDecimalString } from '#domain/decimal.ts'
import type { Side } from './codes.ts'
import type { ContractState, VenueState } from './state.ts'
import { emit } from './step.ts'

/** Prints kept per contract at least; twice as many at most. */
const PRINTS_KEPT = 50_000

/** Tells of a print. Bars follow the last price, not what a taker paid across the spread. */
export function recordPrint(
  state: VenueState,
  contract: ContractState,
  { price, side, volume }: { readonly price: Decimal; readonly side: Side; readonly volume: number },
): void {
  const { prints, spec } = contract
  contract.volume += volume
  prints.push({ ms: state.moment.ms, price: contract.last, volume })
  if (prints.length > 2 * PRINTS_KEPT) prints.splice(0, PRINTS_KEPT)
  emit(state, {
    type: 'print',
    row: {
      contractId: spec.id,
      symbolId: spec.product.symbolId,
      price: toDecimalString(price),
      side,
      volume,
      time: state.moment,
    },
  })
}
