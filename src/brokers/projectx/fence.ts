/**
 * Makes a prepared order impossible: its tag is used up by an order that the venue must refuse. Proven is only what the venue's records
 * show afterwards: a refused row of ours under that tag. That refused orders use tags up was observed live in 2026-08, not documented.
 */
import { z } from 'zod'
import type { Evidence, PreparedRequest } from '#domain/order.ts'
import type { Broker } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { parseJson } from './json.ts'
import { tagBurningBody } from './request-body.ts'
import type { SendVerdict } from './send-verdict.ts'
import { orderStatusOf } from './translate.ts'
import type { WireOrder } from './wire.ts'

/** What a fence may do at the venue. */
export interface FencePorts {
  place(body: string): Promise<SendVerdict>
  cancel(orderId: string): Promise<SendVerdict>
  orderById(orderId: string): Promise<WireOrder | null>
  clock(): number
}

type Fenced = Awaited<ReturnType<Broker['fence']>>

const original = z.looseObject({ accountId: z.string(), contractId: z.string(), customTag: z.string() })

/** Uses up the tag of a request. Never throws: what cannot be read leaves it unknown. */
export async function fenceRequest(ports: FencePorts, request: PreparedRequest): Promise<Fenced> {
  const parsed = original.safeParse(parseJson(request.body))
  if (!parsed.success) return unknown('a cancel carries no tag that could be used up')
  const { customTag } = parsed.data
  const verdict = await ports.place(tagBurningBody(parsed.data))
  switch (verdict.kind) {
    case 'duplicate':
      return { kind: 'admitted', evidence: evidenceOf(ports, 'duplicate-id', verdict.detail) }
    case 'refused':
      return await provenBurnt(ports, customTag, verdict)
    case 'accepted':
      return await undone(ports, customTag, verdict.orderId)
    case 'not-sent':
      return unknown(verdict.detail)
    case 'unknown':
      return verdict
  }
}

async function provenBurnt(
  ports: FencePorts,
  customTag: string,
  { orderId, reason }: { readonly orderId: string | null; readonly reason: string },
): Promise<Fenced> {
  if (orderId === null) return unknown(`refused without an order row, so tag ${customTag} may still be free: ${reason}`)
  try {
    const row = await ports.orderById(orderId)
    if (row?.customTag !== customTag || orderStatusOf(row.status)[1] !== 'rejected') {
      return unknown(`order ${orderId} should be the refused row of tag ${customTag}, saw ${JSON.stringify(row)}`)
    }
    const detail = `tag ${customTag} is used up by refused order ${orderId}: ${reason}`
    return { kind: 'absent', evidence: evidenceOf(ports, 'duplicate-id', detail) }
  } catch (error) {
    if (error instanceof BrokerUnavailable) return unknown(error.message)
    throw error
  }
}

/** The venue took what it had to refuse: it is ended at once and nothing is claimed. */
async function undone(ports: FencePorts, customTag: string, orderId: string | null): Promise<Fenced> {
  const ended = orderId === null ? null : await ports.cancel(orderId)
  return unknown(
    `AGAINST EXPECTATION the venue ACCEPTED the order that was to use up tag ${customTag} (order ${orderId}, one contract bought at 1). ` +
      `Its cancel: ${ended?.kind ?? 'impossible without an id'}. Look at the account's working orders.`,
  )
}

function evidenceOf(ports: FencePorts, kind: Evidence['kind'], detail: string): Evidence {
  return { kind, at: ports.clock(), detail }
}

function unknown(observed: string): Fenced {
  return { kind: 'unknown', observed }
}
