/** Fields that control commands share. */
import { z } from 'zod'
import { isDecimalText } from '#domain/decimal.ts'

/** An account's name, as given when it was made. */
export const account = z.string().min(1)

/** e.g. BTCUSDT. */
export const symbol = z.string().min(1)

/** A decimal text of either sign. */
export const decimalText = z.string().refine(isDecimalText, 'expected a decimal text such as "12.5"')

/** One order of an account. */
export const orderReference = { orderId: z.string().optional(), orderLinkId: z.string().optional() }
