/** Ends a step of the venue: delivers its events as one batch. */
import { coinBalance } from './account.ts'
import type { VenueEvent } from './event.ts'
import type { AccountState, VenueState } from './state.ts'

/** Delivers what the step changed, wallets last. */
export function endStep(state: VenueState): void {
  if (state.outbox.length + state.touchedWallets.size === 0) return
  const wallets = [...state.touchedWallets].map((account) => walletEvent(state, account))
  const events = [...state.outbox, ...wallets]
  state.outbox = []
  state.touchedWallets = new Set()
  for (const listener of state.listeners) listener({ time: state.time, events })
}

function walletEvent(state: VenueState, account: AccountState): VenueEvent {
  const balances = [...account.balances.keys()].map((coin) => coinBalance(state, account, coin))
  return { type: 'wallet', account: account.name, balances }
}
