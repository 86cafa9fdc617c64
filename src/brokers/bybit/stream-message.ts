/** Reads one message of the venue's streams as a hint, an acknowledgement or nothing (reference section B9). What it cannot read is nothing. */
import { z } from 'zod'
import { decimalString, isDecimalText } from '#domain/decimal.ts'
import type { StreamMessage } from '#brokers/venue-stream.ts'
import { jsonOf } from '#brokers/wire-answer.ts'
import { instrumentOf } from './symbols.ts'

/** Topics of the private stream. */
export const TOPICS: readonly string[] = ['order', 'execution', 'position']

const rows = z.array(z.looseObject({ symbol: z.string() }))
const privateSchema = z.looseObject({ topic: z.string(), data: rows })
// Deltas carry what changed, often another field than the mark.
const tickerSchema = z.looseObject({
  topic: z.string().startsWith('tickers.'),
  data: z.looseObject({ symbol: z.string(), markPrice: z.string().refine(isDecimalText).optional() }),
})
const controlSchema = z.looseObject({ op: z.string(), success: z.boolean().optional(), ret_msg: z.string().optional() })

const NOTHING: StreamMessage = { kind: 'nothing' }

/** Reads a message of the private stream; `subscribe` is what to say once it has let us in. */
export function readPrivateMessage(text: string, subscribe: string): StreamMessage {
  const json = jsonOf(text)
  const pushed = privateSchema.safeParse(json)
  if (pushed.success) return hintOf(pushed.data)
  return controlOf(json, () => ({ kind: 'answer', texts: [subscribe] }))
}

/** Reads a message of the public stream. */
export function readPublicMessage(text: string): StreamMessage {
  const json = jsonOf(text)
  const ticker = tickerSchema.safeParse(json)
  if (!ticker.success) return controlOf(json, () => NOTHING)
  const { symbol, markPrice } = ticker.data.data
  if (markPrice === undefined) return NOTHING
  return { kind: 'hint', hint: { kind: 'mark', marks: new Map([[instrumentOf(symbol), decimalString(markPrice)]]) } }
}

function hintOf({ topic, data }: z.output<typeof privateSchema>): StreamMessage {
  const [name = ''] = topic.split('.')
  if (!TOPICS.includes(name)) return NOTHING
  const instruments = [...new Set(data.map(({ symbol }) => instrumentOf(symbol)))]
  return { kind: 'hint', hint: { kind: name === 'execution' ? 'fills' : 'orders', instruments } }
}

function controlOf(json: unknown, onLogin: () => StreamMessage): StreamMessage {
  const control = controlSchema.safeParse(json)
  if (!control.success) return NOTHING
  const { op, success, ret_msg: words = '' } = control.data
  // The private stream answers a ping with op pong, the public one with op ping.
  if (op === 'pong' || op === 'ping') return { kind: 'pong' }
  if (success !== true) return { kind: 'error', detail: `${op}: ${words}` }
  if (op === 'auth') return onLogin()
  return op === 'subscribe' ? { kind: 'acknowledged', channel: op } : NOTHING
}
