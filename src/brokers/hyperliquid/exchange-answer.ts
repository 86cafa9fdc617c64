/**
 * Reads what one transmission to `/exchange` taught us. Only what the venue is known to mean counts: legs are matched by
 * index, "ok" without a word about our order is unknown (A19), and so is every text we do not know (A18).
 */
import { z } from 'zod'
import { decimalString, isDecimalText, ZERO_STRING } from '#domain/decimal.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import type { OrderCommand } from '#domain/order.ts'
import type { OrderReport } from '#brokers/broker.ts'
import { type TransmissionVerdict, legIdsOf } from '#brokers/transmission.ts'
import type { HttpOutcome } from '#brokers/http-request.ts'
import { jsonOf } from '#brokers/wire-answer.ts'
import { clientOrderIdOfCloid } from './action.ts'
import { isUnreadRequest, nonceVerdictOf, refusalOf } from './refusals.ts'

const answerSchema = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('err'), response: z.string() }),
  z.looseObject({
    status: z.literal('ok'),
    response: z.looseObject({ type: z.string(), data: z.unknown().optional() }),
  }),
])
const statusesSchema = z.looseObject({ statuses: z.array(z.unknown()).min(1) })

const wireSize = z.string().refine(isDecimalText)
const orderStatusSchema = z.union([
  z.literal(['waitingForFill', 'waitingForTrigger', 'success']),
  z.looseObject({ resting: z.looseObject({ oid: z.int(), cloid: z.string().nullish() }) }),
  z.looseObject({
    filled: z.looseObject({ totalSz: wireSize, avgPx: wireSize, oid: z.int(), cloid: z.string().nullish() }),
  }),
  z.looseObject({ error: z.string() }),
])
type LegStatus = z.output<typeof orderStatusSchema>

/** Classifies one transmission of a command's request with that nonce. */
export function readVerdict(outcome: HttpOutcome, command: OrderCommand, nonce: number | null): TransmissionVerdict {
  return readAnswer(outcome, nonce, (type, data) => readStatuses(type, data, command))
}

/** Classifies one transmission of a `noop`: accepted has no reports. */
export function readNoopVerdict(outcome: HttpOutcome, nonce: number | null): TransmissionVerdict {
  return readAnswer(outcome, nonce, (type) =>
    type === 'default'
      ? { kind: 'accepted', reports: [], detail: 'noop ok' }
      : unknown(`answer of type ${type} to a noop`),
  )
}

function readAnswer(
  outcome: HttpOutcome,
  nonce: number | null,
  readOk: (type: string, data: unknown) => TransmissionVerdict,
): TransmissionVerdict {
  if (outcome.kind === 'not-sent') return outcome
  if (outcome.kind === 'lost') return unknown(outcome.detail)
  if (outcome.status !== 200) {
    const seen = `HTTP ${outcome.status}: ${clip(outcome.body)}`
    return isUnreadRequest(outcome.status, outcome.body)
      ? { kind: 'refused', reason: seen, final: false }
      : unknown(seen)
  }
  const answer = answerSchema.safeParse(jsonOf(outcome.body))
  if (!answer.success) return unknown(`HTTP 200 with an unreadable body: ${clip(outcome.body)}`)
  if (answer.data.status === 'err') return readError(answer.data.response, nonce)
  const { type, data } = answer.data.response
  const verdict = readOk(type, data)
  return verdict.kind === 'unknown' ? unknown(`${verdict.observed}; answer ${clip(outcome.body)}`) : verdict
}

function readError(text: string, nonce: number | null): TransmissionVerdict {
  switch (nonceVerdictOf(text, nonce)) {
    case 'duplicate':
      return { kind: 'duplicate', detail: text }
    case 'too-low':
      return { kind: 'over', fence: 'nonce-fence', detail: text }
    case 'expired':
      return { kind: 'over', fence: 'deadline-passed', detail: text }
    case 'too-high':
      return { kind: 'refused', reason: text, final: false }
    case 'other':
      break
  }
  const refusal = refusalOf(text)
  if (refusal === null) return unknown(`venue error not known to be final: ${clip(text)}`)
  const reason = refusal.advice === null ? text : `${text} (${refusal.advice})`
  return { kind: 'refused', reason, final: refusal.stage === 'order' }
}

function readStatuses(type: string, data: unknown, command: OrderCommand): TransmissionVerdict {
  const expected = command.type === 'new-order' ? 'order' : 'cancel'
  const parsed = statusesSchema.safeParse(data)
  if (type !== expected || !parsed.success) return unknown(`no ${expected} statuses`)
  const legs = legIdsOf(command)
  const statuses = parsed.data.statuses
  const whole = statuses.length === 1 ? refusedText(statuses[0]) : null
  if (whole !== null && refusalOf(whole) !== null) return { kind: 'refused', reason: whole, final: true }
  if (statuses.length !== legs.length) return unknown(`${statuses.length} statuses for ${legs.length} orders`)
  return readLegs(statuses, legs, command)
}

function readLegs(
  statuses: readonly unknown[],
  legs: readonly ClientOrderId[],
  command: OrderCommand,
): TransmissionVerdict {
  const reports: OrderReport[] = []
  for (const [index, clientOrderId] of legs.entries()) {
    const status = orderStatusSchema.safeParse(statuses[index])
    const report = status.success ? reportOf(status.data, clientOrderId, command) : null
    if (report === null) return unknown(`status ${index} says nothing provable`)
    reports.push(report)
  }
  const [first] = reports
  if (first?.result === 'rejected' && reports.every((report) => report.result === 'rejected')) {
    return { kind: 'refused', reason: first.reason, final: true }
  }
  return { kind: 'accepted', reports, detail: clip(JSON.stringify(statuses)) }
}

// Null: the status proves nothing about this order.
function reportOf(status: LegStatus, clientOrderId: ClientOrderId, command: OrderCommand): OrderReport | null {
  const text = refusedText(status)
  if (text !== null) return refusalOf(text) === null ? null : { result: 'rejected', clientOrderId, reason: text }
  if (command.type === 'cancel-order') {
    // How much filled before the cancel, only the fills say (A5).
    return status === 'success' ? { ...ACCEPTED, clientOrderId, status: 'canceled' } : null
  }
  if (typeof status === 'string') {
    return status === 'success' ? null : { ...ACCEPTED, clientOrderId, status: 'waiting' }
  }
  return placedReport(status as PlacedStatus, clientOrderId)
}

function placedReport({ resting, filled }: PlacedStatus, clientOrderId: ClientOrderId): OrderReport | null {
  const placed = filled ?? resting
  // Another order's id in our answer: a case for a human, never a confirmation (A16).
  if (placed === undefined || (placed.cloid != null && clientOrderIdOfCloid(placed.cloid) !== clientOrderId))
    return null
  const report = { ...ACCEPTED, clientOrderId, venueOrderId: String(placed.oid) }
  if (filled === undefined) return { ...report, status: 'working' }
  const { totalSz, avgPx } = filled
  return { ...report, status: 'filled', filledSize: decimalString(totalSz), averagePrice: decimalString(avgPx) }
}

interface Placed {
  readonly oid: number
  readonly cloid?: string | null
}
interface PlacedStatus {
  readonly resting?: Placed
  readonly filled?: Placed & { readonly totalSz: string; readonly avgPx: string }
}

const ACCEPTED = { result: 'accepted', venueOrderId: null, filledSize: ZERO_STRING, averagePrice: null } as const

function refusedText(status: unknown): string | null {
  return status !== null && typeof status === 'object' && 'error' in status && typeof status.error === 'string'
    ? status.error
    : null
}

function unknown(observed: string): TransmissionVerdict {
  return { kind: 'unknown', observed }
}

function clip(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`
}
