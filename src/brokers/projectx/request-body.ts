/**
 * Commands as bodies of Order/place and Order/cancel (reference C4): enums as integers, the side always said (an omitted one buys),
 * prices as exact numbers. What the venue cannot express is refused here, before anything is sent (invariant 5).
 */
import { type DecimalString, decimal } from '#domain/decimal.ts'
import { type Instrument, roundPrice } from '#domain/instrument.ts'
import type { AttachedStop, CancelOrder, NewOrder } from '#domain/order.ts'
import { CommandRefused } from '#brokers/errors.ts'
import type { Contract } from './contracts.ts'
import { jsonNumber } from './json.ts'
import { tagOf } from './tags.ts'

/** Order types of the venue, as far as we place or know them. */
export const ORDER_TYPE = { limit: 1, market: 2, stopLimit: 3, stop: 4, trailingStop: 5 } as const
const SIDE = { buy: 0, sell: 1 } as const

/** The body of a new order of an account, under the tag of its first attempt. @throws CommandRefused */
export function placeBody(command: NewOrder, contract: Contract, accountId: string): string {
  const { instrument } = contract
  requireSize(command.size, instrument)
  requirePrice(command.limitPrice, instrument)
  const { trigger, attachedStop, clientOrderId } = command
  if (!/^[0-9a-f]{32}$/.test(clientOrderId)) {
    refuse(`the client order id ${JSON.stringify(clientOrderId)}: 32 hex digits are expected`)
  }
  if (attachedStop !== null && (trigger !== null || command.reduceOnly)) {
    refuse('an attached stop on an order that is not an entry')
  }
  return JSON.stringify({
    accountId: jsonNumber(accountId),
    contractId: contract.contractId,
    ...termsOf(command, instrument),
    side: SIDE[command.side],
    size: jsonNumber(command.size),
    trailPrice: null,
    customTag: tagOf(clientOrderId, 0),
    stopLossBracket: attachedStop === null ? null : bracketOf(attachedStop, command, instrument),
    takeProfitBracket: null,
  })
}

/** The body of a cancel. @throws CommandRefused without the venue's id of the target */
export function cancelBody(command: CancelOrder, accountId: string): string {
  const { targetVenueOrderId } = command
  if (targetVenueOrderId === null || !/^\d+$/.test(targetVenueOrderId)) {
    return refuse(`a cancel of ${command.target}: ProjectX cancels by its own order id, which is not known yet`)
  }
  return cancelOfId(targetVenueOrderId, accountId)
}

/** The body of a cancel by the venue's id. */
export function cancelOfId(orderId: string, accountId: string): string {
  return JSON.stringify({ accountId: jsonNumber(accountId), orderId: jsonNumber(orderId) })
}

/**
 * A body that can only be refused and whose refusal uses up the tag: one contract, far from any market, with a stop on the wrong
 * side. It is refused where brackets are allowed (sign) and where they are not (mode).
 */
export function tagBurningBody(original: {
  readonly accountId: string
  readonly contractId: string
  readonly customTag: string
}): string {
  return JSON.stringify({
    accountId: jsonNumber(original.accountId),
    contractId: original.contractId,
    type: ORDER_TYPE.limit,
    limitPrice: 1,
    stopPrice: null,
    side: SIDE.buy,
    size: 1,
    trailPrice: null,
    customTag: original.customTag,
    stopLossBracket: { ticks: 10, type: ORDER_TYPE.stop },
    takeProfitBracket: null,
  })
}

function termsOf(command: NewOrder, instrument: Instrument): object {
  const { trigger, timeInForce, limitPrice } = command
  if (trigger !== null) {
    // Nothing marks an order as reducing here; only one that is meant to reduce may wait for a trigger.
    if (!command.reduceOnly) refuse('a trigger order that does not protect a position')
    if (trigger.kind !== 'stop') refuse('a take-profit trigger')
    requirePrice(trigger.triggerPrice, instrument)
    return { type: ORDER_TYPE.stop, limitPrice: null, stopPrice: jsonNumber(trigger.triggerPrice) }
  }
  switch (timeInForce) {
    case 'ioc':
      return { type: ORDER_TYPE.market, limitPrice: null, stopPrice: null }
    case 'gtc':
      return { type: ORDER_TYPE.limit, limitPrice: jsonNumber(limitPrice), stopPrice: null }
    case 'alo':
      return refuse('a post-only order')
  }
}

/** The stop as whole ticks from the fill, never farther than asked for. A long one's are negative. */
function bracketOf(stop: AttachedStop, { side }: NewOrder, instrument: Instrument): object {
  requirePrice(stop.triggerPrice, instrument)
  const distance = decimal(stop.entryReference).minus(stop.triggerPrice)
  const ahead = side === 'buy' ? distance : distance.negated()
  const ticks = ahead.div(tickOf(instrument)).floor().toNumber()
  if (ticks < 1) {
    refuse(
      `a stop at ${stop.triggerPrice} for a ${side} at ${stop.entryReference}: at least one tick on the losing side`,
    )
  }
  return { ticks: side === 'buy' ? -ticks : ticks, type: ORDER_TYPE.stop }
}

function requirePrice(price: DecimalString, instrument: Instrument): void {
  const value = decimal(price)
  if (!value.isPositive() || value.isZero()) refuse(`price ${price} of ${instrument.instrument}: it must be positive`)
  if (roundPrice(instrument, value, 'down') !== price) {
    refuse(`price ${price} of ${instrument.instrument}: it must be a multiple of ${instrument.tick}`)
  }
}

function requireSize(size: DecimalString, instrument: Instrument): void {
  const value = decimal(size)
  if (!value.isPositive() || value.isZero() || !value.mod(instrument.lot).isZero()) {
    refuse(`size ${size} of ${instrument.instrument}: it must be a positive multiple of ${instrument.lot}`)
  }
}

function tickOf({ instrument, tick }: Instrument): DecimalString {
  return tick ?? refuse(`a stop distance of ${instrument}, which has no tick`)
}

function refuse(what: string): never {
  throw new CommandRefused(`Cannot send ${what}.`)
}
