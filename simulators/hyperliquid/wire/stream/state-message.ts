/** Messages that carry a state rather than an event: sent on subscription and, at most every half second, when it changed. */
import { bestBidAsk, allMids, assetContext, l2Book } from '#simulators/hyperliquid/wire/render/market.ts'
import { frontendOrder } from '#simulators/hyperliquid/wire/render/order.ts'
import { wireNumber } from '#simulators/hyperliquid/wire/render/number.ts'
import { activeAssetData, perpState, spotBalances } from '#simulators/hyperliquid/wire/info/balance-info.ts'
import { aggregateBook } from '#simulators/hyperliquid/wire/info/book-aggregation.ts'
import { candles } from '#simulators/hyperliquid/wire/info/candle-info.ts'
import { webData2 } from '#simulators/hyperliquid/wire/info/web-data-info.ts'
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import type { StreamMessage } from './message.ts'
import type { Subscription } from './subscription.ts'

/** The state message of a subscription, or undefined when its type has none or nothing is known yet. */
export function stateMessage(subscription: Subscription, venue: Venue): StreamMessage | undefined {
  const data = subscription.user === undefined ? marketState(subscription, venue) : accountState(subscription, venue)
  return data === undefined ? undefined : { channel: subscription.type, data }
}

function marketState(subscription: Subscription, venue: Venue): unknown {
  const coin = subscription.coin ?? ''
  switch (subscription.type) {
    case 'allMids':
      return { mids: allMids(venue.market), ...(subscription.dex === '' ? {} : { dex: subscription.dex }) }
    case 'l2Book':
    case 'bbo':
      return bookState(subscription, venue)
    case 'activeAssetCtx': {
      const context = venue.market.context(coin)
      return context === undefined ? undefined : { coin, ctx: assetContext(context, venue.market.book(coin, 1)) }
    }
    case 'candle': {
      const now = venue.now()
      return candles(venue, coin, subscription.interval ?? '1m', now, now).at(-1)
    }
    default:
      return undefined
  }
}

function bookState({ type, coin, nSigFigs, mantissa }: Subscription, venue: Venue): unknown {
  const book = venue.market.book(coin ?? '')
  if (book === undefined) return undefined
  if (type === 'bbo') return bestBidAsk(book)
  return l2Book(nSigFigs === undefined ? book : aggregateBook(book, nSigFigs, mantissa ?? 1))
}

function accountState(subscription: Subscription, venue: Venue): unknown {
  const { account } = venue
  const user = subscription.user ?? ''
  switch (subscription.type) {
    case 'clearinghouseState':
      return { dex: subscription.dex, user, clearinghouseState: perpState(account, user) }
    case 'openOrders':
      return { dex: subscription.dex, user, orders: account.openOrders(user).map(frontendOrder) }
    case 'spotState':
      return { user, spotState: spotBalances(account, user) }
    case 'twapStates':
      return { dex: subscription.dex, user, states: [] }
    case 'activeAssetData': {
      const coin = subscription.coin ?? ''
      return activeAssetData(account, venue.market.context(coin)?.markPx, { user, coin })
    }
    case 'webData2':
      return webData2({ account, venue }, user)
    case 'webData3':
      return webData3(venue, user)
    default:
      return undefined
  }
}

function webData3(venue: Venue, user: string): object {
  const { account } = venue
  const agent = account.agents(user).find(({ name }) => name === null)
  const abstraction = account.abstraction(user)
  return {
    userState: {
      agentAddress: agent?.address ?? null,
      agentValidUntil: agent?.validUntil ?? null,
      cumLedger: wireNumber(venue.oracle.ledger(user).equity.transfers),
      serverTime: venue.now(),
      isVault: account.role(user).role === 'vault',
      user,
      ...(abstraction === 'default' ? {} : { abstraction }),
    },
    perpDexStates: [{ totalVaultEquity: '0.0' }],
  }
}
