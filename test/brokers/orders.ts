/** Commands and rows that the adapter's tests share. */
import { decimalString } from '#domain/decimal.ts'
import { type ClientOrderId, clientOrderIdOf, type PositionId } from '#domain/ids.ts'
import type { BrokerOrder, CancelOrder, NewOrder, OrderRef } from '#domain/order.ts'

/** A client order id that differs by `name`. */
export function idOf(name: string): ClientOrderId {
  return clientOrderIdOf(`pos-${name}` as PositionId, 'entry', 0)
}

/** An aggressive entry of 0.01 BTC. */
export function entryOf(name: string, change: Partial<NewOrder> = {}): NewOrder {
  return {
    type: 'new-order',
    clientOrderId: idOf(name),
    instrument: 'BTC-PERP',
    side: 'buy',
    size: decimalString('0.01'),
    limitPrice: decimalString('100000'),
    timeInForce: 'ioc',
    reduceOnly: false,
    trigger: null,
    attachedStop: null,
    ...change,
  }
}

/** The same with a stop in its own request. */
export function protectedEntryOf(name: string, change: Partial<NewOrder> = {}): NewOrder {
  const attachedStop = {
    clientOrderId: idOf(`${name}-stop`),
    triggerPrice: decimalString('90000'),
    limitPrice: decimalString('81000'),
    entryReference: decimalString('100000'),
  }
  return entryOf(name, { attachedStop, ...change })
}

/** A cancel of the entry of that name. */
export function cancelOf(name: string): CancelOrder {
  return { type: 'cancel-order', instrument: 'BTC-PERP', target: idOf(name), targetVenueOrderId: null }
}

/** Names the entry of that name to a venue. */
export function refOf(name: string, instrument = 'BTC-PERP'): OrderRef {
  return { clientOrderId: idOf(name), instrument, venueOrderId: null, attachedTo: null }
}

/** The venue's record of the entry of that name. */
export function recordOf(name: string, change: Partial<BrokerOrder> = {}): BrokerOrder {
  return {
    clientOrderId: idOf(name),
    venueOrderId: '77',
    instrument: 'BTC-PERP',
    side: 'buy',
    originalSize: decimalString('0.01'),
    leavesSize: decimalString('0'),
    limitPrice: decimalString('100000'),
    reduceOnly: false,
    trigger: null,
    status: 'filled',
    venueStatus: 'filled',
    placedAt: 1_000,
    statusAt: 1_001,
    ...change,
  }
}
