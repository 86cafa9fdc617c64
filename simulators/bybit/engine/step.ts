/** Notes what a step of the venue changes; end-step.ts delivers it. */
import type { VenueEvent } from './event.ts'
import type { AccountState, VenueState } from './state.ts'

/** Adds an event; built only when somebody listens. */
export function emit(state: VenueState, event: () => VenueEvent): void {
  if (state.listeners.size > 0) state.outbox.push(event())
}

/** Marks the wallet as changed: one event at the end of the step. */
export function touchWallet(state: VenueState, account: AccountState): void {
  if (state.listeners.size > 0) state.touchedWallets.add(account)
}
