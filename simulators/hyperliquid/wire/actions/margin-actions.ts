/** Actions on leverage and isolated margin. `ntli` and `usd` count millionths of a USD. */
import { z } from 'zod'
import { signedInteger, unsignedDecimal, unsignedInteger } from '../scalars.ts'

/** Schemas by action type. */
export const marginActions = {
  updateLeverage: z.strictObject({
    type: z.literal('updateLeverage'),
    asset: unsignedInteger,
    isCross: z.boolean(),
    leverage: unsignedInteger,
  }),
  updateIsolatedMargin: z.strictObject({
    type: z.literal('updateIsolatedMargin'),
    asset: unsignedInteger,
    isBuy: z.boolean(),
    ntli: signedInteger,
  }),
  topUpIsolatedOnlyMargin: z.strictObject({
    type: z.literal('topUpIsolatedOnlyMargin'),
    asset: unsignedInteger,
    leverage: unsignedDecimal,
  }),
} as const
