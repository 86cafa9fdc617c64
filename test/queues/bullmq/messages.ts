/** Messages and logs for queue tests: valid envelopes by name, and a log that keeps its lines. */
import { envelopeSchema, type Envelope, type Stage } from '#domain/message.ts'

const PAYLOADS: Readonly<Record<Stage, object>> = {
  route: { signal_key: 'sig-test' },
  precheck: {},
  place: {},
  monitor: {},
  close: { leg: 0 },
  reconcile: {},
  sweep: { trigger: 'demand' },
  guard: {},
  alerts: {},
  publish: {},
}

/** A valid message; the same arguments give the same message. */
export function messageOf(stage: Stage, name: string, payload: object = PAYLOADS[stage]): Envelope {
  return envelopeSchema.parse({
    idempotency_key: `${name}.${stage}`,
    client_order_id: null,
    position_id: name,
    account: 'test',
    stage,
    source: 'test',
    ts: 1_700_000_000_000,
    payload,
  })
}

/** One line that was logged. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A log that prints nothing and keeps everything. */
export interface LogRecord {
  readonly lines: readonly LogLine[]
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export function recordLog(): LogRecord {
  const lines: LogLine[] = []
  const at =
    (level: LogLine['level']) =>
    (fields: object, message: string): void => {
      lines.push({ level, fields: { ...fields }, message })
    }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
