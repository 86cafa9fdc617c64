/**
 * Risk gates: whether a signal may become exposure at one account. Pure; the first closed gate answers, and says its limit
 * and what was observed. Exits never come here.
 */
import { type AccountRow, type DriftLock, exposuresOf } from './account.ts'
import { type Halt, scopeText } from './control.ts'
import { Decimal, ZERO, decimal, toDecimalString } from './decimal.ts'
import type { EntryPlan } from './entry-plan.ts'
import type { Instrument } from './instrument.ts'
import type { Denial, GatePolicy, SizeRule } from './policy.ts'
import type { OpenSignal, ReverseSignal } from './signal.ts'

/** UTC day of an instant, `2026-11-22`. */
export function utcDayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10)
}

/** Unresolved unknown orders of an account at which new exposure stops: a venue that loses answers is no venue to trade at. */
export const UNKNOWN_ORDERS_MAX = 3

/** How far a sender's clock may be ahead of ours, ms: a signal from the future would stay fresh until its time has come. */
export const SIGNAL_AHEAD_MS = 60_000

export interface StandingInputs {
  readonly signal: OpenSignal | ReverseSignal
  readonly gates: GatePolicy
  readonly row: AccountRow
  /** The switch that is off for this account, its strategy or everything; null: none is. */
  readonly halt: Halt | null
  readonly unknownOrders: number
  readonly now: number
}

/** Gates that need no number from the venue. Null: all open. */
export function checkStanding({ signal, gates, row, halt, unknownOrders, now }: StandingInputs): Denial | null {
  if (halt !== null) return haltedBy(halt, row, signal)
  if (row.state !== 'active') return { gate: 'account-state', limit: 'active', observed: row.state }
  const lock = row.locks['*']
  if (lock !== undefined) return lockedBy(lock)
  if (unknownOrders >= UNKNOWN_ORDERS_MAX) {
    return { gate: 'unknown-orders', limit: `fewer than ${UNKNOWN_ORDERS_MAX}`, observed: String(unknownOrders) }
  }
  const age = now - signal.ts
  if (age > signal.valid_for_ms)
    return { gate: 'signal-age', limit: `${signal.valid_for_ms} ms`, observed: `${age} ms` }
  if (age < -SIGNAL_AHEAD_MS)
    return {
      gate: 'signal-age',
      limit: `at most ${SIGNAL_AHEAD_MS} ms ahead of our clock`,
      observed: `${-age} ms ahead`,
    }
  if (gates.stopRequired && signal.stop_loss === undefined)
    return { gate: 'stop-required', limit: 'stop_loss', observed: 'none' }
  return checkSlots(gates, row, now)
}

function haltedBy(halt: Halt, { account }: AccountRow, { strategy }: StandingInputs['signal']): Denial {
  const { at, by, why } = halt.row
  return {
    gate: 'trading-enabled',
    limit: `true for everything, account ${account} and strategy ${strategy}`,
    observed: `false for ${scopeText(halt.scope)} since ${instantText(at)} by ${by}: ${why}`,
  }
}

function lockedBy(lock: DriftLock): Denial {
  return { gate: 'drift-lock', limit: 'no lock', observed: `${lock.reason} since ${instantText(lock.since)}` }
}

/** An instant for people. */
function instantText(at: number): string {
  return new Date(at).toISOString()
}

/** Gates over the one instrument that an entry resolved to. Contracts of one product count as one instrument. Null: all open. */
export function checkInstrument(instrument: Instrument, gates: GatePolicy, row: AccountRow): Denial | null {
  const { instrument: id, root } = instrument
  if (!instrument.active) {
    return { gate: 'instrument-active', limit: 'open for entries at the venue', observed: `${id} is not` }
  }
  const names = root === null ? ['*', id] : ['*', id, root]
  if (!gates.instruments.some((allowed) => names.includes(allowed))) {
    return { gate: 'instrument-allowed', limit: gates.instruments.join(', '), observed: names.slice(1).join(' of ') }
  }
  const lock = row.locks[id]
  if (lock !== undefined) return lockedBy(lock)
  const held = [...exposuresOf(row, id), ...(root === null ? [] : exposuresOf(row, root))][0]
  if (held === undefined) return null
  const [contract, { side, positionId }] = held
  return { gate: 'one-position-per-instrument', limit: '1', observed: `${side} position ${positionId} on ${contract}` }
}

function checkSlots(gates: GatePolicy, row: AccountRow, now: number): Denial | null {
  const count = Object.keys(row.exposures).length
  if (gates.maxPositions !== null && count >= gates.maxPositions) {
    return { gate: 'position-count', limit: String(gates.maxPositions), observed: String(count) }
  }
  const recent = row.recentEntries.filter((at) => now - at < 60_000).length
  if (gates.maxEntriesPerMinute !== null && recent >= gates.maxEntriesPerMinute) {
    return { gate: 'entry-rate', limit: `${gates.maxEntriesPerMinute} a minute`, observed: String(recent) }
  }
  return null
}

/** Whether any money gate needs broker equity. */
export function needsEquity(size: SizeRule, gates: GatePolicy): boolean {
  return (
    size.type === 'equity_fraction' ||
    gates.maxExposure !== null ||
    gates.maxDrawdown !== null ||
    gates.maxDailyLoss !== null
  )
}

export interface MoneyInputs {
  readonly plan: EntryPlan
  readonly gates: GatePolicy
  readonly row: AccountRow
  readonly mark: Decimal
  /** Broker equity, USD; null only when no gate needs it. */
  readonly equity: Decimal | null
  readonly now: number
}

/** Gates over prices and money. Null: all open. */
export function checkMoney({ plan, gates, row, mark, equity, now }: MoneyInputs): Denial | null {
  const notional = decimal(plan.notional)
  if (gates.maxOrderNotional !== null && notional.gt(gates.maxOrderNotional)) {
    return { gate: 'order-notional', limit: `${gates.maxOrderNotional} USD`, observed: `${plan.notional} USD` }
  }
  const collar = collarOf(plan, gates, mark)
  if (collar !== null) return collar
  if (equity === null) return null
  return checkEquity(equity, notional, gates, row, now)
}

function collarOf(plan: EntryPlan, gates: GatePolicy, mark: Decimal): Denial | null {
  const awayBps = decimal(plan.limitPrice).minus(mark).abs().div(mark).times(10_000)
  if (awayBps.lte(gates.priceCollarBps)) return null
  return {
    gate: 'price-collar',
    limit: `${gates.priceCollarBps} bps from mark ${toDecimalString(mark)}`,
    observed: `${awayBps.toFixed(1)} bps at ${plan.limitPrice}`,
  }
}

function checkEquity(
  equity: Decimal,
  notional: Decimal,
  gates: GatePolicy,
  row: AccountRow,
  now: number,
): Denial | null {
  if (equity.lte(0)) return { gate: 'equity', limit: 'more than 0 USD', observed: `${toDecimalString(equity)} USD` }
  if (gates.maxExposure !== null) {
    const reserved = Object.values(row.exposures).reduce((sum, held) => sum.plus(held.notional), ZERO)
    const after = reserved.plus(notional)
    if (after.gt(equity.times(gates.maxExposure))) {
      return {
        gate: 'exposure',
        limit: `${gates.maxExposure} x equity ${toDecimalString(equity)} USD`,
        observed: `${toDecimalString(after)} USD`,
      }
    }
  }
  if (gates.maxDrawdown !== null && row.highWaterMark !== null) {
    const mark = Decimal.max(row.highWaterMark, equity)
    const drawdown = mark.minus(equity).div(mark)
    if (drawdown.gte(gates.maxDrawdown)) {
      return {
        gate: 'drawdown',
        limit: gates.maxDrawdown,
        observed: `${drawdown.toFixed(4)} below ${toDecimalString(mark)} USD`,
      }
    }
  }
  if (gates.maxDailyLoss !== null && row.dayStart !== null && row.dayStart.day === utcDayOf(now)) {
    const loss = decimal(row.dayStart.equity).minus(equity)
    if (loss.gte(gates.maxDailyLoss)) {
      return { gate: 'daily-loss', limit: `${gates.maxDailyLoss} USD`, observed: `${toDecimalString(loss)} USD` }
    }
  }
  return null
}
