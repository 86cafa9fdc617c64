/** The cancel actions: by order id, by client order id, and the scheduled cancel-all. */
import type {
  ActionResult,
  CancelAction,
  CancelByCloidAction,
  CancelLegStatus,
  ScheduleCancelAction,
} from './action.ts'
import { accountError, cancelError } from './messages.ts'
import { cancelByVenue, cancelOrder } from './order-group.ts'
import { toDecimalString } from '#domain/decimal.ts'
import type { AccountState, Order, VenueState } from './state.ts'

const SCHEDULE_VOLUME_USD = 1_000_000
const SCHEDULE_LEAD_MS = 5_000
const SCHEDULES_PER_DAY = 10
const DAY_MS = 86_400_000

function cancelLeg(state: VenueState, order: Order | undefined, asset: number): CancelLegStatus {
  if (order === undefined || order.place === 'none' || order.instrument.asset !== asset) {
    return { kind: 'error', error: cancelError.gone(asset) }
  }
  cancelOrder(state, order, 'canceled')
  return { kind: 'success' }
}

/** The live order a cloid names, the latest first; undefined when none is live. */
export function liveByCloid(account: AccountState, cloid: string): Order | undefined {
  return account.byCloid.get(cloid.toLowerCase())?.findLast((order) => order.place !== 'none')
}

export function executeCancel(state: VenueState, account: AccountState, action: CancelAction): ActionResult {
  return { kind: 'cancel', legs: action.cancels.map(({ a, o }) => cancelLeg(state, account.open.get(o), a)) }
}

export function executeCancelByCloid(
  state: VenueState,
  account: AccountState,
  action: CancelByCloidAction,
): ActionResult {
  const legs = action.cancels.map(({ asset, cloid }) => cancelLeg(state, liveByCloid(account, cloid), asset))
  return { kind: 'cancel', legs }
}

/** Sets or clears the moment at which all orders are cancelled; both need $1M of lifetime volume (reference 1.1). */
export function executeScheduleCancel(
  state: VenueState,
  account: AccountState,
  action: ScheduleCancelAction,
): ActionResult {
  const refuse = (message: string): ActionResult => ({ kind: 'err', message, cause: 'action' })
  if (account.volume.lt(SCHEDULE_VOLUME_USD)) {
    return refuse(accountError.scheduleVolume(toDecimalString(account.volume)))
  }
  const time = action.time ?? null
  if (time === null) {
    account.scheduledCancel = null
    state.scheduled.delete(account)
    return { kind: 'default' }
  }
  if (time < state.time + SCHEDULE_LEAD_MS) return refuse(accountError.scheduleTooEarly)
  if (account.scheduleDay === Math.floor(state.time / DAY_MS) && account.scheduleTriggersToday >= SCHEDULES_PER_DAY) {
    return refuse(accountError.scheduleTooMany)
  }
  account.scheduledCancel = time
  state.scheduled.add(account)
  return { kind: 'default' }
}

/** Carries out a due scheduled cancel: every live order of the account ends `scheduledCancel`. */
export function runScheduledCancel(state: VenueState, account: AccountState): void {
  const day = Math.floor(state.time / DAY_MS)
  account.scheduleTriggersToday = account.scheduleDay === day ? account.scheduleTriggersToday + 1 : 1
  account.scheduleDay = day
  account.scheduledCancel = null
  cancelAll(state, account, 'scheduledCancel')
}

/** Cancels every live order (of one coin) for the venue's own reason. */
export function cancelAll(
  state: VenueState,
  account: AccountState,
  status: 'scheduledCancel' | 'liquidatedCanceled',
  coin?: string,
): void {
  for (const order of account.open.values()) {
    // Cancelling a parent may already have ended its children.
    if (order.place === 'none' || (coin !== undefined && order.instrument.name !== coin)) continue
    cancelByVenue(state, order, status)
  }
}
