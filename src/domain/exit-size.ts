/** How much an exit may take: what the broker holds, on the lot, never more. Pure. */
import { type Decimal, decimal } from './decimal.ts'
import { type Instrument, roundSizeDown } from './instrument.ts'

export type ExitSize =
  | { readonly kind: 'order'; readonly size: Decimal }
  /** A partial exit whose target is reached already. */
  | { readonly kind: 'reached' }
  /** Less than one lot is left: no order can express it (failure case E3). */
  | { readonly kind: 'dust' }

/** `held` is signed, contracts; `reduceTo` is what is to be left, 0 for a whole exit. A size off the lot would be refused by every venue. */
export function exitSizeOf(held: Decimal, reduceTo: Decimal, instrument: Instrument): ExitSize {
  const size = decimal(roundSizeDown(instrument, held.abs().minus(reduceTo)))
  if (size.gt(0)) return { kind: 'order', size }
  return reduceTo.isZero() ? { kind: 'dust' } : { kind: 'reached' }
}
