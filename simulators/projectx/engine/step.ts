/** One atomic step of the venue: what changed is collected, and delivered as one batch at its end. */
import { toDecimalString } from '#domain/decimal.ts'
import type { EventAccount, VenueEvent } from './event.ts'
import { accountRow, orderRow, positionRow } from './rows.ts'
import type { AccountState, Order, VenueState } from './state.ts'

/** Adds an event. */
export function emit(state: VenueState, event: VenueEvent): void {
  state.outbox.push(event)
}

/** Records and announces what the order is now. */
export function orderChanged(state: VenueState, order: Order): void {
  order.updated = state.moment
  const row = orderRow(order)
  order.history.push(row)
  emit(state, { type: 'order', change: 1, account: whom(order.account), tag: order.customTag, row })
}

/** Whom an event is about. */
export function whom({ id, name, userName }: AccountState): EventAccount {
  return { id, name, userName }
}

/** Marks balance, positions or flags of an account as changed. */
export function touch(state: VenueState, account: AccountState): void {
  state.touched.add(account)
}

/** Ends the step: remembers what accounts look like, and delivers its events. */
export function endStep(state: VenueState): void {
  for (const account of state.touched) {
    account.snapshots.push({
      ms: state.moment.ms,
      balance: toDecimalString(account.balance),
      canTrade: account.canTrade,
      positions: [...account.positions.values()].map((position) => positionRow(account, position)),
    })
    emit(state, { type: 'account', change: 1, account: whom(account), tag: null, row: accountRow(account) })
  }
  state.touched.clear()
  if (state.outbox.length === 0) return
  const events = state.outbox
  state.outbox = []
  for (const listener of state.listeners) listener(events)
}
