/** Fields that control commands share. */
import { z } from 'zod'
import { canonicalDecimal } from '#simulators/hyperliquid/wire/scalars.ts'

/** An address, lower-cased. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'expected 0x and 40 hex digits')
  .toLowerCase()

/** A coin's name. */
export const coin = z.string().min(1)

/** An unsigned decimal text. */
export const decimalText = z
  .string()
  .refine((text) => canonicalDecimal(text) !== undefined, 'expected a decimal text such as "12.5"')

/** A decimal text of either sign. */
export const signedDecimalText = z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a decimal text such as "-0.0001"')
