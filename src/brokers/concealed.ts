/**
 * Answers without our own secrets. A venue, or what stands before it, may echo a request with its key; what an answer says goes into
 * errors, rows, jobs and alerts, so it is cut here, at the door.
 */
import type { Conceal } from '#domain/conceal.ts'
import type { HttpOutcome } from './http-request.ts'

/** The outcome of a transmission with every secret that `conceal` knows cut out. */
export function concealed(outcome: HttpOutcome, conceal: Conceal): HttpOutcome {
  return outcome.kind === 'answer'
    ? { ...outcome, body: conceal(outcome.body) }
    : { ...outcome, detail: conceal(outcome.detail) }
}
