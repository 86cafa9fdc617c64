/** A command as the venue's own request: path and exact body. What does not fit the instrument's grid is refused, never rounded. */
import { type DecimalString, decimal } from '#domain/decimal.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { CancelOrder, NewOrder, OrderCommand, Side, TimeInForce } from '#domain/order.ts'
import { CommandRefused } from '#brokers/errors.ts'
import type { OrderPath } from './signature.ts'

const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = { gtc: 'GTC', ioc: 'IOC', alo: 'PostOnly' }
const SIDE: Readonly<Record<Side, string>> = { buy: 'Buy', sell: 'Sell' }
/** The price rises to it, or falls to it. */
const RISES = 1
const FALLS = 2

/** Where a command goes. */
export function pathOf(command: OrderCommand): OrderPath {
  return command.type === 'new-order' ? '/v5/order/create' : '/v5/order/cancel'
}

/** The exact body of a command. @throws CommandRefused */
export function bodyOf(command: OrderCommand, instrument: Instrument): string {
  return JSON.stringify(
    command.type === 'new-order' ? creation(command, instrument) : cancellation(command, instrument),
  )
}

function creation(command: NewOrder, instrument: Instrument): object {
  requireGrid(command, instrument)
  requireKind(command)
  const common = {
    category: 'linear',
    symbol: instrument.venueSymbol,
    side: SIDE[command.side],
    qty: command.size,
    positionIdx: 0,
    orderLinkId: command.clientOrderId,
    reduceOnly: command.reduceOnly,
  }
  if (command.trigger !== null) {
    return {
      ...common,
      orderType: 'Market',
      timeInForce: 'IOC',
      triggerPrice: command.trigger.triggerPrice,
      triggerDirection: directionOf(command),
      // By the mark, not the last price: equity, liquidation and our own stops go by it, and one trade cannot push it.
      triggerBy: 'MarkPrice',
      closeOnTrigger: true,
    }
  }
  // An exit must get out: the venue refuses a limit price beyond its band around the mark (30208, 30209), and each leg slips further.
  if (command.reduceOnly && command.timeInForce === 'ioc') return { ...common, orderType: 'Market', timeInForce: 'IOC' }
  return {
    ...common,
    orderType: 'Limit',
    price: command.limitPrice,
    timeInForce: TIME_IN_FORCE[command.timeInForce],
    // The whole position, whatever part of the entry fills; it stands from the first fill on.
    ...(command.attachedStop !== null && {
      stopLoss: command.attachedStop.triggerPrice,
      slTriggerBy: 'MarkPrice',
      tpslMode: 'Full',
    }),
  }
}

/** A stop sells when the price falls and buys when it rises; a target the other way round. */
function directionOf({ trigger, side }: NewOrder): number {
  return (trigger?.kind === 'stop') === (side === 'sell') ? FALLS : RISES
}

function cancellation(command: CancelOrder, instrument: Instrument): object {
  const { target, targetVenueOrderId: orderId } = command
  const common = { category: 'linear', symbol: instrument.venueSymbol }
  // Exactly one of both: the venue gives the order id precedence and means two orders otherwise.
  return orderId === null ? { ...common, orderLinkId: target } : { ...common, orderId }
}

function requireKind({ trigger, attachedStop, reduceOnly }: NewOrder): void {
  if (trigger !== null && !reduceOnly) throw new CommandRefused('Cannot send a trigger order that is not reduce-only.')
  if (attachedStop !== null && (reduceOnly || trigger !== null)) {
    throw new CommandRefused('Cannot send an attached stop on an order that is not an entry.')
  }
}

function requireGrid(command: NewOrder, instrument: Instrument): void {
  const { size, limitPrice, trigger, attachedStop, reduceOnly } = command
  requireStep('size', size, instrument.lot)
  // What reduces the venue splits by itself.
  if (!reduceOnly && instrument.maxSize !== null && decimal(size).gt(instrument.maxSize)) {
    throw new CommandRefused(`Expected a size of ${instrument.instrument} up to ${instrument.maxSize}, saw ${size}.`)
  }
  const tick = instrument.tick
  if (tick === null) throw new CommandRefused(`Expected a price step of ${instrument.instrument}, saw none.`)
  requireStep('limit price', limitPrice, tick)
  if (trigger !== null) requireStep('trigger price', trigger.triggerPrice, tick)
  if (attachedStop !== null) requireStep('stop price', attachedStop.triggerPrice, tick)
}

function requireStep(what: string, value: DecimalString, step: DecimalString): void {
  const number = decimal(value)
  if (number.gt(0) && number.mod(step).isZero()) return
  throw new CommandRefused(`Expected a positive ${what} in steps of ${step}, saw ${value}.`)
}
