import type { CatalogueCase } from './case.ts'

const ELSEWHERE = ['test/workers/closed-elsewhere.test.ts']

/** Closed behind our back: what ends, changes or appears at the venue without us. */
export const GROUP_D: readonly CatalogueCase[] = [
  {
    id: 'D1',
    required:
      'a position that the venue liquidated unseen is found by the sweep and booked from its fills, with an alert',
    mutants: [
      {
        file: 'src/domain/comparison.ts',
        find: "if (broker.isZero()) return { ...about, kind: 'orphan', action: 'rebuild the exit from fills' }",
        replace: 'if (broker.isZero()) return null',
        tests: ELSEWHERE,
      },
      {
        file: 'src/workers/reconcile.ts',
        find: "const orphaned = cause.byOrder === 'none' ||",
        replace: "const orphaned = cause.reason === 'operator' ||",
        tests: ELSEWHERE,
      },
    ],
  },
  {
    id: 'D2',
    required: 'a native stop that fired while nobody watched is found at the next start, booked as the stop, and said',
    mutants: [
      {
        file: 'src/workers/reconcile.ts',
        find: "(cause.byOrder === 'stop' && unseen)",
        replace: 'false',
        tests: ELSEWHERE,
      },
      {
        file: 'src/domain/closing.ts',
        find: "if (ours.event === 'stop') return",
        replace:
          "if (ours.event === 'stop') return { reason: position.exit?.reason ?? 'signal', byOrder: 'exit' }\n  if (ours.event === 'stop') return",
        tests: ELSEWHERE,
      },
      {
        file: 'src/brokers/bybit/translate.ts',
        find: 'attachedTo: own === null ? clientOrderIdOf(order?.parentOrderLinkId) : null,',
        replace: 'attachedTo: null,',
        tests: ['test/brokers/bybit/fill-history.test.ts'],
      },
    ],
  },
  {
    id: 'D3',
    required: 'the sweep enumerates what book and broker hold, not what the configuration names',
    mutants: [
      {
        file: 'src/workers/sweep-account.ts',
        find: 'await compareNow(account, view, tools.book)',
        replace:
          'await compareNow(account, { ...view, snapshot: { positions: view.snapshot.positions.filter((one) => ' +
          'tools.account(account).policy.gates.instruments.includes(one.instrument)) } }, tools.book)',
        tests: ELSEWHERE,
      },
      {
        file: 'src/domain/comparison.ts',
        find: 'const instruments = new Set([...byInstrument.keys(), ...held.keys()])',
        replace: 'const instruments = new Set(held.keys())',
        tests: ELSEWHERE,
      },
      {
        file: 'src/compose/unwatched-positions.ts',
        find: 'if (configured.includes(account)) continue',
        replace: 'if (!configured.includes(account)) continue',
        tests: ['test/compose/unwatched-positions.test.ts'],
      },
    ],
  },
  {
    id: 'D4',
    required: 'a position closed by hand while we run is seen by the next look and handed to the fills',
    mutants: [
      {
        file: 'src/domain/monitor.ts',
        find: 'if (gone) return { ...quiet(sized), reconcile: true }',
        replace: 'if (gone) return quiet(sized)',
        tests: ['test/domain/monitor.test.ts'],
      },
    ],
  },
  {
    id: 'D5',
    required:
      'an order or trade of nobody crashes nothing: it is alerted, and entries beside it are locked until it is gone',
    mutants: [
      {
        file: 'src/domain/comparison.ts',
        find: "  'foreign-order',\n])",
        replace: '])',
        tests: ['test/domain/reconciliation.test.ts'],
      },
      {
        file: 'src/domain/comparison.ts',
        find: 'return [...findings, ...foreignOrders(openOrders, isOurs)]',
        replace: 'return findings',
        tests: ELSEWHERE,
      },
      {
        file: 'src/workers/lift-locks.ts',
        find: '/position|drift|foreign-order/',
        replace: '/position|drift/',
        tests: ELSEWHERE,
      },
    ],
  },
  {
    id: 'D6',
    required: 'an order of another owner is marked, never canceled, and never stands in the way of an exit',
    mutants: [
      {
        file: 'src/domain/monitor.ts',
        find: 'clientOrderId !== null && ours.has(clientOrderId) && !targets.has(clientOrderId) ? [clientOrderId] : [],',
        replace: 'clientOrderId !== null && !targets.has(clientOrderId) ? [clientOrderId] : [],',
        tests: ELSEWHERE,
      },
      {
        file: 'src/workers/clear-way.ts',
        find: 'if (!sending && !view.openOrders.some(isOurs))',
        replace: 'if (!sending && view.openOrders.length === 0)',
        tests: ELSEWHERE,
      },
    ],
  },
  {
    id: 'D7',
    required:
      'where a stop could open the other side it goes out only after a fresh look at the position, never beside an exit',
    mutants: [
      {
        file: 'src/workers/place.ts',
        find: "return holds ? null : 'the broker does not hold the position'",
        replace: "return held === undefined || holds ? null : 'the broker does not hold the position'",
        tests: ELSEWHERE,
      },
      {
        file: 'src/workers/place.ts',
        find: 'if (position.row.exit !== null) return `its exit',
        replace: 'if (position.row.exit?.leg === -1) return `its exit',
        tests: ELSEWHERE,
      },
    ],
  },
  {
    id: 'D8',
    required:
      'an exit or entry repeated after a crash meets the broker first: nothing is sent for what has happened, what is refused is paced',
    mutants: [
      {
        file: 'src/workers/close.ts',
        find:
          '  // Read after the way is clear: what the protective orders did meanwhile shows in it.\n' +
          '  const held = await heldAtBroker(row, tools)',
        replace: "  const held = row.side === 'long' ? decimal(row.size) : ZERO.minus(row.size)",
        tests: ELSEWHERE,
      },
      {
        file: 'src/workers/precheck.ts',
        find: 'if (held !== undefined && !decimal(held.size).isZero())',
        replace: 'if (held !== undefined && decimal(held.size).isZero())',
        tests: ELSEWHERE,
      },
      {
        file: 'src/workers/close.ts',
        find: "if (before?.row.state !== 'rejected') return 0",
        replace: 'return 0',
        tests: ELSEWHERE,
      },
      {
        file: 'src/workers/conclude.ts',
        find: "occurrence: evidence.kind === 'not-sent' ? 'held back' : 'refused',",
        replace: 'occurrence: String(evidence.at),',
        tests: ELSEWHERE,
      },
    ],
  },
  {
    id: 'D9',
    required:
      'every way to end has its reason in the book: signal, stop, liquidation, ADL, expiry, programme, operator, unknown',
    mutants: [
      {
        file: 'src/domain/fill.ts',
        find: "if (fill.direction === 'Auto-Deleveraging') return 'adl'",
        replace: '',
        tests: ['test/domain/fills/fill.test.ts'],
      },
      {
        file: 'src/domain/fill.ts',
        find: "if (fill.liquidation !== null || fill.direction.startsWith('Liquidated')) return 'liquidation'",
        replace: '',
        tests: ELSEWHERE,
      },
      {
        file: 'src/domain/closing.ts',
        find: "if (last.forcedBy !== null) return { reason: FORCED_REASONS[last.forcedBy], byOrder: 'none' }",
        replace: '',
        tests: ['test/domain/reconciliation.test.ts'],
      },
      {
        file: 'src/brokers/hyperliquid/translate.ts',
        find: 'liquidation?.liquidatedUser?.toLowerCase() === owner.user',
        replace: 'liquidation !== undefined && liquidation !== null',
        tests: ['test/brokers/hyperliquid/translate.test.ts'],
      },
    ],
  },
  {
    id: 'D10',
    required:
      'an exit that the programme made is booked as its own, closes entries until the venue day rolls, and is not tried again',
    mutants: [
      {
        file: 'src/domain/programme/venue-flatten.ts',
        find: "return ended || mustBeFlatAt(rules, closedAt) ? { ...cause, reason: 'programme_flatten' } : cause",
        replace: 'return cause',
        tests: ['test/workers/guard.test.ts'],
      },
      {
        file: 'src/domain/programme/venue-flatten.ts',
        find: 'const until = dayOf(rules.day, flatten.closedAt).endsAt',
        replace: 'const until = flatten.closedAt + 60_000',
        tests: ['test/domain/programme/venue-flatten.test.ts'],
      },
      {
        file: 'src/domain/programme/venue-flatten.ts',
        find: 'return { ...state, lockout }',
        replace: 'return state',
        tests: ['test/domain/programme/venue-flatten.test.ts'],
      },
    ],
  },
]
