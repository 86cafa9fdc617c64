/** A venue without a network for tests of the engine: a manual clock, one funded account, short words for orders. */
import { createVenue } from '#simulators/bybit/engine/create-venue.ts'
import type { VenueEvent } from '#simulators/bybit/engine/event.ts'
import type { EngineOptions } from '#simulators/bybit/engine/options.ts'
import type { Execution, OrderView, PositionView } from '#simulators/bybit/engine/record.ts'
import type { OrderRequest } from '#simulators/bybit/engine/request.ts'
import type { Venue } from '#simulators/bybit/engine/venue.ts'
import { DrivenClock } from '#simulators/venue/driven-clock.ts'

export const ALICE = 'alice'
export const BOB = 'bob'

/** What a request answered: an acknowledgement or a refusal. */
export interface Outcome {
  readonly retCode?: number
  readonly orderId?: string
  readonly orderLinkId?: string
}

/** A desk of alice's. */
export interface Desk {
  readonly venue: Venue
  readonly events: readonly VenueEvent[]
  /** A market buy of 0.01 BTC unless said otherwise. */
  order(request: Partial<OrderRequest>, account?: string): Outcome
  cancel(orderLinkId: string, symbol?: string): Outcome
  /** Statuses an order went through. */
  statuses(orderLinkId: string): readonly string[]
  find(orderLinkId: string): OrderView
  open(account?: string): readonly OrderView[]
  fills(): readonly Execution[]
  position(symbol?: string): PositionView | undefined
  mark(price: string, symbol?: string): void
  advance(ms: number): void
}

/** A venue where alice and bob hold 10,000 USDT each. */
export function openDesk(options: Omit<EngineOptions, 'clock' | 'seed'> & { readonly seed?: number } = {}): Desk {
  const clock = new DrivenClock({ kind: 'manual' })
  const venue = createVenue({ seed: 1, ...options, clock })
  const events: VenueEvent[] = []
  for (const name of [ALICE, BOB]) {
    venue.operator.createAccount(name)
    venue.operator.deposit(name, '10000')
  }
  venue.subscribe((batch) => events.push(...batch.events))
  const orders = (orderLinkId: string) => venue.oracle.ordersByLinkId(ALICE, orderLinkId)
  return {
    venue,
    events,
    order: (request, account = ALICE) =>
      venue.trading.create(account, { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01', ...request }),
    cancel: (orderLinkId, symbol = 'BTCUSDT') => venue.trading.cancel(ALICE, { symbol, orderLinkId }),
    statuses: (orderLinkId) => orders(orderLinkId).flatMap(({ statuses }) => statuses.map(({ status }) => status)),
    find: (orderLinkId) => {
      const [order] = orders(orderLinkId)
      if (order === undefined) throw new Error(`Expected an order ${orderLinkId}.`)
      return order
    },
    open: (account = ALICE) => venue.oracle.ledger(account).orders.filter(({ working }) => working),
    fills: () => venue.oracle.ledger(ALICE).executions,
    position: (symbol = 'BTCUSDT') => venue.account.positions(ALICE).find((row) => row.symbol === symbol),
    mark: (price, symbol = 'BTCUSDT') => venue.operator.setPrices(symbol, { mark: price }),
    advance: (ms) => {
      clock.advance(ms)
      venue.settle()
    },
  }
}
