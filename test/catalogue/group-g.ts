/** Group G: risk, and what stops it. */
import type { CatalogueCase } from './case.ts'

const KILL_PATH = ['test/workers/kill-path.test.ts']
const FOLLOWERS = ['test/workers/fan-out.test.ts']
const HOURS = ['test/workers/trading-hours.test.ts']
const SIZING = ['test/domain/sizing.test.ts']

export const GROUP_G: readonly CatalogueCase[] = [
  {
    id: 'G1',
    required: 'flatten ends exposure at the broker, not only in the book',
    mutants: [
      {
        file: 'src/workers/route.ts',
        find: `name === null ? Object.entries(row?.exposures ?? {}) : exposuresOf(row, name)`,
        replace: `name === null ? [] : exposuresOf(row, name)`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/exit-request.ts',
        find: `state: row.entrySettled ? 'closing' : row.state, exit,`,
        replace: `state: 'closed', open: false, closedAt: now, exit,`,
        tests: KILL_PATH,
      },
    ],
  },
  {
    id: 'G2',
    required:
      'a position by hand is closed by an order and proven by its fills: nothing is deleted, no result is modelled',
    mutants: [
      {
        file: 'src/workers/close.ts',
        find: `{ op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row: position.row },`,
        replace: `{ op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row: { ...position.row, state: 'closed', open: false } },`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/close.ts',
        find: `if (held.isZero()) return await handToReconcile(envelope, position, tools)
  if (held.isNegative()`,
        replace: `if (held.isZero() || row.exit?.reason === 'operator') return await handToReconcile(envelope, position, tools)
  if (held.isNegative()`,
        tests: KILL_PATH,
      },
    ],
  },
  {
    id: 'G3',
    required: 'no order of ours outlives its position: what rests is canceled before the exit and with the end',
    mutants: [
      {
        file: 'src/workers/close.ts',
        find: `if (!position.row.entrySettled) return afterEntry(position.row, tools)`,
        replace: ``,
        tests: KILL_PATH,
      },
      {
        file: 'src/domain/monitor.ts',
        find: `return cancelEntry !== undefined || exit !== null ||`,
        replace: `return exit === null &&`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/reconcile.ts',
        find: `liveStops({ position: closed, openOrders, intents: [] })`,
        replace: `liveStops({ position: closed, openOrders: [], intents: [] })`,
        tests: KILL_PATH,
      },
    ],
  },
  {
    id: 'G4',
    required:
      'the switch needs nothing that can fail beside it: unreadable is off, and exits go out whatever else is down',
    mutants: [
      {
        file: 'src/domain/gates.ts',
        find: `if (halt !== null) return`,
        replace: `if (halt !== null && row.state !== 'active') return`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/place.ts',
        find: `if (halt !== null) return`,
        replace: `if (halt !== null && position === null) return`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/place.ts',
        find: `if (state !== 'active') return`,
        replace: `if (state !== 'active' && position === null) return`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/halt.ts',
        find: `await book.loadMany('control', controlsOver(account, strategy))`,
        replace: `await book.loadMany('control', controlsOver(account, strategy)).catch(() => [])`,
        tests: KILL_PATH,
      },
      {
        file: 'src/domain/control.ts',
        find: `return [GLOBAL, controlIdOf({ kind: 'account', account }), controlIdOf({ kind: 'strategy', strategy })]`,
        replace: `return [GLOBAL, controlIdOf({ kind: 'account', account })]`,
        tests: KILL_PATH,
      },
      {
        file: 'src/domain/control.ts',
        find: `return [GLOBAL, controlIdOf({ kind: 'account', account }), controlIdOf({ kind: 'strategy', strategy })]`,
        replace: `return [GLOBAL, controlIdOf({ kind: 'strategy', strategy })]`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/close.ts',
        find: `const snapshot = await readSnapshot(tools, row.account, tools.now())`,
        replace: `await tools.account(row.account).broker.listFills({ from: row.createdAt, through: tools.now() })
  const snapshot = await readSnapshot(tools, row.account, tools.now())`,
        tests: KILL_PATH,
      },
    ],
  },
  {
    id: 'G5',
    required:
      "what a contract is worth comes from the venue's specification, is held against the exchange's, and counts in every size and limit",
    mutants: [
      {
        file: 'src/domain/sizing.ts',
        find: `const perContract = mark.times(instrument.multiplier)`,
        replace: `const perContract = mark`,
        tests: SIZING,
      },
      {
        file: 'src/domain/sizing.ts',
        find: `value.div(reference.minus(stopLoss).abs().times(instrument.multiplier))`,
        replace: `value.div(reference.minus(stopLoss).abs())`,
        tests: SIZING,
      },
      {
        file: 'src/domain/entry-plan.ts',
        find: `const notional = decimal(size).times(mark).times(instrument.multiplier)`,
        replace: `const notional = decimal(size).times(mark)`,
        tests: SIZING,
      },
      {
        file: 'src/brokers/projectx/contracts.ts',
        find: `if (!decimal(row.tickSize).times(expected).eq(row.tickValue)) {`,
        replace: `if (!decimal(row.tickSize).times(expected).gt(0)) {`,
        tests: ['test/brokers/projectx/contracts.test.ts'],
      },
    ],
  },
  {
    id: 'G6',
    required: 'a close that finds nothing to close searches the fills before anything is booked',
    mutants: [
      {
        file: 'src/workers/reconcile.ts',
        find: `return await waitForFills(envelope, position.row, evidence.detail, tools)`,
        replace: `return await leaveUnresolved(envelope, position, { ...evidence, kind: 'expired' }, view.cursor, tools)`,
        tests: KILL_PATH,
      },
      {
        file: 'src/workers/close.ts',
        find: `const next = reconcileEnvelope(position.row, 'close', now)`,
        replace: `const next = monitorEnvelope(position.row, 'close', now)`,
        tests: KILL_PATH,
      },
    ],
  },
  {
    id: 'G7',
    required: 'limits and lockouts are those of each account that copies, never those of the first',
    mutants: [
      {
        file: 'src/workers/entry-decision.ts',
        find: `const gates = trading.policy.gates`,
        replace: `const gates = tools.account(tools.accountIds[0] ?? '').policy.gates`,
        tests: FOLLOWERS,
      },
      {
        file: 'src/domain/gates.ts',
        find: `if (row.state !== 'active') return`,
        replace: `if (row.state === 'quarantined') return`,
        tests: FOLLOWERS,
      },
    ],
  },
  {
    id: 'G8',
    required: 'an exit outside trading hours stays latched, goes out at the opening, and says so',
    mutants: [
      {
        file: 'src/workers/exit-latch.ts',
        find: `if (session.state === 'open') return null`,
        replace: `if (session.state === 'open' || session.certain) return null`,
        tests: HOURS,
      },
      {
        file: 'src/workers/exit-latch.ts',
        find: `Math.min(tryAt - now, LATCH_LOOK_MS), detail`,
        replace: `LATCH_LOOK_MS, detail`,
        tests: HOURS,
      },
      {
        file: 'src/workers/exit-latch.ts',
        find: `await raiseAlone(tools.book, latchCause(row, seen), now)`,
        replace: `await Promise.resolve([])`,
        tests: HOURS,
      },
    ],
  },
]
