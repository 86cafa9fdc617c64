/** /info: finds the request type, answers it from the venue, and lets read faults bend the answer. */
import type { ReadFault } from '#simulators/hyperliquid/faults/fault.ts'
import type { StaleAccountReads } from '#simulators/hyperliquid/faults/stale-account-reads.ts'
import { type InfoContext, InfoFailure } from '#simulators/hyperliquid/wire/info/info-request.ts'
import { infoRequestOf } from '#simulators/hyperliquid/wire/info-schema.ts'
import { type Answer, refusedWith } from './answer.ts'
import { NOT_UNDERSTOOD, VENUE_ERROR } from './reply.ts'
import { infoSubject } from './request-subject.ts'
import type { VenueContext } from './venue-context.ts'

/** What answering needs beyond the shared context. */
export interface InfoDesk extends VenueContext {
  readonly stale: StaleAccountReads
  readonly fees: InfoContext['fees']
}

/** REST weight of an info request before its rows. */
export function infoWeight(raw: unknown): number {
  return infoRequestOf(raw)?.weight ?? 1
}

/** Answers one info request. */
export function answerInfo(raw: unknown, path: '/info' | '/ws', desk: InfoDesk): Answer {
  const request = infoRequestOf(raw)
  if (request === undefined) return refusedWith(NOT_UNDERSTOOD)
  const { venue, stale, budget, fees } = desk
  venue.settle()
  const fault = desk.faults.ofRead(infoSubject(raw, path))
  const account = fault?.kind === 'stale' ? stale.asOf(fault.ms) : venue.account
  try {
    const answer = request.answer(raw, { venue, account, fees, rateLimit: (user) => budget.view(user) })
    if (answer === undefined) return refusedWith(NOT_UNDERSTOOD)
    const body = bent(answer.body, fault)
    const rows = Array.isArray(body) ? body.length : 0
    return { body, rowWeight: request.rowsPerWeight === undefined ? 0 : Math.floor(rows / request.rowsPerWeight) }
  } catch (error) {
    if (error instanceof InfoFailure) return refusedWith(VENUE_ERROR)
    throw error
  }
}

function bent(body: unknown, fault: ReadFault | undefined): unknown {
  if (fault?.kind === 'truncate' && Array.isArray(body)) return body.slice(0, fault.rows)
  if (fault?.kind === 'unknown-oid') return { status: 'unknownOid' }
  return body
}
