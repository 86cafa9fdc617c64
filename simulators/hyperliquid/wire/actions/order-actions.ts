/** Actions that place or change orders. Key order is the canonical msgpack order; fields unknown inside an order are ignored. */
import { z } from 'zod'
import {
  absentable,
  address,
  cloid,
  orderReference,
  trueOrAbsent,
  unsignedDecimal,
  unsignedInteger,
} from '#simulators/hyperliquid/wire/scalars.ts'

const limit = z.object({ limit: z.object({ tif: z.enum(['Gtc', 'Ioc', 'Alo', 'FrontendMarket']) }) })
const trigger = z.object({
  trigger: z.object({ isMarket: z.boolean(), triggerPx: unsignedDecimal, tpsl: z.enum(['tp', 'sl']) }),
})

const order = z.object({
  a: unsignedInteger,
  b: z.boolean(),
  p: unsignedDecimal,
  s: unsignedDecimal,
  r: z.boolean(),
  t: z.union([limit, trigger]),
  c: absentable(cloid),
})

/** Schemas by action type. */
export const orderActions = {
  order: z.strictObject({
    type: z.literal('order'),
    orders: z.array(order),
    grouping: z.union([z.enum(['na', 'normalTpsl', 'positionTpsl']), z.object({ p: unsignedInteger })]),
    builder: absentable(z.object({ b: address, f: unsignedInteger })),
  }),
  modify: z.strictObject({
    type: z.literal('modify'),
    oid: orderReference,
    order,
    a: trueOrAbsent,
  }),
  batchModify: z.strictObject({
    type: z.literal('batchModify'),
    modifies: z.array(z.object({ oid: orderReference, order })),
    a: trueOrAbsent,
  }),
} as const
