/** Reads one message of the venue's stream as a hint, an acknowledgement or nothing. What it cannot read is nothing. */
import { z } from 'zod'
import { decimalString, isDecimalText } from '#domain/decimal.ts'
import type { StreamMessage } from '#brokers/venue-stream.ts'
import { jsonOf } from '#brokers/wire-answer.ts'
import { instrumentOf } from './symbols.ts'

const ofCoin = z.looseObject({ coin: z.string() })
const messageSchema = z.discriminatedUnion('channel', [
  z.looseObject({ channel: z.literal('pong') }),
  z.looseObject({ channel: z.literal('error'), data: z.unknown() }),
  z.looseObject({
    channel: z.literal('subscriptionResponse'),
    data: z.looseObject({ subscription: z.looseObject({ type: z.string() }) }),
  }),
  z.looseObject({
    channel: z.literal('userFills'),
    data: z.looseObject({ isSnapshot: z.boolean().nullish(), fills: z.array(ofCoin) }),
  }),
  z.looseObject({ channel: z.literal('orderUpdates'), data: z.array(z.looseObject({ order: ofCoin })) }),
  z.looseObject({
    channel: z.literal('user'),
    data: z.looseObject({ liquidation: z.unknown().optional(), nonUserCancel: z.array(ofCoin).optional() }),
  }),
  z.looseObject({
    channel: z.literal('activeAssetCtx'),
    data: z.looseObject({ coin: z.string(), ctx: z.looseObject({ markPx: z.string().refine(isDecimalText) }) }),
  }),
])
type Message = z.output<typeof messageSchema>

const NOTHING: StreamMessage = { kind: 'nothing' }

/** Reads the text of one message. */
export function readStreamMessage(text: string): StreamMessage {
  // The venue greets in plain text.
  const parsed = messageSchema.safeParse(jsonOf(text))
  return parsed.success ? meaningOf(parsed.data) : NOTHING
}

function meaningOf(message: Message): StreamMessage {
  switch (message.channel) {
    case 'pong':
      return { kind: 'pong' }
    case 'error':
      return { kind: 'error', detail: JSON.stringify(message.data).slice(0, 200) }
    case 'subscriptionResponse':
      return { kind: 'acknowledged', channel: message.data.subscription.type }
    case 'userFills':
      // The snapshot after subscribing is history; the `connected` hint already asks for a back-fill.
      return message.data.isSnapshot === true ? NOTHING : look('fills', message.data.fills)
    case 'orderUpdates':
      return look(
        'orders',
        message.data.map((update) => update.order),
      )
    case 'user':
      if (message.data.liquidation !== undefined) return look('fills', [])
      return message.data.nonUserCancel === undefined ? NOTHING : look('orders', message.data.nonUserCancel)
    case 'activeAssetCtx': {
      const { coin, ctx } = message.data
      return { kind: 'hint', hint: { kind: 'mark', marks: new Map([[instrumentOf(coin), decimalString(ctx.markPx)]]) } }
    }
  }
}

// No instruments means: which ones, the message does not say.
function look(kind: 'fills' | 'orders', rows: readonly { readonly coin: string }[]): StreamMessage {
  const instruments = [...new Set(rows.map((row) => instrumentOf(row.coin)))]
  return { kind: 'hint', hint: { kind, instruments } }
}
