/**
 * What became of an order or cancel that the venue has acknowledged: a few quick looks at its record. An order whose record cannot be
 * seen stays what the acknowledgement made it, working; a cancel without its target's end in sight is unknown.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { ZERO_STRING } from '#domain/decimal.ts'
import type { BrokerOrder, CancelOrder, NewOrder } from '#domain/order.ts'
import type { OrderReport } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { reportOfOrder } from '#brokers/resolution.ts'
import type { TransmissionVerdict } from '#brokers/transmission.ts'
import type { FoundOrder } from './order-reads.ts'
import type { AnswerVerdict } from './send-verdict.ts'

/** Pauses before the looks, ms: the venue acts some milliseconds after it acknowledges. */
export const LOOK_PAUSES: readonly number[] = [0, 15, 60, 150]

export interface AfterAckPorts {
  /** The record of the command's order. @throws BrokerUnavailable */
  readonly find: () => Promise<FoundOrder | null>
  readonly pauses: readonly number[]
}

type Acknowledgement = Extract<AnswerVerdict, { readonly kind: 'acknowledged' }>

/** The order after its acknowledgement. */
export async function orderAfterAck(
  ports: AfterAckPorts,
  command: NewOrder,
  { venueOrderId, detail }: Acknowledgement,
): Promise<TransmissionVerdict> {
  // What is not immediate has come to rest as soon as it shows.
  const isDone = ({ status }: BrokerOrder): boolean =>
    command.timeInForce !== 'ioc' || command.trigger !== null || isOver(status)
  const found = await lookUntil(ports, isDone)
  if (found === null)
    return acceptedAs({ ...WORKING, clientOrderId: command.clientOrderId, venueOrderId }, command, detail)
  const stranger = strangerOf(found.order, command)
  if (stranger !== null) return { kind: 'unknown', observed: stranger }
  const report = reportOfOrder(found.order)
  // The id went to this order, so no other transmission ever was or will be accepted.
  if (report.result === 'rejected') return { kind: 'refused', reason: report.reason, final: true }
  const { venueStatus } = found.order
  return acceptedAs({ ...report, averagePrice: found.averagePrice }, command, `${detail}, now ${venueStatus}`)
}

/** The target of a cancel after its acknowledgement, or after the words that it is gone. */
export async function targetAfterAck(
  ports: AfterAckPorts,
  command: CancelOrder,
  answer: AnswerVerdict & { readonly kind: 'acknowledged' | 'gone' },
): Promise<TransmissionVerdict> {
  const said = answer.kind === 'gone' ? answer.reason : answer.detail
  const found = await lookUntil(ports, ({ status }) => isOver(status))
  if (found === null || !isOver(found.order.status)) {
    const seen = found === null ? 'its target does not show' : `its target is still ${found.order.venueStatus}`
    return { kind: 'unknown', observed: `${said}; ${seen}` }
  }
  const { venueStatus } = found.order
  if (answer.kind === 'gone') {
    return { kind: 'refused', reason: `${said}; the target is ${venueStatus}`, final: false }
  }
  const report = reportOfOrder({ ...found.order, clientOrderId: command.target })
  return { kind: 'accepted', reports: [report], detail: `${said}, now ${venueStatus}` }
}

/** Says how a record differs from what we asked for under its id (A16); null when it is what we asked for. */
export function strangerOf(record: BrokerOrder, command: NewOrder): string | null {
  // The venue cuts a reducing order to the position; an entry it never cuts.
  const isSize = command.reduceOnly || record.originalSize === command.size
  if (isSize && record.side === command.side && record.instrument === command.instrument) return null
  return (
    `CRITICAL: order ${record.venueOrderId} carries our id ${command.clientOrderId} but is ${record.side} ` +
    `${record.originalSize} ${record.instrument}, not ${command.side} ${command.size} ${command.instrument}`
  )
}

const WORKING = { result: 'accepted', status: 'working', filledSize: ZERO_STRING, averagePrice: null } as const

function acceptedAs(report: OrderReport, { attachedStop }: NewOrder, detail: string): TransmissionVerdict {
  if (attachedStop === null) return { kind: 'accepted', reports: [report], detail }
  const { clientOrderId } = attachedStop
  const child: OrderReport = { ...WORKING, status: 'waiting', clientOrderId, venueOrderId: null }
  return { kind: 'accepted', reports: [report, child], detail }
}

function isOver(status: BrokerOrder['status']): boolean {
  return status !== 'working' && status !== 'triggered'
}

async function lookUntil(
  { find, pauses }: AfterAckPorts,
  isDone: (order: BrokerOrder) => boolean,
): Promise<FoundOrder | null> {
  let last: FoundOrder | null = null
  for (const pause of pauses) {
    await delay(pause)
    try {
      last = (await find()) ?? last
    } catch (error) {
      // What was acknowledged stays acknowledged; the monitor looks on.
      if (error instanceof BrokerUnavailable) return last
      throw error
    }
    if (last !== null && isDone(last.order)) return last
  }
  return last
}
