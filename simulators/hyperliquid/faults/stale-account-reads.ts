/**
 * Reads of an account as it was a while ago. Orders and fills carry their times, so their past follows from the
 * venue's ledger; balances and positions do not, so they are recorded from the moment the first stale rule is armed.
 */
import { Decimal, toDecimalString } from '#domain/decimal.ts'
import type { Address, Cloid } from '#simulators/hyperliquid/engine/action.ts'
import type { OrderHistory } from '#simulators/hyperliquid/engine/ledger-oracle.ts'
import type {
  ClearinghouseView,
  Fill,
  OrderState,
  OrderStatus,
  OrderView,
} from '#simulators/hyperliquid/engine/record.ts'
import type { AccountReads, Venue } from '#simulators/hyperliquid/engine/venue.ts'

const LIVE: ReadonlySet<OrderStatus> = new Set(['open', 'triggered'])

/** Keeps what balances looked like, per account and time. */
export class StaleAccountReads {
  readonly #venue: Venue
  readonly #states = new Map<Address, { readonly time: number; readonly view: ClearinghouseView }[]>()
  #stop: (() => void) | undefined

  constructor(venue: Venue) {
    this.#venue = venue
  }

  /** Starts recording; called when a stale rule is armed. */
  arm(): void {
    if (this.#stop !== undefined) return
    for (const user of this.#venue.oracle.accounts()) this.#record(user)
    this.#stop = this.#venue.subscribe((batch) => {
      for (const event of batch.events) if (event.type === 'account') this.#record(event.user)
    })
  }

  /** Stops recording. */
  close(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  /** The account reads as of `ms` before now. */
  asOf(ms: number): AccountReads {
    const cutoff = this.#venue.now() - ms
    const live = this.#venue.account
    const venue = this.#venue
    return {
      ...bound(live),
      clearinghouse: (user) => this.#clearinghouse(user, cutoff),
      openOrders: (user) =>
        ordersAsOf(venue, user, cutoff)
          .filter(({ status }) => LIVE.has(status))
          .map(({ order }) => order),
      orderStatus: (user, id) => ordersAsOf(venue, user, cutoff).find(({ order }) => isOrder(order, id)),
      historicalOrders: (user) => ordersAsOf(venue, user, cutoff),
      fills: (user) => live.fills(user).filter(({ time }) => time <= cutoff),
      fillsByTime: (user, range) => live.fillsByTime(user, range).filter(({ time }) => time <= cutoff),
      funding: (user, range) => live.funding(user, range).filter(({ time }) => time <= cutoff),
      ledgerUpdates: (user, range) => live.ledgerUpdates(user, range).filter(({ time }) => time <= cutoff),
    }
  }

  #clearinghouse(user: Address, cutoff: number): ClearinghouseView {
    const states = this.#states.get(user) ?? []
    const past = states.findLast(({ time }) => time <= cutoff) ?? states[0]
    return past?.view ?? this.#venue.account.clearinghouse(user)
  }

  #record(user: Address): void {
    const states = this.#states.get(user) ?? []
    states.push({ time: this.#venue.now(), view: this.#venue.account.clearinghouse(user) })
    this.#states.set(user, states)
  }
}

function bound(live: AccountReads): AccountReads {
  return {
    role: (user) => live.role(user),
    agents: (master) => live.agents(master),
    abstraction: (user) => live.abstraction(user),
    subAccounts: (master) => live.subAccounts(master),
    maxBuilderFee: (user, builder) => live.maxBuilderFee(user, builder),
    clearinghouse: (user) => live.clearinghouse(user),
    spotUsdc: (user) => live.spotUsdc(user),
    leverage: (user, coin) => live.leverage(user, coin),
    openOrders: (user) => live.openOrders(user),
    orderStatus: (user, id) => live.orderStatus(user, id),
    historicalOrders: (user) => live.historicalOrders(user),
    fills: (user) => live.fills(user),
    fillsByTime: (user, range) => live.fillsByTime(user, range),
    funding: (user, range) => live.funding(user, range),
    ledgerUpdates: (user, range) => live.ledgerUpdates(user, range),
    volume: (user) => live.volume(user),
  }
}

function isOrder(order: OrderView, id: number | Cloid): boolean {
  return typeof id === 'number' ? order.oid === id : order.cloid === id
}

/** Orders that existed at the cutoff, newest first, with the status and remaining size they had. */
function ordersAsOf(venue: Venue, user: Address, cutoff: number): readonly OrderState[] {
  const { orders, fills } = venue.oracle.ledger(user)
  return orders
    .map((history) => stateAsOf(history, fills, cutoff))
    .filter((state) => state !== undefined)
    .toSorted((a, b) => b.order.timestamp - a.order.timestamp || b.order.oid - a.order.oid)
}

function stateAsOf(history: OrderHistory, fills: readonly Fill[], cutoff: number): OrderState | undefined {
  const last = history.statuses.findLast(({ time }) => time <= cutoff)
  if (last === undefined) return undefined
  const filled = fills
    .filter((fill) => fill.oid === history.order.oid && fill.time <= cutoff)
    .reduce((sum, fill) => sum.plus(fill.sz), new Decimal(0))
  const sz = toDecimalString(new Decimal(history.order.origSz).minus(filled))
  return { order: { ...history.order, sz }, status: last.status, statusTimestamp: last.time }
}
