/** Reduce-only orders live as long as there is a position for them to reduce. */
import { heldSize } from './account.ts'
import { cancelByVenue } from './order-group.ts'
import type { AccountState, VenueState } from './state.ts'

/** Cancels (`reduceOnlyCanceled`) the account's live reduce-only orders of the coin that have nothing left to reduce. */
export function sweepReduceOnly(state: VenueState, account: AccountState, coin: string): void {
  if (account.kind === 'house' || account.open.size === 0) return
  const held = heldSize(account, coin)
  for (const order of account.open.values()) {
    if (!order.reduceOnly || order.place === 'waiting' || order.instrument.name !== coin) continue
    if (held.isZero() || held.isNegative() !== order.isBuy) cancelByVenue(state, order, 'reduceOnlyCanceled')
  }
}
