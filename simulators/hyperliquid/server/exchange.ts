/**
 * /exchange, in the venue's order of checks: schema, network, signature recovery, the account's budget, and
 * then the engine's inner nonce, vault, signer, nonce, expiry and execution (reference section 1.4).
 */
import type { ActionRequest, ActionResult, Address, VenueAction } from '#simulators/hyperliquid/engine/action.ts'
import { type ExchangeEnvelope, parseEnvelope } from '#simulators/hyperliquid/wire/envelope.ts'
import { actionBody, refusalBody } from '#simulators/hyperliquid/wire/render/action-result.ts'
import { networkObjection, signerOf } from '#simulators/hyperliquid/wire/signer.ts'
import type { AddressBudget } from './address-budget.ts'
import { type Answer, refusedWith } from './answer.ts'
import { NOT_UNDERSTOOD } from './reply.ts'
import type { VenueContext } from './venue-context.ts'

const BATCH_PER_WEIGHT = 40
const STALE_EXPIRY_COST = 5

/** REST weight of an exchange request, from its raw body: 1 plus one per 40 legs (section 6). */
export function exchangeWeight(raw: unknown): number {
  const action: unknown = typeof raw === 'object' && raw !== null && 'action' in raw ? raw.action : undefined
  if (typeof action !== 'object' || action === null) return 1
  const legs = ['orders', 'cancels', 'modifies'].map((key) => (action as Record<string, unknown>)[key])
  const batch = legs.find((value) => Array.isArray(value)) as unknown[] | undefined
  return 1 + Math.floor((batch?.length ?? 0) / BATCH_PER_WEIGHT)
}

/** Carries out one signed request and answers it. */
export function answerExchange(raw: unknown, context: VenueContext): Answer {
  const envelope = parseEnvelope(raw)
  if (envelope === undefined) return refusedWith(NOT_UNDERSTOOD)
  const objection = networkObjection(envelope, context.network)
  if (objection !== undefined) return { body: refusalBody(objection) }
  const signer = signerOf(envelope, context.network)
  if (signer === undefined) return { body: refusalBody('Unable to recover signer.') }
  return { body: actionBody(execute(toRequest(envelope, signer), context)) }
}

function execute(request: ActionRequest, context: VenueContext): ActionResult {
  const { venue, budget } = context
  const account = accountOf(request, context)
  if (account !== undefined) {
    const objection = budget.objection(account, request.action, venue.now())
    if (objection !== undefined) return { kind: 'err', message: objection, cause: 'action' }
  }
  const result = venue.submit(request)
  if (account !== undefined) meter(budget, account, request.action, result)
  return result
}

function meter(budget: AddressBudget, account: Address, action: VenueAction, result: ActionResult): void {
  if (result.kind !== 'err') {
    budget.count(account, action)
    if (action.type === 'reserveRequestWeight') budget.reserve(account, action.weight)
  } else if (result.cause === 'expired') {
    budget.count(account, action, STALE_EXPIRY_COST)
  } else if (result.cause === 'action') {
    budget.count(account, action)
  }
}

/** The account whose budget an action spends; undefined for strangers, whom the engine refuses. */
function accountOf(request: ActionRequest, { venue }: VenueContext): Address | undefined {
  if (request.vaultAddress != null) return request.vaultAddress
  const role = venue.account.role(request.signer)
  if (role.role === 'agent') return role.user
  return role.role === 'missing' ? undefined : request.signer
}

function toRequest(envelope: ExchangeEnvelope, signer: Address): ActionRequest {
  return {
    signer,
    // Parsing leaves absent optionals as undefined, which the engine reads as absent.
    action: envelope.action as VenueAction,
    nonce: envelope.nonce,
    vaultAddress: envelope.vaultAddress ?? null,
    expiresAfter: envelope.expiresAfter ?? null,
  }
}
