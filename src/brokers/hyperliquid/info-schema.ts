/**
 * What the venue's answers look like, as far as we rely on it. Unknown extra fields pass; a missing or mistyped one is a
 * protocol error that names its path. Numbers the venue sends as text stay exact decimals.
 */
import { z } from 'zod'
import { exact, positive } from '#brokers/wire-answer.ts'

const instant = z.int().min(0)
const orderId = z.int().min(0)
const side = z.enum(['B', 'A'])

/** `meta`: the universe in asset order. */
export const metaSchema = z.looseObject({
  universe: z.array(
    z.looseObject({
      name: z.string().min(1),
      szDecimals: z.int().min(0).max(6),
      maxLeverage: z.number().positive(),
      isDelisted: z.boolean().optional(),
    }),
  ),
})
export type Meta = z.output<typeof metaSchema>

/** `metaAndAssetCtxs`: index-aligned with the universe, delisted ones included. */
export const assetContextsSchema = z.tuple([metaSchema, z.array(z.looseObject({ markPx: exact }))])

/** `clearinghouseState` of the main perpetuals exchange. */
export const clearinghouseSchema = z.looseObject({
  marginSummary: z.looseObject({ accountValue: exact }),
  assetPositions: z.array(
    z.looseObject({
      position: z.looseObject({
        coin: z.string(),
        szi: exact,
        entryPx: exact.nullish(),
        unrealizedPnl: exact,
        liquidationPx: exact.nullish(),
      }),
    }),
  ),
  time: instant,
})
export type Clearinghouse = z.output<typeof clearinghouseSchema>

const openOrder = z.looseObject({
  coin: z.string(),
  side,
  limitPx: exact,
  /** What is left. */
  sz: exact,
  origSz: exact,
  oid: orderId,
  timestamp: instant,
  cloid: z.string().nullish(),
  reduceOnly: z.boolean().nullish(),
  isTrigger: z.boolean().nullish(),
  triggerPx: exact.nullish(),
  orderType: z.string().nullish(),
})
/** One order as `frontendOpenOrders` and `orderStatus` show it. */
export type WireOrder = z.output<typeof openOrder>

const openOrderWithChildren = openOrder.extend({ children: z.array(openOrder).nullish() })

/** `frontendOpenOrders`: children appear nested, as rows of their own, or both. */
export const openOrdersSchema = z.array(openOrderWithChildren)

/** `orderStatus`. */
export const orderStatusSchema = z.discriminatedUnion('status', [
  z.looseObject({
    status: z.literal('order'),
    order: z.looseObject({ order: openOrder, status: z.string().min(1), statusTimestamp: instant }),
  }),
  z.looseObject({ status: z.literal('unknownOid') }),
])

/** One row of `userFillsByTime`. */
export const fillSchema = z.looseObject({
  coin: z.string(),
  px: exact,
  sz: positive,
  side,
  time: instant,
  startPosition: exact,
  dir: z.string(),
  closedPnl: exact,
  hash: z.string(),
  oid: orderId,
  crossed: z.boolean(),
  fee: exact,
  tid: z.int(),
  feeToken: z.string(),
  cloid: z.string().nullish(),
  liquidation: z.looseObject({ liquidatedUser: z.string().nullish(), markPx: exact, method: z.string() }).nullish(),
})
export type WireFill = z.output<typeof fillSchema>

/** One row of `userFunding`; `usdc` is signed, positive received. */
export const fundingSchema = z.looseObject({
  time: instant,
  delta: z.looseObject({ coin: z.string(), usdc: exact }),
})
export type WireFunding = z.output<typeof fundingSchema>

/** One row of `userNonFundingLedgerUpdates`; what else `delta` holds depends on its type. */
export const ledgerSchema = z.looseObject({
  time: instant,
  hash: z.string(),
  delta: z.looseObject({ type: z.string() }),
})
export type WireLedgerUpdate = z.output<typeof ledgerSchema>

/** `userRole`. */
export const userRoleSchema = z.looseObject({
  role: z.string(),
  data: z.looseObject({ user: z.string().optional(), master: z.string().optional() }).nullish(),
})

/** `extraAgents`: the named agents of a master. */
export const extraAgentsSchema = z.array(
  z.looseObject({ name: z.string(), address: z.string(), validUntil: z.number().nullish() }),
)

/** `userAbstraction`: how the account holds its collateral. */
export const abstractionSchema = z.string()
