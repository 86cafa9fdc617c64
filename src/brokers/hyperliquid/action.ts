/**
 * The actions Truebook can say to the venue: an allow-list with canonical key order. Everything that is not on it,
 * above all anything that moves value (vaultTransfer, builder fees, priority fees), cannot be expressed (invariant 5).
 */
import { z } from 'zod'
import { Decimal, decimal, type DecimalString } from '#domain/decimal.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import type { CancelOrder, NewOrder, Side, TimeInForce, Trigger } from '#domain/order.ts'
import { roundPrice } from '#domain/instrument.ts'
import { CommandRefused } from '#brokers/errors.ts'
import type { Market } from './symbols.ts'

// Decimals must be hashed without trailing zeros, or the venue recovers another signer.
const wireDecimal = z.string().regex(/^(0|[1-9]\d*)(\.\d*[1-9])?$/, 'a canonical decimal')
const cloid = z.string().regex(/^0x[0-9a-f]{32}$/, '0x and 32 lower-case hex digits')
const asset = z.int().min(0)

const timeInForce = z.strictObject({ limit: z.strictObject({ tif: z.enum(['Gtc', 'Ioc', 'Alo']) }) })
const trigger = z.strictObject({
  trigger: z.strictObject({ isMarket: z.boolean(), triggerPx: wireDecimal, tpsl: z.enum(['tp', 'sl']) }),
})
const orderLeg = z.strictObject({
  a: asset,
  b: z.boolean(),
  p: wireDecimal,
  s: wireDecimal,
  r: z.boolean(),
  t: z.union([timeInForce, trigger]),
  c: cloid.optional(),
})

const tradingAction = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('order'),
    orders: z.array(orderLeg).min(1),
    grouping: z.enum(['na', 'normalTpsl']),
  }),
  z.strictObject({
    type: z.literal('cancel'),
    cancels: z.array(z.strictObject({ a: asset, o: z.int().min(0) })).min(1),
  }),
  z.strictObject({
    type: z.literal('cancelByCloid'),
    cancels: z.array(z.strictObject({ asset, cloid })).min(1),
  }),
  z.strictObject({
    type: z.literal('updateLeverage'),
    asset,
    isCross: z.boolean(),
    leverage: z.int().min(1),
  }),
  z.strictObject({ type: z.literal('scheduleCancel'), time: z.int().min(0).optional() }),
  z.strictObject({ type: z.literal('noop') }),
])

/** One action of the allow-list, keys in the venue's canonical order. */
export type TradingAction = z.output<typeof tradingAction>
type OrderLeg = z.output<typeof orderLeg>

/** The action again in canonical key order, if every part of it is allowed. @throws CommandRefused */
export function canonicalAction(action: unknown): TradingAction {
  const parsed = tradingAction.safeParse(action)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new CommandRefused(
    `Only trading actions (order, cancel, cancelByCloid, updateLeverage, scheduleCancel, noop) in their plain form are signed; ` +
      `refused at ${issue?.path.join('.') || 'type'}: ${issue?.message ?? 'not an action'}.`,
  )
}

/** The venue's form of a client order id. */
export function cloidOf(clientOrderId: ClientOrderId): string {
  if (!/^[0-9a-f]{32}$/.test(clientOrderId)) {
    throw new CommandRefused(`Expected a client order id of 32 hex digits, saw ${JSON.stringify(clientOrderId)}.`)
  }
  return `0x${clientOrderId}`
}

/** Our form of a venue cloid; null for one we cannot have made. */
export function clientOrderIdOfCloid(text: string | null | undefined): ClientOrderId | null {
  const hex = text?.toLowerCase().replace(/^0x/, '')
  return hex !== undefined && /^[0-9a-f]{32}$/.test(hex) ? (hex as ClientOrderId) : null
}

const TIF: Readonly<Record<TimeInForce, 'Gtc' | 'Ioc' | 'Alo'>> = { gtc: 'Gtc', ioc: 'Ioc', alo: 'Alo' }

/** Builds the order action of a command; an attached stop is a second leg grouped with its parent. @throws CommandRefused */
export function newOrderAction(command: NewOrder, market: Market): TradingAction {
  const { attachedStop } = command
  if (command.trigger !== null && !command.reduceOnly) refuse('a trigger order that is not reduce-only')
  if (attachedStop !== null && (command.reduceOnly || command.trigger !== null)) {
    refuse('an attached stop on an order that is not an entry')
  }
  const parent = orderLegOf(command, market)
  if (attachedStop === null) return canonicalAction({ type: 'order', orders: [parent], grouping: 'na' })
  const child = orderLegOf(
    {
      ...command,
      ...attachedStop,
      side: opposite(command.side),
      reduceOnly: true,
      trigger: { kind: 'stop', triggerPrice: attachedStop.triggerPrice },
    },
    market,
  )
  return canonicalAction({ type: 'order', orders: [parent, child], grouping: 'normalTpsl' })
}

/** Builds the cancel of one order by its client order id. @throws CommandRefused */
export function cancelAction(command: CancelOrder, market: Market): TradingAction {
  return canonicalAction({ type: 'cancelByCloid', cancels: [{ asset: market.asset, cloid: cloidOf(command.target) }] })
}

type Leg = Pick<NewOrder, 'clientOrderId' | 'side' | 'size' | 'limitPrice' | 'timeInForce' | 'reduceOnly' | 'trigger'>

function orderLegOf(leg: Leg, market: Market): OrderLeg {
  return {
    a: market.asset,
    b: leg.side === 'buy',
    p: legalPrice(leg.limitPrice, market),
    s: legalSize(leg.size, market),
    r: leg.reduceOnly,
    t: leg.trigger === null ? { limit: { tif: TIF[leg.timeInForce] } } : triggerOf(leg.trigger, market),
    c: cloidOf(leg.clientOrderId),
  }
}

function triggerOf(order: Trigger, market: Market): OrderLeg['t'] {
  const tpsl = order.kind === 'stop' ? 'sl' : 'tp'
  return { trigger: { isMarket: true, triggerPx: legalPrice(order.triggerPrice, market), tpsl } }
}

function legalPrice(price: DecimalString, market: Market): string {
  const value = decimal(price)
  if (!value.isPositive() || value.isZero()) refuse(`price ${price} of ${market.coin}: it must be positive`)
  if (roundPrice(market.instrument, value, 'down') !== price) {
    refuse(
      `price ${price} of ${market.coin}: at most ${market.instrument.priceDecimals} decimals and ` +
        `${market.instrument.priceSignificant} significant figures are legal`,
    )
  }
  return price
}

function legalSize(size: DecimalString, market: Market): string {
  const value = new Decimal(size)
  if (!value.isPositive() || value.isZero() || !value.mod(market.instrument.lot).isZero()) {
    refuse(`size ${size} of ${market.coin}: it must be a positive multiple of ${market.instrument.lot}`)
  }
  return size
}

function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

function refuse(what: string): never {
  throw new CommandRefused(`Cannot send ${what}.`)
}
