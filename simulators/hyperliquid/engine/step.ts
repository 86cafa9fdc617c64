/** One atomic step of the venue (an action, a price step, a settlement): its transaction hash, and its events as one batch. */
import type { VenueEvent } from './event.ts'
import { transactionHash } from './random.ts'
import type { VenueState } from './state.ts'

/** Hash of the transaction under way; made only when a row needs it. */
export function currentHash(state: VenueState): string {
  state.transactionHash ??= transactionHash(state.seed, ++state.transactions)
  return state.transactionHash
}

/** Adds an event; the row is built only when somebody listens. */
export function emit(state: VenueState, event: () => VenueEvent): void {
  if (state.listeners.size > 0) state.outbox.push(event())
}

/** Marks the account as changed: one `account` event at the end of the step. */
export function touchAccount(state: VenueState, user: string): void {
  if (state.listeners.size > 0 && user !== state.house.address) state.touchedAccounts.add(user)
}

/** Marks the order book as changed: one `book` event at the end of the step. */
export function touchBook(state: VenueState, coin: string): void {
  if (state.listeners.size > 0) state.touchedBooks.add(coin)
}

/** Ends the step: delivers its events, forgets its hash. */
export function endStep(state: VenueState): void {
  state.transactionHash = null
  if (state.outbox.length + state.touchedAccounts.size + state.touchedBooks.size === 0) return
  const events = state.outbox
  for (const coin of state.touchedBooks) events.push({ type: 'book', coin })
  for (const user of state.touchedAccounts) events.push({ type: 'account', user })
  state.outbox = []
  state.touchedBooks = new Set()
  state.touchedAccounts = new Set()
  const batch = { seq: ++state.batches, time: state.time, events }
  for (const listener of state.listeners) listener(batch)
}
