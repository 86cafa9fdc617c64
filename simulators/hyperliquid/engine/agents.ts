/** Agents (API wallets): who a signer acts for, approval, expiry, removal. A removed agent's nonces are forgotten (reference 2). */
import type { ApproveAgentAction, Address } from './action.ts'
import { accountError } from './messages.ts'
import type { AccountState, AgentState, VenueState } from './state.ts'
import { touchAccount } from './step.ts'

const DAY_MS = 86_400_000
const DEFAULT_VALIDITY_MS = 90 * DAY_MS
const LONGEST_VALIDITY_MS = 180 * DAY_MS
const MAX_NAME_LENGTH = 16
const NAMED_PER_ACCOUNT = 3
const NAMED_PER_SUB_ACCOUNT = 2
const REMOVAL_PENDING_MS = 5_000

/** The agent if it is approved and not expired. An expired one is removed on sight, with its nonces. */
export function liveAgent(state: VenueState, address: Address): AgentState | undefined {
  const agent = state.agents.get(address)
  if (agent === undefined) return undefined
  if (agent.validUntil !== null && state.time > agent.validUntil) {
    removeAgent(state, address)
    return undefined
  }
  return agent
}

export function agentsOf(state: VenueState, master: Address): AgentState[] {
  const own = [...state.agents.values()].filter((agent) => agent.master === master)
  return own.filter((agent) => liveAgent(state, agent.address) !== undefined)
}

/** Deregisters an agent; its nonce state goes, so its old signed actions become replayable if it is approved again. */
export function removeAgent(state: VenueState, address: Address): void {
  const agent = state.agents.get(address)
  if (agent === undefined) return
  state.agents.delete(address)
  state.nonces.delete(address)
  touchAccount(state, agent.master)
}

/** Enters an agent, deregistering whom it replaces: the same name, or the former unnamed one. */
export function enterAgent(state: VenueState, agent: AgentState): boolean {
  const replaced = agentsOf(state, agent.master).filter((other) => other.name === agent.name)
  for (const other of replaced) removeAgent(state, other.address)
  state.agents.set(agent.address, agent)
  touchAccount(state, agent.master)
  return replaced.length > 0
}

/** `approveAgent` by a master. Returns the refusal, or undefined when done. */
export function approveAgent(state: VenueState, master: AccountState, action: ApproveAgentAction): string | undefined {
  const { name, validUntil } = parseName(state.time, action.agentName ?? '')
  const address = action.agentAddress
  const refusal = refuseName(state.time, name, validUntil) ?? refuseAgent(state, master, address, name)
  if (refusal !== undefined) return refusal
  if (enterAgent(state, { address, master: master.address, name, validUntil })) master.agentRemovedAt = state.time
  return undefined
}

function refuseName(now: number, name: string | null, validUntil: number): string | undefined {
  if (name !== null && name.length > MAX_NAME_LENGTH) return accountError.agentNameTooLong
  const inRange = validUntil > now && validUntil <= now + LONGEST_VALIDITY_MS
  return inRange ? undefined : accountError.agentValidity
}

function refuseAgent(
  state: VenueState,
  master: AccountState,
  address: Address,
  name: string | null,
): string | undefined {
  const present = liveAgent(state, address)
  if (state.accounts.has(address) || (present !== undefined && present.master !== master.address)) {
    return accountError.agentTaken
  }
  if (state.time - master.agentRemovedAt < REMOVAL_PENDING_MS) return accountError.pendingAgentRemoval
  return name !== null && tooMany(state, master, name) ? accountError.tooManyAgents : undefined
}

function parseName(now: number, text: string): { readonly name: string | null; readonly validUntil: number } {
  const [, base = text, until] = /^(.*?) ?valid_until (\d+)$/.exec(text) ?? []
  const validUntil = until === undefined ? now + DEFAULT_VALIDITY_MS : Number(until)
  return { name: base === '' ? null : base, validUntil }
}

function tooMany(state: VenueState, master: AccountState, name: string): boolean {
  const named = agentsOf(state, master.address).filter((agent) => agent.name !== null && agent.name !== name)
  const subAccounts = [...state.accounts.values()].filter((account) => account.master === master.address)
  return named.length >= NAMED_PER_ACCOUNT + NAMED_PER_SUB_ACCOUNT * subAccounts.length
}
