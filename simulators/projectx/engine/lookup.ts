/** Finds what an operator names, or says what there is. */
import { VenueControlError } from '#simulators/venue/control-command.ts'
import { expiriesOf, isActive, type Product } from './contracts.ts'
import { enterContract } from './create-state.ts'
import type { AccountState, ContractState, VenueState } from './state.ts'

/** An account by id or name. @throws VenueControlError */
export function namedAccount(state: VenueState, name: number | string): AccountState {
  for (const account of state.accounts.values()) if (account.id === name || account.name === name) return account
  const known = [...state.accounts.values()].map((account) => `${account.name} (${account.id})`)
  throw new VenueControlError(`Expected an account, one of ${known.join(', ') || 'none so far'}; saw ${name}.`)
}

/** A contract by id or name, or the front contract of a root. @throws VenueControlError */
export function namedContract(state: VenueState, name: string): ContractState {
  const now = state.moment.ms
  for (const product of state.products.values()) {
    const spec = expiriesOf(product, now).find(
      (candidate) =>
        candidate.id === name || candidate.name === name || (isRoot(product, name) && isActive(candidate, now)),
    )
    if (spec !== undefined) return enterContract(state, spec)
  }
  const roots = [...state.products.keys()].join(', ')
  throw new VenueControlError(`Expected a contract id, a name such as NQZ6, or one of ${roots}; saw ${name}.`)
}

/** Every unexpired contract of a root, the front one first; or the one that is named. @throws VenueControlError */
export function namedContracts(state: VenueState, name: string): readonly [ContractState, ...ContractState[]] {
  const front = namedContract(state, name)
  const { product } = front.spec
  if (!isRoot(product, name)) return [front]
  const now = state.moment.ms
  const others = expiriesOf(product, now).filter(({ expiry, id }) => expiry > now && id !== front.spec.id)
  return [front, ...others.map((spec) => enterContract(state, spec))]
}

function isRoot(product: Product, name: string): boolean {
  return product.root === name || product.symbolId === name
}
