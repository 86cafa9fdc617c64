/**
 * Reads what one transmission of an order or cancel taught us (reference section B7). Codes decide, texts vary. An acknowledgement is
 * no more than that: the venue acts afterwards, so what became of it is read from its records (after-ack.ts).
 */
import type { HttpOutcome } from '#brokers/http-request.ts'
import type { TransmissionVerdict } from '#brokers/transmission.ts'
import { isGone, meaningOf } from './codes.ts'
import { envelopeOf, isUnreadable } from './session.ts'
import { acknowledgedSchema, type Envelope } from './wire.ts'
import type { OrderCommand, PreparedRequest } from '#domain/order.ts'

/** What an answer says by itself. */
export type AnswerVerdict =
  | Exclude<TransmissionVerdict, { readonly kind: 'accepted' }>
  | { readonly kind: 'acknowledged'; readonly venueOrderId: string; readonly detail: string }
  /** The target of a cancel is not among the live orders: it ended, or it does not show yet. */
  | { readonly kind: 'gone'; readonly reason: string }

const SHOWN = 200
/** Answers whose body is the venue's own word; all other failures may come from whatever stands before it (A18). */
const OWN_STATUS: ReadonlySet<number> = new Set([200, 401, 403])

/** Classifies one transmission of the request. */
export function readAnswer(outcome: HttpOutcome, command: OrderCommand, request: PreparedRequest): AnswerVerdict {
  if (outcome.kind === 'not-sent') return outcome
  if (outcome.kind === 'lost') return { kind: 'unknown', observed: outcome.detail }
  const { status, body } = outcome
  const envelope = envelopeOf(body)
  if (!OWN_STATUS.has(status) || isUnreadable(envelope)) {
    return { kind: 'unknown', observed: `HTTP ${status}: ${body.slice(0, SHOWN)}` }
  }
  if (command.type === 'cancel-order' && isGone(envelope.retCode)) return { kind: 'gone', reason: wordsOf(envelope) }
  return readCode(envelope, command, request)
}

function readCode(envelope: Envelope, command: OrderCommand, { deadline }: PreparedRequest): AnswerVerdict {
  const words = wordsOf(envelope)
  switch (meaningOf(envelope.retCode)) {
    case 'ok':
      return readAcknowledgement(envelope, command)
    case 'duplicate':
      return { kind: 'duplicate', detail: words }
    case 'expired':
      // Too early by the venue's clock is refused by the same code; then these bytes may still be taken later.
      return deadline !== null && envelope.time > deadline
        ? { kind: 'over', fence: 'deadline-passed', detail: words }
        : { kind: 'unknown', observed: `${words}; our clock is off the venue's (${envelope.time})` }
    case 'refused':
      // Of a repeated request this says nothing of the first one: funds and positions have moved since.
      return { kind: 'refused', reason: words, final: false }
    case 'ambiguous':
      return { kind: 'unknown', observed: words }
  }
}

function readAcknowledgement({ result }: Envelope, command: OrderCommand): AnswerVerdict {
  const shown = JSON.stringify(result)?.slice(0, SHOWN) ?? 'nothing'
  const acknowledged = acknowledgedSchema.safeParse(result)
  if (!acknowledged.success) return { kind: 'unknown', observed: `retCode 0 without an order id: ${shown}` }
  const { orderId, orderLinkId } = acknowledged.data
  const isMeant = command.type === 'cancel-order' || orderLinkId === command.clientOrderId
  return isMeant
    ? { kind: 'acknowledged', venueOrderId: orderId, detail: shown }
    : { kind: 'unknown', observed: `retCode 0 for another order than ours: ${shown}` }
}

function wordsOf({ retCode, retMsg }: Envelope): string {
  return `retCode ${retCode}: ${retMsg}`
}
