/** A broker whose calls are spans of whatever asked for them. What it answers, and throws, is the other one's. */
import type { Broker } from '#brokers/broker.ts'
import type { OrderCommand } from '#domain/order.ts'
import type { LifeTracer, SpanAttributes } from './tracing/life-tracer.ts'

/** Without a tracer it is the broker itself. */
export function observedBroker(broker: Broker, tracer: LifeTracer | null): Broker {
  if (tracer === null) return broker
  const where = { venue: broker.venue, account: broker.account }
  const read = <T>(name: string, ask: () => Promise<T>): Promise<T> => tracer.inside(`venue.${name}`, where, ask)
  const write = <T extends { readonly kind: string }>(
    name: string,
    about: SpanAttributes,
    ask: () => Promise<T>,
  ): Promise<T> =>
    tracer.inside(`venue.${name}`, { ...where, ...about }, async (span) => {
      const outcome = await ask()
      span.setAttributes({ outcome: outcome.kind })
      return outcome
    })
  return {
    venue: broker.venue,
    account: broker.account,
    signer: broker.signer,
    capabilities: broker.capabilities,
    prepare: (command, terms) => broker.prepare(command, terms),
    send: (request, command) => write('send', commandAttributes(command), () => broker.send(request, command)),
    resolve: (request, command, terms) =>
      write('resolve', commandAttributes(command), () => broker.resolve(request, command, terms)),
    fence: (request, now) => write('fence', {}, () => broker.fence(request, now)),
    readAccount: () => read('readAccount', () => broker.readAccount()),
    listOpenOrders: () => read('listOpenOrders', () => broker.listOpenOrders()),
    findOrder: (order) => read('findOrder', () => broker.findOrder(order)),
    listFills: (interval) => read('listFills', () => broker.listFills(interval)),
    listCash: (interval) => read('listCash', () => broker.listCash(interval)),
    statedPnl: (closing, interval) => read('statedPnl', () => broker.statedPnl(closing, interval)),
    readTokenRate: (token) => read('readTokenRate', () => broker.readTokenRate(token)),
    listInstruments: () => read('listInstruments', () => broker.listInstruments()),
    readMarks: () => read('readMarks', () => broker.readMarks()),
    checkCredentials: (now) => read('checkCredentials', () => broker.checkCredentials(now)),
    watch: (listener) => broker.watch(listener),
    budgets: () => broker.budgets?.() ?? [],
    close: () => broker.close(),
  }
}

/** Never the signed bytes. */
function commandAttributes(command: OrderCommand): SpanAttributes {
  if (command.type === 'cancel-order') {
    return { command: command.type, instrument: command.instrument, client_order_id: command.target }
  }
  const { type, instrument, side, clientOrderId, reduceOnly, trigger } = command
  return {
    command: type,
    instrument,
    side,
    client_order_id: clientOrderId,
    reduce_only: reduceOnly,
    ...(trigger !== null && { trigger: trigger.kind }),
  }
}
