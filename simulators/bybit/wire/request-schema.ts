/** Bodies of the venue's POST requests. Unknown fields are ignored, as the venue does; numbers come as texts. */
import { z } from 'zod'

const text = z.string().optional()
const side = z.enum(['Buy', 'Sell'])
const orderType = z.enum(['Market', 'Limit'])
const priceKind = z.enum(['LastPrice', 'MarkPrice', 'IndexPrice'])
const category = z.literal('linear')
const symbol = z.string()

const exits = {
  takeProfit: text,
  stopLoss: text,
  tpTriggerBy: priceKind.optional(),
  slTriggerBy: priceKind.optional(),
  tpslMode: z.enum(['Full', 'Partial']).optional(),
  tpOrderType: orderType.optional(),
  slOrderType: orderType.optional(),
  tpLimitPrice: text,
  slLimitPrice: text,
}

const reference = { symbol, orderId: text, orderLinkId: text }

/** Fields of an order, whose category a batch names once. */
export const orderFields = z.object({
  ...exits,
  symbol,
  side,
  orderType,
  qty: z.string(),
  price: text,
  timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'PostOnly', 'RPI']).optional(),
  positionIdx: z.int().min(0).max(2).optional(),
  orderLinkId: text,
  reduceOnly: z.boolean().optional(),
  closeOnTrigger: z.boolean().optional(),
  triggerPrice: text,
  triggerDirection: z.literal([1, 2]).optional(),
  triggerBy: priceKind.optional(),
  slippageToleranceType: z.enum(['TickSize', 'Percent']).optional(),
  slippageTolerance: text,
})

export const amendFields = z.object({
  ...reference,
  ...exits,
  qty: text,
  price: text,
  triggerPrice: text,
  triggerBy: priceKind.optional(),
})

export const cancelFields = z.object(reference)

export const createBody = orderFields.extend({ category })
export const amendBody = amendFields.extend({ category })
export const cancelBody = cancelFields.extend({ category })
export const cancelAllBody = z.object({ category, symbol: text, baseCoin: text, settleCoin: text })
export const leverageBody = z.object({ category, symbol, buyLeverage: z.string(), sellLeverage: z.string() })
export const switchModeBody = z.object({ category, symbol: text, coin: text, mode: z.int() })
export const tradingStopBody = z.object({
  ...exits,
  category,
  symbol,
  positionIdx: z.int().min(0).max(2).optional(),
  tpSize: text,
  slSize: text,
})
