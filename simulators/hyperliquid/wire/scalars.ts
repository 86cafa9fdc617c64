/**
 * Scalars of the wire, parsed strictly and brought into canonical form: decimals without padding, hex in lower case.
 * The canonical form is what the venue hashes (reference/hyperliquid.md sections 0.7 and 1.1).
 */
import { z } from 'zod'
import type { DecimalString } from '#domain/decimal.ts'

const CANONICAL_DECIMAL = /^(0|[1-9]\d*)(\.\d{0,7}[1-9])?$/
const UNSIGNED_DECIMAL = /^(\d+)(?:\.(\d*))?$/
const MAX_DECIMALS = 8

/**
 * Canonical text of an unsigned decimal with at most 8 significant decimals; undefined for anything else (numbers in
 * scientific form, signs, blanks, a non-zero ninth decimal).
 */
export function canonicalDecimal(text: string): DecimalString | undefined {
  if (CANONICAL_DECIMAL.test(text)) return text as DecimalString
  const match = UNSIGNED_DECIMAL.exec(text)
  if (match === null) return undefined
  const whole = (match[1] ?? '').replace(/^0+(?=\d)/, '')
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  if (fraction.length > MAX_DECIMALS) return undefined
  return (fraction === '' ? whole : `${whole}.${fraction}`) as DecimalString
}

/** An unsigned decimal string, canonical. */
export const unsignedDecimal = z.string().transform((text, context) => {
  const canonical = canonicalDecimal(text)
  if (canonical !== undefined) return canonical
  context.addIssue({ code: 'custom', message: 'Expected an unsigned decimal string with at most 8 decimals.' })
  return z.NEVER
})

/** An unsigned 64-bit integer that JSON carries without loss. */
export const unsignedInteger = z.int().nonnegative()

/** A signed 64-bit integer that JSON carries without loss. */
export const signedInteger = z.int()

/** A 20-byte address, lower-cased. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase())

/** A 16-byte client order id, lower-cased. */
export const cloid = z
  .string()
  .regex(/^0x[0-9a-fA-F]{32}$/)
  .transform((text) => text.toLowerCase())

/** An order named by its number or its client order id. */
export const orderReference = z.union([unsignedInteger, cloid])

/** An optional flag whose false form is absence: the venue hashes it only when true (section 1.1). */
export const trueOrAbsent = z
  .boolean()
  .nullish()
  .transform((value) => (value === true ? true : undefined))

/** Makes a field optional, with JSON null meaning absent. */
export function absentable<Output, Input>(
  schema: z.ZodType<Output, Input>,
): z.ZodType<Output | undefined, Input | null | undefined> {
  return schema.nullish().transform((value) => value ?? undefined)
}
