/** L1 actions that move value or belong to the account rather than to an order. Several are open to agents (section 3.3). */
import { z } from 'zod'
import { absentable, address, unsignedInteger } from '#simulators/hyperliquid/wire/scalars.ts'

/** Schemas by action type. */
export const transferActions = {
  vaultTransfer: z.strictObject({
    type: z.literal('vaultTransfer'),
    vaultAddress: address,
    isDeposit: z.boolean(),
    usd: unsignedInteger,
  }),
  createSubAccount: z.strictObject({ type: z.literal('createSubAccount'), name: z.string() }),
  subAccountTransfer: z.strictObject({
    type: z.literal('subAccountTransfer'),
    subAccountUser: address,
    isDeposit: z.boolean(),
    usd: unsignedInteger,
  }),
  reserveRequestWeight: z.strictObject({
    type: z.literal('reserveRequestWeight'),
    weight: unsignedInteger,
    destination: absentable(address),
  }),
  setReferrer: z.strictObject({ type: z.literal('setReferrer'), code: z.string() }),
} as const
