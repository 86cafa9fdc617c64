/**
 * A life is one trace: its trace id is a function of the position id, its root span id one of the trace id. So spans made by other
 * processes, after restarts, or after Redis lost everything, meet in one trace, and no message has to carry a context.
 */
import { payloadHashOf } from '#domain/ids.ts'

/** Ids of positions and of alerts end with 128 bits of a hash already. */
const HASHED = /^[a-z]+-([0-9a-f]{32})$/
const TRACE_DIGITS = 32
const SPAN_DIGITS = 16

/** Trace of whatever a message is about: 32 hex digits, those of the id where it is a position's or an alert's. */
export function traceIdOf(subject: string): string {
  return HASHED.exec(subject)?.[1] ?? payloadHashOf(['trace', subject]).slice(0, TRACE_DIGITS)
}

/** Span that every other one of the trace descends from: 16 hex digits, the second half of the trace id. */
export function rootSpanIdOf(traceId: string): string {
  return traceId.slice(-SPAN_DIGITS)
}
