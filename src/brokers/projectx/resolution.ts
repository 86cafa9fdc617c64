/**
 * Decides what became of a request whose outcome was unknown, from the venue's records alone. Records prove; their absence never does
 * here, because a request has no deadline: what ends it is the fence (a used-up tag) or the venue's own word (A9, A11, A12, A22).
 */
import type { CancelOrder, Evidence, NewOrder, OrderCommand } from '#domain/order.ts'
import type { OrderReport, Resolution } from '#brokers/broker.ts'
import { ownerOf } from './tags.ts'
import { brokerOrderOf, orderStatusOf, reportOf } from './translate.ts'
import type { WireOrder } from './wire.ts'

/**
 * What the records of a command's order prove; `at` is the time of the decision, ms. For a new order: every row that carries its id or is
 * its child. For a cancel: the rows of its target.
 */
export function decideResolution(command: OrderCommand, rows: readonly WireOrder[], at: number): Resolution {
  return command.type === 'new-order' ? decideNewOrder(command, rows, at) : decideCancel(command, rows, at)
}

function decideNewOrder(command: NewOrder, rows: readonly WireOrder[], at: number): Resolution {
  const own = rows.filter(({ customTag }) => ownerOf(customTag).clientOrderId === command.clientOrderId)
  const isRefused = (row: WireOrder): boolean => orderStatusOf(row.status)[1] === 'rejected'
  const [landed, second] = own.filter((row) => !isRefused(row))
  if (second !== undefined) {
    return unknown(`orders ${landed?.id} and ${second.id} both carry our id: one command, two orders`)
  }
  if (landed !== undefined) return decideLanded(command, landed, rows, at)
  const refused = own.find(isRefused)
  if (refused === undefined) return unknown('no order and no trade carries its id, but the request can still land')
  const reason = `the venue refused order ${refused.id}; its words were lost`
  return { kind: 'rejected', reason, evidence: recordOf(refused, at) }
}

function decideLanded(command: NewOrder, row: WireOrder, rows: readonly WireOrder[], at: number): Resolution {
  const { side, instrument, originalSize } = brokerOrderOf(row)
  if (side !== command.side || instrument !== command.instrument || originalSize !== command.size) {
    // Our id on an order we never asked for (A16): only a human can say what happened.
    const asked = `${command.side} ${command.size} ${command.instrument}`
    return unknown(`order ${row.id} carries our id but is ${side} ${originalSize} ${instrument}, not ${asked}`)
  }
  const reports = [reportOf(row, command.clientOrderId), ...childReports(command, rows)]
  return { kind: 'accepted', reports, evidence: recordOf(row, at) }
}

/** The report of the stop that rode along: part of the same request, so it is there even where no row shows it yet. */
export function childReports({ clientOrderId, attachedStop }: NewOrder, rows: readonly WireOrder[]): OrderReport[] {
  if (attachedStop === null) return []
  const child = rows.find(
    ({ customTag }) => ownerOf(customTag).attachedTo === clientOrderId && customTag?.endsWith('-SL') === true,
  )
  if (child !== undefined) return [reportOf(child, attachedStop.clientOrderId)]
  return [
    {
      result: 'accepted',
      clientOrderId: attachedStop.clientOrderId,
      venueOrderId: null,
      status: 'waiting',
      filledSize: '0' as WireOrder['size'],
      averagePrice: null,
    },
  ]
}

function decideCancel(command: CancelOrder, rows: readonly WireOrder[], at: number): Resolution {
  const target = rows.find(({ id }) => id === command.targetVenueOrderId)
  if (target === undefined) return unknown(`the target ${command.targetVenueOrderId} was not found`)
  const [word, status] = orderStatusOf(target.status)
  if (status === 'working') return unknown(`the target ${target.id} is still ${word}`)
  return { kind: 'accepted', reports: [reportOf(target, command.target)], evidence: recordOf(target, at) }
}

function recordOf(row: WireOrder, at: number): Evidence {
  const { venueOrderId, venueStatus, statusAt, leavesSize, originalSize } = brokerOrderOf(row)
  const detail = `order ${venueOrderId} (${row.customTag ?? 'no tag'}) is ${venueStatus} since ${statusAt}, ${leavesSize} of ${originalSize} left`
  return { kind: 'order-record', at, detail }
}

function unknown(observed: string): Resolution {
  return { kind: 'unknown', observed }
}
