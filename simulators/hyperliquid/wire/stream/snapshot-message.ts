/** First messages of list subscriptions. orderUpdates, userEvents, trades and notification start silent (reference section 5). */
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import { fillRow } from '#simulators/hyperliquid/wire/render/fill.ts'
import { fundingEvent, ledgerRow } from '#simulators/hyperliquid/wire/render/ledger.ts'
import { historicalOrder } from '#simulators/hyperliquid/wire/render/order.ts'
import type { StreamMessage } from './message.ts'
import type { Subscription } from './subscription.ts'

const ALL = { startTime: 0 }

/** The list a new subscription begins with, or undefined for none. */
export function snapshotMessage(subscription: Subscription, venue: Venue): StreamMessage | undefined {
  const { account } = venue
  const user = subscription.user ?? ''
  const snapshot = (rows: object): StreamMessage => ({
    channel: subscription.type,
    data: { isSnapshot: true, user, ...rows },
  })
  switch (subscription.type) {
    case 'userFills':
      return snapshot({ fills: account.fills(user).map(fillRow) })
    case 'userFundings':
      return snapshot({ fundings: account.funding(user, ALL).map(fundingEvent) })
    case 'userNonFundingLedgerUpdates':
      return snapshot({ nonFundingLedgerUpdates: account.ledgerUpdates(user, ALL).map(ledgerRow) })
    case 'userHistoricalOrders':
      return snapshot({ orderHistory: account.historicalOrders(user).map(historicalOrder) })
    case 'userTwapSliceFills':
      return snapshot({ twapSliceFills: [] })
    case 'userTwapHistory':
      return snapshot({ history: [] })
    default:
      return undefined
  }
}
