/** Puts the rows of the book together to what an operator sees first. Pure: rows in, one answer out. */
import type { AccountRow } from '#domain/account.ts'
import { controlIdOf, type HeldControl, UNTOUCHED_SWITCH } from '#domain/control.ts'
import type { EquityRow } from '#domain/equity-row.ts'
import { gateRoomsOf } from '#domain/gate-room.ts'
import type { GatePolicy } from '#domain/policy.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Floor } from '#domain/programme/floors.ts'
import type { ProgrammeRow } from '#domain/programme/row.ts'
import type { SweepRow } from '#domain/records.ts'
import type { AccountOverview, Headroom, LastSweep, TradingScope } from '../overview-wire.ts'
import { sidesOf } from './sides.ts'

/** What is configured of an account. */
export interface AccountSeat {
  readonly id: string
  readonly venue: string
  readonly site: string | null
  /** Its limits for new exposure. */
  readonly gates: GatePolicy
}

/** What the book holds of one account. */
export interface AccountRows {
  readonly row: AccountRow | null
  readonly positions: readonly PositionRow[]
  /** Newest first; the first is the last sweep, an older one may be the last that compared. */
  readonly sweeps: readonly SweepRow[]
  readonly equity: EquityRow | null
  readonly programme: ProgrammeRow | null
  readonly workingOrders: number
}

/** An account that the book has no row of yet. */
const UNTOUCHED: Pick<AccountRow, 'state' | 'locks' | 'ignored' | 'exposures' | 'highWaterMark' | 'dayStart'> = {
  state: 'active',
  locks: {},
  exposures: {},
  highWaterMark: null,
  dayStart: null,
}

/** One account of the overview. `now`: ms; which day's loss counts depends on it. */
export function accountOverview({ gates, ...seat }: AccountSeat, rows: AccountRows, now: number): AccountOverview {
  const compared = rows.sweeps.find((sweep) => sweep.compared !== undefined) ?? null
  const row = rows.row ?? UNTOUCHED
  const { state, locks, ignored = {} } = row
  const moved = rows.positions.map((position) => position.updatedAt)
  return {
    ...seat,
    state,
    locks,
    ignored,
    sides: sidesOf({ positions: rows.positions, compared, ignored }),
    broker_as_of: compared?.brokerAsOf ?? null,
    book_as_of: moved.length === 0 ? null : Math.max(...moved),
    equity: rows.equity,
    limits: gateRoomsOf(gates, row, rows.equity?.brokerEquity ?? null, now),
    programme: rows.programme === null ? null : programmeOf(rows.programme),
    last_sweep: rows.sweeps[0] === undefined ? null : lastSweepOf(rows.sweeps[0]),
    open_orders: rows.workingOrders,
  }
}

function programmeOf({ firm, asOf, floors, state }: ProgrammeRow): AccountOverview['programme'] {
  const { lockout } = state
  return {
    firm,
    as_of: asOf,
    lockout: lockout === null ? null : { limit: `${lockout.gate}: ${lockout.limit}`, until: lockout.until },
    headroom: floors.map(headroomOf),
  }
}

function headroomOf({ rule, hard, floor, observed, headroom, buffer, allowance, breached, inBuffer }: Floor): Headroom {
  const state = breached ? 'breached' : inBuffer ? 'buffer' : 'ok'
  return { rule, hard, floor, observed, headroom, buffer, allowance: allowance ?? null, state }
}

function lastSweepOf(sweep: SweepRow): LastSweep {
  return {
    sweep_id: sweep.sweepId,
    trigger: sweep.trigger,
    finished_at: sweep.finishedAt,
    complete: sweep.complete,
    findings: sweep.findings,
    detail: sweep.detail,
    proven_from: sweep.provenFrom,
    proven_through: sweep.provenThrough,
  }
}

/** Every scope's switch; the global one also where nobody ever changed it. */
export function tradingScopes(rows: readonly HeldControl[]): TradingScope[] {
  const everything = controlIdOf({ kind: 'all' })
  const rest = rows.filter(({ id }) => id !== everything).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const first = rows.find(({ id }) => id === everything) ?? { id: everything, row: UNTOUCHED_SWITCH }
  return [first, ...rest].map(({ id, row }) => ({
    scope: id,
    trading_enabled: row.tradingEnabled,
    by: row.by,
    why: row.why,
    at: row.at,
  }))
}
