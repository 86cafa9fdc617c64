/**
 * Admission of signed actions, in the venue's order (reference 1.4): vault, signer, nonce (consumed from here on), expiry; only then
 * the action itself. A duplicate nonce therefore means "admitted before", not "accepted".
 */
import type { ActionRequest, ActionResult, RefusalCause, UserSignedAction } from './action.ts'
import { liveAgent } from './agents.ts'
import { executeL1, executeUserSigned } from './execute.ts'
import { accountError } from './messages.ts'
import { admitNonce, createNonceState } from './nonces.ts'
import type { AccountState, VenueState } from './state.ts'
import { endStep } from './step.ts'
import { fireArmed } from './triggers.ts'

const USER_SIGNED: ReadonlySet<string> = new Set([
  'usdSend',
  'withdraw3',
  'usdClassTransfer',
  'approveAgent',
  'approveBuilderFee',
])

/** Whether the action is signed as typed data by the account itself. */
export function isUserSigned(action: ActionRequest['action']): action is UserSignedAction {
  return USER_SIGNED.has(action.type)
}

function refuse(message: string, cause: RefusalCause): Extract<ActionResult, { kind: 'err' }> {
  return { kind: 'err', message, cause }
}

/** Admits and executes; records what it did either way. */
export function submit(state: VenueState, request: ActionRequest): ActionResult {
  const target = isUserSigned(request.action)
    ? userSignedTarget(state, request, request.action)
    : l1Target(state, request)
  const result = 'kind' in target ? target : admit(state, request, target)
  const admitted = result.kind !== 'err' || result.cause === 'expired' || result.cause === 'action'
  state.actions.push({
    time: state.time,
    signer: request.signer,
    nonce: request.nonce,
    actionType: request.action.type,
    admitted,
    outcome: result.kind === 'err' ? result.message : result.kind,
  })
  endStep(state)
  return result
}

interface Target {
  readonly account: AccountState
  readonly isAgent: boolean
}

/** User-signed actions act on the recovered address itself, so an agent is a stranger here. */
function userSignedTarget(
  state: VenueState,
  request: ActionRequest,
  action: UserSignedAction,
): Target | Extract<ActionResult, { kind: 'err' }> {
  const inner = 'time' in action ? action.time : action.nonce
  if (inner !== request.nonce) return refuse(accountError.nonceMismatch, 'signer')
  const account = state.accounts.get(request.signer)
  if (account?.kind !== 'user') return refuse(accountError.mustDeposit(request.signer), 'signer')
  return { account, isAgent: false }
}

function l1Target(state: VenueState, request: ActionRequest): Target | Extract<ActionResult, { kind: 'err' }> {
  const vaultAddress = request.vaultAddress ?? null
  const vault = vaultAddress === null ? null : registeredVault(state, vaultAddress)
  if (vaultAddress !== null && vault === null) return refuse(accountError.vaultNotRegistered(vaultAddress), 'vault')
  const signer = masterOf(state, request.signer)
  if (signer === undefined) return refuse(accountError.unknownSigner(request.signer), 'signer')
  if (vault === null) return signer
  if (vault.master !== signer.account.address) return refuse(accountError.vaultMayNot, 'vault')
  return { account: vault, isAgent: signer.isAgent }
}

function registeredVault(state: VenueState, address: string): AccountState | null {
  const account = state.accounts.get(address)
  return account?.kind === 'subAccount' || account?.kind === 'vault' ? account : null
}

/** The account a signer acts for: its own, or its master's. */
function masterOf(state: VenueState, signer: string): Target | undefined {
  const own = state.accounts.get(signer)
  if (own?.kind === 'user') return { account: own, isAgent: false }
  const agent = liveAgent(state, signer)
  const master = agent === undefined ? undefined : state.accounts.get(agent.master)
  return master === undefined ? undefined : { account: master, isAgent: true }
}

function admit(state: VenueState, request: ActionRequest, target: Target): ActionResult {
  const { signer, nonce, action } = request
  let nonces = state.nonces.get(signer)
  if (nonces === undefined) {
    nonces = createNonceState()
    state.nonces.set(signer, nonces)
  }
  const refusal = admitNonce(nonces, nonce, state.time, state.rules.nonceWindowSlackMs)
  if (refusal !== undefined) return refuse(refusal, 'nonce')
  if (isUserSigned(action)) return asResult(executeUserSigned(state, target.account, action))
  const expiresAfter = request.expiresAfter ?? null
  if (expiresAfter !== null && state.time > expiresAfter) return refuse(accountError.expired, 'expired')
  const origin = { kind: 'action' as const, signer, nonce }
  const result = executeL1(state, target.account, action, { origin, isAgent: target.isAgent })
  fireArmed(state)
  return result
}

function asResult(refusal: string | undefined): ActionResult {
  return refusal === undefined ? { kind: 'default' } : refuse(refusal, 'action')
}
