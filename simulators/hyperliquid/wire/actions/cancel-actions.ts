/** Actions that take orders away or spend a nonce. */
import { z } from 'zod'
import { absentable, cloid, trueOrAbsent, unsignedInteger } from '#simulators/hyperliquid/wire/scalars.ts'

/** Schemas by action type. */
export const cancelActions = {
  cancel: z.strictObject({
    type: z.literal('cancel'),
    cancels: z.array(z.object({ a: unsignedInteger, o: unsignedInteger })),
    f: trueOrAbsent,
  }),
  cancelByCloid: z.strictObject({
    type: z.literal('cancelByCloid'),
    cancels: z.array(z.object({ asset: unsignedInteger, cloid })),
    f: trueOrAbsent,
  }),
  scheduleCancel: z.strictObject({ type: z.literal('scheduleCancel'), time: absentable(unsignedInteger) }),
  noop: z.strictObject({ type: z.literal('noop') }),
} as const
