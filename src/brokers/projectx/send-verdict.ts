/**
 * What one transmission to Order/place or Order/cancel proves. Only a refusal in the venue's listed terms is one; a lost answer, a
 * 401, a 429, a 5xx, an unlisted code or an acceptance without an order id leave the outcome open (failure cases A1, A13, A18, A19).
 */
import type { HttpOutcome } from '#brokers/http-request.ts'
import { errorWords, isTagTaken, standingOf } from './error-codes.ts'
import { parseJson } from './json.ts'
import { placedSchema, verdictSchema } from './wire.ts'

export type SendVerdict =
  /** `orderId` of Order/place; null for a cancel, which answers none. */
  | { readonly kind: 'accepted'; readonly orderId: string | null }
  /** `orderId` of the row that a refused order leaves; null when the answer names none. */
  | { readonly kind: 'refused'; readonly reason: string; readonly orderId: string | null }
  /** The tag is in use: the venue has had an order of this very body before. */
  | { readonly kind: 'duplicate'; readonly detail: string }
  | { readonly kind: 'not-sent'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly observed: string }

const SHOWN = 200
const OK = 0

/** Reads the outcome of a transmission. */
export function readSendVerdict(outcome: HttpOutcome, path: '/api/Order/place' | '/api/Order/cancel'): SendVerdict {
  if (outcome.kind === 'not-sent') return outcome
  if (outcome.kind === 'lost') return unknown(outcome.detail)
  const json = parsed(outcome.body)
  if (outcome.status === 400 && isProblem(json)) {
    return {
      kind: 'refused',
      reason: `the venue could not read the request: ${outcome.body.slice(0, SHOWN)}`,
      orderId: null,
    }
  }
  if (outcome.status !== 200) return unknown(`HTTP ${outcome.status} ${outcome.body.slice(0, SHOWN)}`)
  return path === '/api/Order/place' ? readPlaced(json) : readCanceled(json)
}

function readPlaced(json: unknown): SendVerdict {
  const path = '/api/Order/place'
  const answer = placedSchema.safeParse(json)
  if (!answer.success) return otherForm(json)
  const { success, errorCode, errorMessage, orderId = null } = answer.data
  if (success && errorCode !== OK) return contradiction(errorCode)
  if (success) return orderId === null ? unknown('success without an order id') : { kind: 'accepted', orderId }
  const reason = errorWords(path, errorCode, errorMessage)
  if (isTagTaken(errorCode, errorMessage)) return { kind: 'duplicate', detail: reason }
  return standingOf(path, errorCode) === 'refused' ? { kind: 'refused', reason, orderId } : unknown(reason)
}

function readCanceled(json: unknown): SendVerdict {
  const path = '/api/Order/cancel'
  const answer = verdictSchema.safeParse(json)
  if (!answer.success) return otherForm(json)
  const { success, errorCode, errorMessage } = answer.data
  if (success && errorCode !== OK) return contradiction(errorCode)
  if (success) return { kind: 'accepted', orderId: null }
  const reason = errorWords(path, errorCode, errorMessage)
  return standingOf(path, errorCode) === 'refused' ? { kind: 'refused', reason, orderId: null } : unknown(reason)
}

function contradiction(errorCode: number): SendVerdict {
  return unknown(`success with errorCode ${errorCode}: the answer contradicts itself`)
}

function otherForm(json: unknown): SendVerdict {
  return unknown(`an answer of another form: ${JSON.stringify(json).slice(0, SHOWN)}`)
}

function unknown(observed: string): SendVerdict {
  return { kind: 'unknown', observed }
}

/** The venue's own validation of a body (ProblemDetails): it never got as far as the order. */
function isProblem(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'errors' in json && 'status' in json && json.status === '400'
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    // The schema says what it is not.
    if (error instanceof SyntaxError) return text
    throw error
  }
}
