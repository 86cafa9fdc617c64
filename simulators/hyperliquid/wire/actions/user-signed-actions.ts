/**
 * User-signed actions: typed data by the account's own key, applied to whoever the signature recovers to. Amounts are
 * hashed as the text sent, so they are checked but kept as they came.
 */
import { z } from 'zod'
import { absentable, address, canonicalDecimal, unsignedInteger } from '#simulators/hyperliquid/wire/scalars.ts'

const amount = z.string().refine((text) => canonicalDecimal(text) !== undefined)
const envelope = {
  signatureChainId: z.string().regex(/^0x[0-9a-fA-F]{1,13}$/),
  hyperliquidChain: z.enum(['Mainnet', 'Testnet']),
}

/** Schemas by action type. */
export const userSignedActions = {
  usdSend: z.strictObject({
    type: z.literal('usdSend'),
    ...envelope,
    destination: address,
    amount,
    time: unsignedInteger,
  }),
  withdraw3: z.strictObject({
    type: z.literal('withdraw3'),
    ...envelope,
    destination: address,
    amount,
    time: unsignedInteger,
  }),
  usdClassTransfer: z.strictObject({
    type: z.literal('usdClassTransfer'),
    ...envelope,
    amount: z.string(),
    toPerp: z.boolean(),
    nonce: unsignedInteger,
  }),
  approveAgent: z.strictObject({
    type: z.literal('approveAgent'),
    ...envelope,
    agentAddress: address,
    agentName: absentable(z.string()),
    nonce: unsignedInteger,
  }),
  approveBuilderFee: z.strictObject({
    type: z.literal('approveBuilderFee'),
    ...envelope,
    maxFeeRate: z.string().regex(/^\d+(\.\d+)?%$/),
    builder: address,
    nonce: unsignedInteger,
  }),
} as const
