/** The stop a position wants and what must be done so that the venue holds exactly it. Pure. */
import { Decimal, type DecimalString, decimal } from './decimal.ts'
import type { ClientOrderId } from './ids.ts'
import { type Instrument, roundPrice } from './instrument.ts'
import type { BrokerOrder } from './order.ts'
import type { PacePolicy } from './policy.ts'
import type { PositionRow } from './position.ts'

/** Where the stop belongs now, and whether the trail put it there. */
export interface WantedStop {
  readonly price: DecimalString
  readonly byTrail: boolean
}

/** Best mark since entry: highest for a long, lowest for a short. */
export function bestMarkOf(position: PositionRow, mark: Decimal): Decimal {
  if (position.bestMark === null) return mark
  return position.side === 'long' ? Decimal.max(position.bestMark, mark) : Decimal.min(position.bestMark, mark)
}

/** Tighter of hard stop and trail; the trail arms after its favourable move and only ever tightens, as the best mark does. */
export function wantedStopOf(position: PositionRow, best: Decimal, instrument: Instrument): WantedStop | null {
  const { stopLoss, trail } = position.discipline
  const long = position.side === 'long'
  const trailed = trailPrice(position, best, instrument)
  if (trailed === null || trail === null) return stopLoss === null ? null : { price: stopLoss, byTrail: false }
  const tighter = stopLoss === null || (long ? decimal(trailed).gt(stopLoss) : decimal(trailed).lt(stopLoss))
  return tighter ? { price: trailed, byTrail: true } : { price: stopLoss, byTrail: false }
}

function trailPrice(position: PositionRow, best: Decimal, instrument: Instrument): DecimalString | null {
  const { trail } = position.discipline
  if (trail === null || position.entryAverage === null) return null
  const long = position.side === 'long'
  const move = long ? best.minus(position.entryAverage) : decimal(position.entryAverage).minus(best)
  if (move.div(position.entryAverage).times(10_000).lt(trail.activateBps)) return null
  const distance = best.times(trail.distanceBps).div(10_000)
  return roundPrice(instrument, long ? best.minus(distance) : best.plus(distance), long ? 'up' : 'down')
}

/** Whether the mark already stands at or beyond a stop price. */
export function isBreached(position: PositionRow, stop: DecimalString, mark: Decimal): boolean {
  return position.side === 'long' ? mark.lte(stop) : mark.gte(stop)
}

export interface ProtectionInputs {
  readonly position: PositionRow
  readonly instrument: Instrument
  readonly pace: PacePolicy
  readonly wanted: WantedStop | null
  readonly mark: Decimal
  /** Working orders of this account on this instrument. */
  readonly openOrders: readonly BrokerOrder[]
  /** The venue's record of the stop we believe in when it is missing from the open orders; null: not asked or not found. */
  readonly stopRecord: BrokerOrder | null
  /** Whether a stop of this position is on its way (unsettled intent). */
  readonly stopPending: boolean
  /** From when on another stop may be placed after a refusal, ms; null when the venue did not refuse the last one. */
  readonly stopRetryAt: number | null
  /** Targets of cancels on their way. */
  readonly cancelPending: ReadonlySet<ClientOrderId>
  /** Two stops may stand at once, since neither can open the other side. Where not, one comes down before the next goes up. */
  readonly stopsStack: boolean
  readonly now: number
}

export interface ProtectionPlan {
  /** The believed stop is at the venue with the wanted size and price, or none is wanted. */
  readonly confirmed: boolean
  readonly place: WantedStop | null
  readonly cancel: readonly ClientOrderId[]
  /** No stop stands and none can: the mark is beyond it. Exit at once. */
  readonly breached: WantedStop | null
}

export function planProtection(inputs: ProtectionInputs): ProtectionPlan {
  const { position, wanted, openOrders, cancelPending } = inputs
  const stops = new Set(position.orders.filter((order) => order.event === 'stop').map((order) => order.clientOrderId))
  const live = openOrders.filter((order) => order.clientOrderId !== null && stops.has(order.clientOrderId))
  const believed = live.find((order) => order.clientOrderId === position.nativeStop?.clientOrderId)
  const idOf = (order: BrokerOrder): ClientOrderId => order.clientOrderId as ClientOrderId
  const stale = live.filter((order) => order !== believed).map(idOf)
  const cancelable = (ids: readonly ClientOrderId[]) => ids.filter((id) => !cancelPending.has(id))
  if (wanted === null) return { confirmed: true, place: null, cancel: cancelable(live.map(idOf)), breached: null }
  if (believed !== undefined) {
    const keep = inputs.stopPending || wasJustRefused(inputs) || isAsWanted(inputs, believed, wanted)
    const outdated = keep || inputs.stopsStack ? [] : [idOf(believed)]
    const place = keep || !inputs.stopsStack ? null : wanted
    return { confirmed: true, place, cancel: cancelable([...stale, ...outdated]), breached: null }
  }
  if (!inputs.stopsStack && stale.length > 0) {
    return { confirmed: false, place: null, cancel: cancelable(stale), breached: null }
  }
  return withoutStop(inputs, wanted)
}

/** Where stops stack, new ones go up before old ones come down, so an outdated stop protects until its successor is seen. */
function withoutStop(inputs: ProtectionInputs, wanted: WantedStop): ProtectionPlan {
  const waiting = { confirmed: false, place: null, cancel: [], breached: null }
  const status = inputs.stopRecord?.status
  // Working: the list lagged behind the record.
  if (status === 'working') return { ...waiting, confirmed: true }
  // Triggered or filled: the exit is under way.
  if (inputs.stopPending || status === 'triggered' || status === 'filled') return waiting
  if (isBreached(inputs.position, wanted.price, inputs.mark)) return { ...waiting, breached: wanted }
  return mayPlaceStop(inputs) ? { ...waiting, place: wanted } : waiting
}

function mayPlaceStop(inputs: ProtectionInputs): boolean {
  const { position, stopRecord, now } = inputs
  if (wasJustRefused(inputs)) return false
  if (position.nativeStop === null || stopRecord !== null) return true
  // One "not found" is no proof: a believed stop must be missed for a while before another is stacked.
  return position.nakedSince !== null && now - position.nakedSince >= inputs.pace.settleMs
}

/** A refused stop is not repeated at once; meanwhile a breach of the wanted price exits. */
function wasJustRefused({ stopRetryAt, now }: ProtectionInputs): boolean {
  return stopRetryAt !== null && now < stopRetryAt
}

function isAsWanted({ position, pace, stopsStack }: ProtectionInputs, live: BrokerOrder, wanted: WantedStop): boolean {
  if (!decimal(live.leavesSize).eq(position.size)) return false
  const trigger = live.trigger?.triggerPrice
  if (trigger === undefined) return false
  const moved = decimal(wanted.price).minus(trigger)
  if (moved.isZero()) return true
  const stepBps = moved.abs().div(trigger).times(10_000)
  // The venue put the stop its distance from the fill, not from where we expected the fill: that is not worth a naked moment.
  if (!stopsStack && stepBps.lt(pace.trailStepBps)) return true
  if (!wanted.byTrail) return false
  const tightens = position.side === 'long' ? moved.gt(0) : moved.lt(0)
  // A trail never loosens, and a step too small is not worth the venue's request budget.
  return !tightens || stepBps.lt(pace.trailStepBps)
}
