/** Who may trade what, and when: the checks before any order is looked at. */
import type { ContractState, AccountState, VenueState } from './state.ts'
import { isGlobexOpen, isPastFlatBy } from './session.ts'

/** Whether the exchange trades now. */
export function isOpen(state: VenueState): boolean {
  return state.rules.session === 'open' || isGlobexOpen(state.moment.ms)
}

/** Whether the account may place orders at this hour. */
export function isWithinHours(state: VenueState, account: AccountState): boolean {
  if (!isOpen(state)) return false
  if (state.rules.session === 'open' || !state.rules.autoLiquidation || !account.autoLiquidate) return true
  return !isPastFlatBy(state.moment.ms)
}

/** Whether the contract still trades. */
export function isTrading(state: VenueState, contract: ContractState): boolean {
  return contract.spec.expiry > state.moment.ms
}

/** Why the interface may not act on an account at all (reference C4, modify and cancel), or undefined. */
export function accountObjection(account: AccountState, verb: 'place' | 'modify' | 'cancel'): string | undefined {
  if (!account.simulated) return 'Live accounts not supported'
  return account.follower ? `Follower accounts cannot ${verb} orders` : undefined
}

/** The account of an id, if it is the user's. */
export function accountFor(state: VenueState, userName: string, id: number): AccountState | undefined {
  const account = state.accounts.get(id)
  return account?.userName === userName ? account : undefined
}
