/** A venue under a driven clock with one funded trader and its agent: the short hand in which engine tests are written. */
import type {
  ActionRequest,
  ActionResult,
  Grouping,
  OrderLegStatus,
  OrderWire,
  Tif,
  VenueAction,
} from '#simulators/hyperliquid/engine/action.ts'
import { createVenue } from '#simulators/hyperliquid/engine/create-venue.ts'
import type { VenueEvent } from '#simulators/hyperliquid/engine/event.ts'
import type { Fill } from '#simulators/hyperliquid/engine/record.ts'
import type { VenueOptions } from '#simulators/hyperliquid/engine/options.ts'
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'

export const START = 1_780_000_200_000
export const MASTER = `0x${'a1'.repeat(20)}`
export const AGENT = `0x${'b2'.repeat(20)}`
export const OTHER = `0x${'c3'.repeat(20)}`
export const THIRD = `0x${'d4'.repeat(20)}`
export const BTC = 0
export const ETH = 1

/** The n-th cloid. */
export function cloid(n: number): string {
  return `0x${n.toString(16).padStart(32, '0')}`
}

export function limit(asset: number, side: 'buy' | 'sell', px: string, sz: string, tif: Tif = 'Ioc'): OrderWire {
  return { a: asset, b: side === 'buy', p: px, s: sz, r: false, t: { limit: { tif } } }
}

/** A market trigger, reduce-only, with a worst price 10% past the trigger. */
export function trigger(
  asset: number,
  side: 'buy' | 'sell',
  tpsl: 'tp' | 'sl',
  triggerPx: string,
  sz: string,
): OrderWire {
  const worst = Math.round(Number(triggerPx) * (side === 'buy' ? 1.1 : 0.9)).toString()
  return { a: asset, b: side === 'buy', p: worst, s: sz, r: true, t: { trigger: { isMarket: true, triggerPx, tpsl } } }
}

export interface Desk {
  readonly venue: Venue
  readonly events: VenueEvent[]
  /** Moves the clock forward. */
  advance(ms: number): void
  now(): number
  submit(action: VenueAction, more?: Partial<ActionRequest>): ActionResult
  /** Legs of an order action; fails when the whole request was refused. */
  place(orders: readonly OrderWire[], grouping?: Grouping, signer?: string): readonly OrderLegStatus[]
  /** The one leg of a one-order action. */
  placeOne(order: OrderWire, signer?: string): OrderLegStatus
  /** The oid of an order that must have been accepted. */
  oid(order: OrderWire, signer?: string): number
}

/** A venue with 100,000 USDC for MASTER (agent AGENT), OTHER and THIRD. No funding unless a test sets a rate. */
export function openDesk(options: Partial<VenueOptions> = {}): Desk {
  let now = START
  let nonce = START
  const venue = createVenue({ clock: { now: () => now }, seed: 7, ...options })
  for (const user of [MASTER, OTHER, THIRD]) venue.operator.deposit(user, '100000')
  venue.operator.approveAgent(MASTER, AGENT, 'bot', null)
  for (const { name } of venue.market.perps()) venue.operator.setFundingRate(name, '0')
  const events: VenueEvent[] = []
  venue.subscribe((batch) => events.push(...batch.events))
  const submit: Desk['submit'] = (action, more = {}) => venue.submit({ signer: AGENT, nonce: ++nonce, action, ...more })
  const place: Desk['place'] = (orders, grouping = 'na', signer = AGENT) => {
    const result = submit({ type: 'order', orders, grouping }, { signer })
    if (result.kind !== 'order') throw new Error(`expected order legs, saw ${JSON.stringify(result)}`)
    return result.legs
  }
  const placeOne: Desk['placeOne'] = (order, signer = AGENT) => {
    const [leg] = place([order], 'na', signer)
    if (leg === undefined) throw new Error('expected one leg')
    return leg
  }
  return {
    venue,
    events,
    advance: (ms) => {
      now += ms
    },
    now: () => now,
    submit,
    place,
    placeOne,
    oid: (order, signer = AGENT) => {
      const leg = placeOne(order, signer)
      if (!('oid' in leg)) throw new Error(`expected an accepted order, saw ${JSON.stringify(leg)}`)
      return leg.oid
    },
  }
}

/** The newest fill of an account, which must have one. */
export function newestFill(desk: Desk, user: string): Fill {
  const [fill] = desk.venue.account.fills(user)
  if (fill === undefined) throw new Error(`expected ${user} to have a fill`)
  return fill
}
