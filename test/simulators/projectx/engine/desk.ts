/** An engine under a driven clock with one trader: the short hand in which engine tests are written. */
import { Decimal } from '#domain/decimal.ts'
import { createVenue } from '#simulators/projectx/engine/create-venue.ts'
import type { VenueEvent } from '#simulators/projectx/engine/event.ts'
import type { EngineOptions } from '#simulators/projectx/engine/options.ts'
import type { OrderRow, TradeRow } from '#simulators/projectx/engine/record.ts'
import type { BracketRequest, PlaceVerdict } from '#simulators/projectx/engine/request.ts'
import type { Venue } from '#simulators/projectx/engine/venue.ts'

/** Tuesday 2026-01-06, 9:00 in Chicago. */
export const START = Date.UTC(2026, 0, 6, 15)
export const NQ = 'CON.F.US.ENQ.H26'
export const ES = 'CON.F.US.EP.H26'
export const USER = 'trader'

/** What a test says of an order; the rest is a market buy of one NQ. */
export interface OrderWords {
  readonly accountId?: number
  readonly contractId?: string
  readonly type?: number
  readonly side?: number
  readonly size?: number
  readonly limitPrice?: string
  readonly stopPrice?: string
  readonly trailPrice?: string
  readonly customTag?: string
  readonly stopLossBracket?: BracketRequest
  readonly takeProfitBracket?: BracketRequest
}

export interface Desk {
  readonly venue: Venue
  readonly account: number
  readonly events: VenueEvent[]
  /** Sets the clock, ms. */
  at(time: number): void
  place(words?: OrderWords): PlaceVerdict
  /** Id of an order that must have been accepted. */
  placed(words?: OrderWords): number
  order(id: number): OrderRow
  /** Oldest first. */
  trades(accountId?: number): readonly TradeRow[]
  /** Signed contracts held. */
  held(contractId?: string): number
}

/** A practice account of 50,000 USD (never flattened by the firm); everything trades at the last price unless a test says otherwise. */
export function openDesk(options: Omit<EngineOptions, 'clock'> = {}, name = 'PRAC-V2-1'): Desk {
  let now = START
  const liquidity = { halfSpreadTicks: 0, ...options.liquidity }
  const venue = createVenue({ ...options, liquidity, clock: { now: () => now } })
  const { id: account } = venue.operator.createAccount({ name, userName: USER, balance: '50000' })
  const events: VenueEvent[] = []
  venue.subscribe((batch) => events.push(...batch))
  const price = (text: string | undefined) => (text === undefined ? null : new Decimal(text))
  const place: Desk['place'] = (words = {}) =>
    venue.trading.place(USER, {
      accountId: account,
      contractId: NQ,
      type: 2,
      side: 0,
      size: 1,
      ...words,
      limitPrice: price(words.limitPrice),
      stopPrice: price(words.stopPrice),
      trailPrice: price(words.trailPrice),
      customTag: words.customTag ?? null,
      stopLossBracket: words.stopLossBracket ?? null,
      takeProfitBracket: words.takeProfitBracket ?? null,
    })
  return {
    venue,
    account,
    events,
    at: (time) => {
      now = time
      venue.settle()
    },
    place,
    placed: (words) => {
      const { orderId, errorCode, errorMessage } = place(words)
      if (errorCode !== 0 || orderId === null) throw new Error(`expected acceptance, saw ${errorCode} ${errorMessage}`)
      return orderId
    },
    order: (id) => {
      const row = venue.oracle.ledger(account).orders.find(({ order }) => order.id === id)?.order
      if (row === undefined) throw new Error(`expected order ${id}`)
      return row
    },
    trades: (accountId = account) => venue.oracle.ledger(accountId).trades,
    held: (contractId = NQ) => {
      const row = venue.account.positions(account).find((position) => position.contractId === contractId)
      return row === undefined ? 0 : row.type === 1 ? row.size : -row.size
    },
  }
}
