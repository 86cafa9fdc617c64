/** From one atomic step of the venue to the messages its subscribers get, in order. */
import type { VenueEvent, VenueEventBatch } from '#simulators/hyperliquid/engine/event.ts'
import { fillRow, tradeRow } from '#simulators/hyperliquid/wire/render/fill.ts'
import { fundingEvent, ledgerRow } from '#simulators/hyperliquid/wire/render/ledger.ts'
import { historicalOrder, orderUpdate } from '#simulators/hyperliquid/wire/render/order.ts'
import { wireNumber } from '#simulators/hyperliquid/wire/render/number.ts'
import type { StreamMessage } from './message.ts'
import type { Subscription } from './subscription.ts'

type EventOf<Type extends VenueEvent['type']> = Extract<VenueEvent, { readonly type: Type }>

/** The messages a step makes for a subscription; none when it does not concern it. */
export function eventMessages(subscription: Subscription, batch: VenueEventBatch): readonly StreamMessage[] {
  const { user } = subscription
  if (user === undefined) return subscription.type === 'trades' ? trades(subscription, batch) : []
  switch (subscription.type) {
    case 'orderUpdates':
      return list(ofUser(batch, 'orderUpdate', user), (events) => ({
        channel: 'orderUpdates',
        data: events.map(({ state }) => orderUpdate(state)),
        cloids: events.flatMap(({ state }) => state.order.cloid ?? []),
      }))
    case 'userFills':
      return list(ofUser(batch, 'fill', user), (events) => ({
        channel: 'userFills',
        data: { user, fills: events.map(({ fill }) => fillRow(fill)) },
        cloids: events.flatMap(({ fill }) => fill.cloid ?? []),
      }))
    case 'userHistoricalOrders':
      return list(ofUser(batch, 'orderUpdate', user), (events) => ({
        channel: 'userHistoricalOrders',
        data: { user, orderHistory: events.map(({ state }) => historicalOrder(state)) },
      }))
    case 'userFundings':
      return list(ofUser(batch, 'funding', user), (events) => ({
        channel: 'userFundings',
        data: { user, fundings: events.map(({ payment }) => fundingEvent(payment)) },
      }))
    case 'userNonFundingLedgerUpdates':
      return list(ofUser(batch, 'ledgerUpdate', user), (events) => ({
        channel: 'userNonFundingLedgerUpdates',
        data: { user, nonFundingLedgerUpdates: events.map(({ update }) => ledgerRow(update)) },
      }))
    case 'userEvents':
      return userEvents(user, batch)
    default:
      return []
  }
}

/** userEvents: one message per kind; none of them names the user. */
function userEvents(user: string, batch: VenueEventBatch): readonly StreamMessage[] {
  return [
    ...list(ofUser(batch, 'fill', user), (events) => ({
      channel: 'user',
      data: { fills: events.map(({ fill }) => fillRow(fill)) },
      cloids: events.flatMap(({ fill }) => fill.cloid ?? []),
    })),
    ...ofUser(batch, 'funding', user).map(({ payment }) => ({
      channel: 'user',
      data: { funding: fundingEvent(payment) },
    })),
    ...ofUser(batch, 'liquidation', user).map(({ notice }) => ({
      channel: 'user',
      data: {
        liquidation: {
          ...notice,
          liquidated_ntl_pos: wireNumber(notice.liquidated_ntl_pos),
          liquidated_account_value: wireNumber(notice.liquidated_account_value),
        },
      },
    })),
    ...list(ofUser(batch, 'nonUserCancel', user), (events) => ({
      channel: 'user',
      data: { nonUserCancel: events.map(({ coin, oid }) => ({ coin, oid })) },
    })),
  ]
}

function trades(subscription: Subscription, batch: VenueEventBatch): readonly StreamMessage[] {
  const events = batch.events.filter(
    (event): event is EventOf<'trade'> => event.type === 'trade' && event.trade.coin === subscription.coin,
  )
  return list(events, () => ({ channel: 'trades', data: events.map(({ trade }) => tradeRow(trade)) }))
}

function ofUser<Type extends 'orderUpdate' | 'fill' | 'funding' | 'ledgerUpdate' | 'liquidation' | 'nonUserCancel'>(
  batch: VenueEventBatch,
  type: Type,
  user: string,
): readonly EventOf<Type>[] {
  return batch.events.filter((event): event is EventOf<Type> => event.type === type && event.user === user)
}

function list<Event>(events: readonly Event[], message: (events: readonly Event[]) => StreamMessage): StreamMessage[] {
  return events.length === 0 ? [] : [message(events)]
}

/** Whether a step may have changed the state that a subscription watches. */
export function changesState(subscription: Subscription, batch: VenueEventBatch): boolean {
  const { user, coin, type } = subscription
  return batch.events.some((event) => {
    if (user !== undefined) return event.type === 'account' && event.user === user
    if (type === 'allMids') return event.type === 'market'
    if (event.type === 'book') return event.coin === coin && (type === 'l2Book' || type === 'bbo')
    return event.type === 'market' && event.coin === coin && (type === 'activeAssetCtx' || type === 'candle')
  })
}
