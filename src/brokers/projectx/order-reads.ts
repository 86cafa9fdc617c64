/**
 * The venue's records of orders: all that live, one by its id, and those of a time. Tags of orders never change, so whose an order
 * is, once read, is known for good; trades carry no tag and are attributed through it.
 */
import type { BrokerOrder, OrderRef } from '#domain/order.ts'
import type { Urgency } from '#brokers/rate-limit.ts'
import { daySlices } from './day-slices.ts'
import { jsonNumber } from './json.ts'
import type { VenueSession } from './session.ts'
import { type TagOwner, ownerOf } from './tags.ts'
import { LIVE_STATUSES, brokerOrderOf, orderStatusOf } from './translate.ts'
import { type WireOrder, orderPageSchema, orderSchema, ordersSchema } from './wire.ts'

const PAGE_SIZE = 100
/** Without the venue's id an order is looked for this far back, ms: orders live within one trading day. */
const LOOK_BACK_MS = 2 * 86_400_000
/** Up to so many orders are asked for one by one before a whole time is. */
const SINGLY_MAX = 3
const OWNERS_MAX = 50_000
/** Of Order/searchById. */
const ORDER_NOT_FOUND = 2

export class OrderReads {
  readonly #session: VenueSession
  readonly #accountId: string
  readonly #clock: () => number
  readonly #owners = new Map<string, TagOwner>()

  constructor(session: VenueSession, accountId: string, clock: () => number) {
    this.#session = session
    this.#accountId = accountId
    this.#clock = clock
  }

  /** Orders that can still trade or wake up; Order/searchOpen leaves sleeping children out. @throws BrokerUnavailable */
  async live(urgency: Urgency = 'normal'): Promise<WireOrder[]> {
    const filter = { accountId: jsonNumber(this.#accountId), statuses: LIVE_STATUSES }
    const rows = new Map<string, WireOrder>()
    for (let pageOffset = 0; ; pageOffset += PAGE_SIZE) {
      const page = { pageSize: PAGE_SIZE, pageOffset, sortBy: 1, sortDirection: 0, includeTotalCount: true }
      const { data } = await this.#session.read('/api/Order/v2/query', { filter, ...page }, orderPageSchema, urgency)
      for (const row of this.#noted(data.orders)) rows.set(row.id, row)
      if (data.orders.length === 0 || rows.size >= (data.totalCount ?? Number.POSITIVE_INFINITY)) break
    }
    // What ended between two pages is no longer live.
    return [...rows.values()].filter(({ status }) => LIVE_STATUSES.includes(status))
  }

  /** One order; null is one "not found", which proves nothing (A22). @throws BrokerUnavailable */
  async byId(orderId: string, urgency: Urgency = 'normal'): Promise<WireOrder | null> {
    const body = { accountId: jsonNumber(this.#accountId), orderId: jsonNumber(orderId) }
    const terms = { schema: orderSchema, notFound: ORDER_NOT_FOUND, urgency }
    const order = (await this.#session.find('/api/Order/searchById', body, terms))?.data.order
    return this.#noted(order == null ? [] : [order])[0] ?? null
  }

  /** Orders made since an instant (ms), whatever became of them. @throws BrokerUnavailable */
  async since(from: number, urgency: Urgency = 'normal'): Promise<WireOrder[]> {
    const rows = new Map<string, WireOrder>()
    for (const slice of daySlices(from, this.#clock())) {
      const body = { accountId: jsonNumber(this.#accountId), ...slice }
      const { data } = await this.#session.read('/api/Order/search', body, ordersSchema, urgency)
      for (const row of this.#noted(data.orders)) rows.set(row.id, row)
    }
    return [...rows.values()]
  }

  /** Everything that carries the id or is its child, refused attempts included, made since an instant (ms) or live. @throws BrokerUnavailable */
  async ofId(id: string, from: number, urgency: Urgency = 'normal'): Promise<WireOrder[]> {
    const rows = [...(await this.since(from, urgency)), ...(await this.live(urgency))]
    const own = rows.filter(({ customTag }) => {
      const { clientOrderId, attachedTo } = ownerOf(customTag)
      return clientOrderId === id || attachedTo === id
    })
    return [...new Map(own.map((row) => [row.id, row])).values()]
  }

  /** The venue's record of one order of ours under the name it has in our book. @throws BrokerUnavailable */
  async find({ clientOrderId, attachedTo, venueOrderId }: OrderRef): Promise<BrokerOrder | null> {
    const rows =
      venueOrderId === null
        ? await this.ofId(attachedTo ?? clientOrderId, this.#clock() - LOOK_BACK_MS)
        : [await this.byId(venueOrderId)].filter((row) => row !== null)
    const own = rows.filter(({ customTag }) => {
      const owner = ownerOf(customTag)
      if (attachedTo !== null) return owner.attachedTo === attachedTo && customTag?.endsWith('-SL') === true
      return owner.clientOrderId === clientOrderId
    })
    const found = own.find(({ status }) => orderStatusOf(status)[1] !== 'rejected') ?? own[0]
    return found === undefined ? null : { ...brokerOrderOf(found), clientOrderId }
  }

  /**
   * Whose the orders are; those the venue shows no record of are missing in the answer. `from`: ms at which the oldest may have been
   * made. @throws BrokerUnavailable
   */
  async owners(
    orderIds: Iterable<string>,
    from: number,
    urgency: Urgency = 'normal',
  ): Promise<ReadonlyMap<string, TagOwner>> {
    const wanted = [...new Set(orderIds)]
    const unknown = (): string[] => wanted.filter((id) => !this.#owners.has(id))
    if (unknown().length > SINGLY_MAX) await this.since(from, urgency)
    for (const id of unknown()) await this.byId(id, urgency)
    return new Map(
      wanted.flatMap((id) => {
        const owner = this.#owners.get(id)
        return owner === undefined ? [] : [[id, owner] as const]
      }),
    )
  }

  #noted(rows: readonly WireOrder[]): readonly WireOrder[] {
    if (this.#owners.size > OWNERS_MAX) this.#owners.clear()
    for (const row of rows) this.#owners.set(row.id, ownerOf(row.customTag))
    return rows
  }
}
