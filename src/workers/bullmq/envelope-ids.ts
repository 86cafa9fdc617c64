/** What every log line about a job says of it, so that one search finds a whole life: in the logs, in the traces and in the book. */
import { envelopeSchema, type Envelope } from '#domain/message.ts'
import { traceIdOf } from '#telemetry/trace-id.ts'

export function idsOf({ stage, account, position_id, client_order_id, idempotency_key }: Envelope): object {
  return { stage, account, position_id, client_order_id, idempotency_key, trace_id: traceIdOf(position_id) }
}

/** The same of a job whose data nobody has checked; nothing where it is no message. */
export function idsOfData(data: unknown): object {
  const parsed = envelopeSchema.safeParse(data)
  return parsed.success ? idsOf(parsed.data) : {}
}
