/** Actions on leverage and isolated margin. `ntli` and `usd` count millionths of a USD. */
import { z } from 'zod'
import { signedInteger, unsignedInteger } from '#simulators/hyperliquid/wire/scalars.ts'

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
} as const
