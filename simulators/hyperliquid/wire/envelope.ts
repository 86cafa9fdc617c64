/** The `/exchange` envelope: action, nonce, signature and the two optional fences, parsed strictly. */
import { z } from 'zod'
import { absentable, address, unsignedInteger } from './scalars.ts'
import { parseAction, type WireAction } from './action-schema.ts'
import type { WireSignature } from './signature.ts'

const HEX_WORD = /^0x[0-9a-fA-F]{1,64}$/

const envelopeSchema = z.strictObject({
  action: z.unknown(),
  nonce: unsignedInteger,
  signature: z.object({
    r: z.string().regex(HEX_WORD),
    s: z.string().regex(HEX_WORD),
    v: z.union([z.literal(27), z.literal(28)]),
  }),
  vaultAddress: absentable(address),
  expiresAfter: absentable(unsignedInteger),
})

/** A parsed `/exchange` request. Nonce and `expiresAfter` in ms. */
export interface ExchangeEnvelope {
  readonly action: WireAction
  readonly nonce: number
  readonly signature: WireSignature
  readonly vaultAddress: string | undefined
  readonly expiresAfter: number | undefined
}

/** Parses a request body; undefined when the venue could not deserialise it (HTTP 422). */
export function parseEnvelope(raw: unknown): ExchangeEnvelope | undefined {
  const parsed = envelopeSchema.safeParse(raw)
  if (!parsed.success) return undefined
  const action = parseAction(parsed.data.action)
  if (action === undefined) return undefined
  return { ...parsed.data, action }
}
