/** Hands an admitted action to the module that carries it out. */
import type { ActionResult, ApproveBuilderFeeAction, L1Action, UserSignedAction } from './action.ts'
import { newAccount } from './account.ts'
import { approveAgent } from './agents.ts'
import { executeCancel, executeCancelByCloid, executeScheduleCancel } from './cancel-action.ts'
import type { OrderHistory } from './ledger-oracle.ts'
import { updateIsolatedMargin, updateLeverage } from './leverage.ts'
import { accountError } from './messages.ts'
import { executeBatchModify, executeModify } from './modify-action.ts'
import { executeOrderAction } from './order-action.ts'
import { transactionHash } from './random.ts'
import type { AccountState, VenueState } from './state.ts'
import { subAccountTransfer, usdClassTransfer, usdSend, vaultTransfer, withdraw3 } from './transfers.ts'

const ADDRESS_LENGTH = 42
/** Builder fees: at most 1% of notional, in tenths of a basis point. */
const MAX_BUILDER_TENTHS = 1000

export interface Authority {
  readonly origin: OrderHistory['origin']
  readonly isAgent: boolean
}

function settled(refusal: string | undefined): ActionResult {
  return refusal === undefined ? { kind: 'default' } : { kind: 'err', message: refusal, cause: 'action' }
}

export function executeL1(
  state: VenueState,
  account: AccountState,
  action: L1Action,
  authority: Authority,
): ActionResult {
  switch (action.type) {
    case 'order':
      return executeOrderAction(state, account, action, authority.origin)
    case 'cancel':
      return executeCancel(state, account, action)
    case 'cancelByCloid':
      return executeCancelByCloid(state, account, action)
    case 'modify':
      return executeModify(state, account, action, authority.origin)
    case 'batchModify':
      return executeBatchModify(state, account, action, authority.origin)
    default:
      return executeSetting(state, account, action, authority.isAgent)
  }
}

type OrderActionType = 'order' | 'cancel' | 'cancelByCloid' | 'modify' | 'batchModify'

/** L1 actions that touch no order book. */
function executeSetting(
  state: VenueState,
  account: AccountState,
  action: Exclude<L1Action, { type: OrderActionType }>,
  isAgent: boolean,
): ActionResult {
  switch (action.type) {
    case 'updateLeverage':
      return settled(updateLeverage(state, account, action))
    case 'updateIsolatedMargin':
      return settled(updateIsolatedMargin(state, account, action))
    case 'scheduleCancel':
      return executeScheduleCancel(state, account, action)
    case 'vaultTransfer':
      return settled(vaultTransfer(state, account, action))
    case 'createSubAccount':
      return isAgent ? settled(accountError.vaultMayNot) : createSubAccount(state, account, action.name)
    case 'subAccountTransfer':
      return settled(isAgent ? accountError.vaultMayNot : subAccountTransfer(state, account, action))
    // Accepted without an effect on the account: a fence, a referral code, and request weight that this venue gives away.
    case 'noop':
    case 'setReferrer':
    case 'reserveRequestWeight':
      return { kind: 'default' }
  }
}

/** Returns the refusal, or undefined when done. */
export function executeUserSigned(
  state: VenueState,
  account: AccountState,
  action: UserSignedAction,
): string | undefined {
  switch (action.type) {
    case 'usdSend':
      return usdSend(state, account, action)
    case 'withdraw3':
      return withdraw3(state, account, action)
    case 'usdClassTransfer':
      return usdClassTransfer(state, account, action)
    case 'approveAgent':
      return approveAgent(state, account, action)
    case 'approveBuilderFee':
      return approveBuilderFee(account, action)
  }
}

function approveBuilderFee(account: AccountState, action: ApproveBuilderFeeAction): string | undefined {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(action.maxFeeRate) ?? []
  // One percent is 1000 tenths of a basis point.
  const tenths = percent === undefined ? Number.NaN : Math.round(Number(percent) * MAX_BUILDER_TENTHS)
  if (!(tenths >= 0 && tenths <= MAX_BUILDER_TENTHS)) return accountError.builderRate
  account.builderFees.set(action.builder, tenths)
  return undefined
}

function createSubAccount(state: VenueState, master: AccountState, name: string): ActionResult {
  const address = transactionHash(~state.seed, ++state.nextSubAccount).slice(0, ADDRESS_LENGTH)
  state.accounts.set(address, newAccount(address, 'subAccount', master.address, name))
  return { kind: 'createSubAccount', address }
}
