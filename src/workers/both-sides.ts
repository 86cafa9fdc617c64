/** Book and broker of one account beside each other, for the sweep and for whoever only asks what a sweep would find. It writes nothing. */
import type { Book } from '#book/book.ts'
import type { AccountSnapshot } from '#brokers/broker.ts'
import { compareBookAndBroker, sideBySide, unjudged } from '#domain/comparison.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import type { BrokerOrder } from '#domain/order.ts'
import type { Compared, Finding } from '#domain/records.ts'

/** What one look came to. */
export interface BothSides {
  readonly findings: readonly Finding[]
  readonly unjudged: readonly InstrumentId[]
  readonly compared: readonly Compared[]
  /** Where a position stands that an operator ignores. */
  readonly ignored: readonly InstrumentId[]
}

/** The book as it can be asked; nothing here can change it. */
export type BookReads = Pick<Book, 'load' | 'loadMany' | 'list'>

/** What the broker said, read before the book is. */
interface BrokerSaid {
  readonly snapshot: Pick<AccountSnapshot, 'positions'>
  readonly openOrders: readonly BrokerOrder[]
}

/** @throws BookUnavailable */
export async function compareNow(account: AccountId, said: BrokerSaid, book: BookReads): Promise<BothSides> {
  const { snapshot, openOrders } = said
  const [stored, orders, kept] = await Promise.all([
    book.list('positions', { where: { account, open: true } }),
    ownedBy(account, openOrders, book),
    book.load('accounts', account),
  ])
  const positions = stored.map(({ row }) => row)
  // A stop that rode with an entry rests at the venue before the entry's outcome, and with it the stop's row, is in the book.
  const planned = new Set(positions.flatMap((row) => row.orders.map((order) => order.clientOrderId)))
  const held = new Map(snapshot.positions.map((position) => [position.instrument, position.size]))
  const both = { positions, held, ignored: kept?.row.ignored }
  const findings = compareBookAndBroker({
    ...both,
    openOrders,
    isOurs: (order) =>
      orders.has(order.venueOrderId) || (order.clientOrderId !== null && planned.has(order.clientOrderId)),
  })
  const ignored = Object.keys(kept?.row.ignored ?? {}).filter((instrument) => held.has(instrument))
  return { findings, unjudged: unjudged(both), compared: sideBySide(both), ignored }
}

/** Venue order ids of working orders that an intent or order of the book made. */
async function ownedBy(
  account: AccountId,
  openOrders: readonly BrokerOrder[],
  book: BookReads,
): Promise<ReadonlySet<string>> {
  const named = openOrders.flatMap((order) =>
    order.clientOrderId === null ? [] : [{ id: order.clientOrderId, venue: order.venueOrderId }],
  )
  const [orders, intents] = await Promise.all([
    book.loadMany(
      'orders',
      named.map((order) => order.id),
    ),
    book.loadMany(
      'intents',
      named.map((order) => order.id),
    ),
  ])
  return new Set(
    named.flatMap((order, index) => ((orders[index] ?? intents[index])?.row.account === account ? [order.venue] : [])),
  )
}
