/**
 * What the venue's answers look like, as far as we rely on it (reference C4); numbers arrive here as text (json.ts). Unknown extra
 * fields pass; a missing or mistyped one is a protocol error that names its path.
 */
import { z } from 'zod'
import { ZERO_STRING } from '#domain/decimal.ts'
import { exact, positive } from '#brokers/wire-answer.ts'

/** A number that may not apply: then the venue writes null. A field that is not there at all was lost on the way. */
const exactOrNull = exact.nullable()
/** Text that is no number: as numbers arrive as text too, one in its place would pass for a name. */
const word = z.string().regex(/[^\d.+-]/, 'text')
/** Text of an integer: venue ids may exceed what a double holds. */
const id = z.string().regex(/^(0|[1-9]\d{0,30})$/, 'an id')
const count = z.string().regex(/^\d+$/, 'a whole number')
/** An enum's integer. */
const code = count.transform(Number)
const side = z.enum(['0', '1']).transform((value) => (value === '0' ? ('buy' as const) : ('sell' as const)))

/** An instant in ms and the digits below the ms, which order what shares one. */
export interface WireInstant {
  readonly ms: number
  /** Whole ten-thousandths of a ms. */
  readonly below: number
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/** Reads ISO-8601 with an offset and up to nine fractional digits; null for anything else. */
export function wireInstantOf(text: string): WireInstant | null {
  const match = INSTANT.exec(text)
  if (match === null) return null
  const [, seconds = '', fraction = '', offset = ''] = match
  const whole = Date.parse(seconds + offset)
  if (Number.isNaN(whole)) return null
  const digits = fraction.padEnd(7, '0')
  return { ms: whole + Number(digits.slice(0, 3)), below: Number(digits.slice(3, 7)) }
}

const instant = z.string().transform((text, context): WireInstant => {
  const read = wireInstantOf(text)
  if (read !== null) return read
  context.issues.push({ code: 'custom', message: 'expected a timestamp with an offset', input: text })
  return z.NEVER
})

/** What every answer carries beside its payload. Business failures come with HTTP 200. */
export const verdictSchema = z.looseObject({
  success: z.boolean(),
  errorCode: code,
  errorMessage: z.string().nullish(),
})

/** Auth/loginKey and Auth/validate. */
export const loginSchema = z.looseObject({ token: z.string().min(1) })
export const validateSchema = z.looseObject({ newToken: z.string().min(1) })

const account = z.looseObject({
  id,
  name: z.string(),
  /** Realised: without open PnL. */
  balance: exact,
  canTrade: z.boolean(),
  simulated: z.boolean(),
})
export type WireAccount = z.output<typeof account>
export const accountsSchema = z.looseObject({ accounts: z.array(account) })

const contract = z.looseObject({
  id: word,
  name: word,
  tickSize: exact,
  /** USD per contract and tick. */
  tickValue: exact,
  activeContract: z.boolean(),
  symbolId: word,
})
export type WireContract = z.output<typeof contract>
export const contractsSchema = z.looseObject({ contracts: z.array(contract) })
export const contractSchema = z.looseObject({ contract })

const order = z.looseObject({
  id,
  contractId: word,
  creationTimestamp: instant,
  updateTimestamp: instant.nullish(),
  status: code,
  type: code,
  side,
  size: exact,
  limitPrice: exactOrNull,
  stopPrice: exactOrNull,
  fillVolume: exact.nullable().transform((value) => value ?? ZERO_STRING),
  filledPrice: exactOrNull,
  customTag: z.string().nullable(),
})
export type WireOrder = z.output<typeof order>
export const ordersSchema = z.looseObject({ orders: z.array(order) })
export const orderSchema = z.looseObject({ order: order.nullish() })
/** One page of Order/v2/query. */
export const orderPageSchema = z.looseObject({ orders: z.array(order), totalCount: code.nullish() })

const position = z.looseObject({
  contractId: word,
  /** 0 flat, 1 long, 2 short. */
  type: z.enum(['0', '1', '2']),
  /** Unsigned. */
  size: exact,
  averagePrice: exact,
})
export type WirePosition = z.output<typeof position>
export const positionsSchema = z.looseObject({ positions: z.array(position) })

/** One half-turn. `profitAndLoss` is null where it opened; FIFO, gross of fees and commissions where it closed. */
export const tradeSchema = z.looseObject({
  id,
  contractId: word,
  creationTimestamp: instant,
  price: exact,
  profitAndLoss: exactOrNull,
  fees: exactOrNull,
  /** In live rows, not in the venue's schema. */
  commissions: exactOrNull.optional().transform((value) => value ?? null),
  side,
  size: positive,
  voided: z.boolean(),
  orderId: id,
})
export type WireTrade = z.output<typeof tradeSchema>
/** With the row as received, its numbers as their digits. */
export type RawTrade = WireTrade & { readonly raw: Readonly<Record<string, unknown>> }
/** Rows are read one by one, so that each keeps what was received. */
export const tradesSchema = z.looseObject({ trades: z.array(z.looseObject({})) })

/** History/retrieveBars, newest first. */
export const barsSchema = z.looseObject({ bars: z.array(z.looseObject({ c: exact })) })

/** The answer to Order/place; the id is there for refused orders as well. */
export const placedSchema = verdictSchema.extend({ orderId: id.nullish() })
