/**
 * How much room the money and slot gates leave for new exposure, as an operator watches it: what is used of each limit and what is left.
 * The same readings and limits as `gates.ts`, which decides; a property holds both to the same answer. Pure.
 */
import type { AccountRow } from './account.ts'
import { Decimal, type DecimalString, ZERO, decimal, toDecimalString } from './decimal.ts'
import { utcDayOf } from './gates.ts'
import type { GatePolicy } from './policy.ts'

/** One gate with a limit. Amounts in `unit`. */
export interface GateRoom {
  readonly gate: 'exposure' | 'drawdown' | 'daily-loss' | 'position-count'
  readonly unit: 'USD' | 'positions'
  /** Null while a reading that it rests on is missing; `used` and `left` as well. */
  readonly limit: DecimalString | null
  readonly used: DecimalString | null
  /** Never below 0. */
  readonly left: DecimalString | null
  /** No entry passes any more. */
  readonly closed: boolean
}

type Readings = Pick<AccountRow, 'exposures' | 'highWaterMark' | 'dayStart'>

/** The room of every gate that has a limit: losses first, then what is held. `equity`: the broker's own, as last read. */
export function gateRoomsOf(gates: GatePolicy, row: Readings, equity: DecimalString | null, now: number): GateRoom[] {
  const held = equity === null ? null : decimal(equity)
  const rooms: GateRoom[] = []
  if (gates.maxDailyLoss !== null) rooms.push(dailyRoom(decimal(gates.maxDailyLoss), row, held, now))
  if (gates.maxDrawdown !== null) rooms.push(drawdownRoom(decimal(gates.maxDrawdown), row, held))
  if (gates.maxExposure !== null) {
    const used = Object.values(row.exposures).reduce((sum, { notional }) => sum.plus(notional), ZERO)
    rooms.push(
      held === null ? unread('exposure') : roomOf('exposure', Decimal.max(ZERO, held).times(gates.maxExposure), used),
    )
  }
  if (gates.maxPositions !== null) {
    const used = new Decimal(Object.keys(row.exposures).length)
    rooms.push({ ...roomOf('position-count', new Decimal(gates.maxPositions), used), unit: 'positions' })
  }
  return rooms
}

/** Until the first reading of a UTC day nothing is lost on it, as for the gate. */
function dailyRoom(limit: Decimal, { dayStart }: Readings, equity: Decimal | null, now: number): GateRoom {
  if (equity === null) return unread('daily-loss')
  const start = dayStart !== null && dayStart.day === utcDayOf(now) ? decimal(dayStart.equity) : equity
  return roomOf('daily-loss', limit, Decimal.max(ZERO, start.minus(equity)))
}

function drawdownRoom(fraction: Decimal, { highWaterMark }: Readings, equity: Decimal | null): GateRoom {
  if (equity === null) return unread('drawdown')
  const mark = highWaterMark === null ? equity : Decimal.max(highWaterMark, equity)
  return roomOf('drawdown', mark.times(fraction), mark.minus(equity))
}

function roomOf(gate: GateRoom['gate'], limit: Decimal, used: Decimal): GateRoom {
  const left = Decimal.max(ZERO, limit.minus(used))
  const text = { limit: toDecimalString(limit), used: toDecimalString(used), left: toDecimalString(left) }
  return { gate, unit: 'USD', ...text, closed: left.isZero() }
}

function unread(gate: GateRoom['gate']): GateRoom {
  return { gate, unit: 'USD', limit: null, used: null, left: null, closed: false }
}
