import type { CatalogueCase } from './case.ts'

const MONITOR = ['test/domain/monitor.test.ts']
const EXITS = ['test/workers/partial-exits.test.ts']

/** Partial fills, rounding, moved stops: sizes are the broker's. */
export const GROUP_E: readonly CatalogueCase[] = [
  {
    id: 'E1',
    required:
      'an entry that filled below the smallest order value is protected, watched and exited whole like any other',
    mutants: [
      {
        file: 'src/domain/exit-size.ts',
        find: "if (size.gt(0)) return { kind: 'order', size }",
        replace: "if (size.gt(0) && size.times(100).gte(instrument.minNotional)) return { kind: 'order', size }",
        tests: EXITS,
      },
      {
        file: 'src/domain/monitor.ts',
        find: 'if (entry.filled.isZero())',
        replace: 'if (entry.filled.times(inputs.mark ?? 0).lt(inputs.instrument?.minNotional ?? 0))',
        tests: MONITOR,
      },
      {
        file: 'src/domain/protection.ts',
        find: 'return mayPlaceStop(inputs) ? { ...waiting, place: wanted } : waiting',
        replace:
          'const value = decimal(inputs.position.size).times(inputs.mark)\n' +
          '  return value.gte(inputs.instrument.minNotional) && mayPlaceStop(inputs) ? { ...waiting, place: wanted } : waiting',
        tests: MONITOR,
      },
    ],
  },
  {
    id: 'E2',
    required:
      'after a partial exit whose rest was canceled, size comes from fills and the next exit takes what the broker holds',
    mutants: [
      {
        file: 'src/domain/monitor.ts',
        find: 'size: episode.residual,',
        replace: 'size: base.size,',
        tests: EXITS,
      },
      {
        file: 'src/workers/close.ts',
        find: 'if (held.isZero()) return await handToReconcile(envelope, position, tools)\n  return await retryStale',
        replace: 'if (leg >= 0) return await handToReconcile(envelope, position, tools)\n  return await retryStale',
        tests: EXITS,
      },
    ],
  },
  {
    id: 'E3',
    required:
      'an exit takes every whole lot; what is left below one lot is a state of its own, said once and not retried',
    mutants: [
      {
        file: 'src/domain/exit-size.ts',
        find: "return reduceTo.isZero() ? { kind: 'dust' } : { kind: 'reached' }",
        replace: "return reduceTo.isZero() ? { kind: 'order', size: held.abs() } : { kind: 'reached' }",
        tests: EXITS,
      },
      {
        file: 'src/domain/exit-size.ts',
        find: 'const size = decimal(roundSizeDown(instrument, held.abs().minus(reduceTo)))',
        replace: 'const size = held.abs().minus(reduceTo)',
        tests: ['test/domain/exit-size.test.ts'],
      },
      {
        file: 'src/domain/episode-draft.ts',
        find: "return dust ? 'dust' : 'open'",
        replace: "return 'open'",
        tests: ['test/domain/fills/build-episodes.test.ts'],
      },
    ],
  },
  {
    id: 'E4',
    required: 'an exit is cut to what the broker holds when it is sent, and never opens the other side',
    mutants: [
      {
        file: 'src/workers/close.ts',
        find: 'const exit = exitSizeOf(held, reduceToOf(envelope, row), instrument)',
        replace: 'const exit = exitSizeOf(decimal(row.size), reduceToOf(envelope, row), instrument)',
        tests: EXITS,
      },
      {
        file: 'src/workers/close.ts',
        find: "if (held.isNegative() === (row.side === 'long')) return await refuseWrongSide",
        replace: 'if (held.isNaN()) return await refuseWrongSide',
        tests: EXITS,
      },
      {
        file: 'src/workers/close.ts',
        find: '    reduceOnly: true,',
        replace: '    reduceOnly: false,',
        tests: EXITS,
      },
    ],
  },
  {
    id: 'E5',
    required:
      'a stop is moved by a new order of its own id; the old one comes down once the new one is seen (first, where both could fill)',
    mutants: [
      {
        file: 'src/domain/protection.ts',
        find: 'const outdated = keep || inputs.stopsStack ? [] : [idOf(believed)]',
        replace: 'const outdated = keep ? [] : [idOf(believed)]',
        tests: MONITOR,
      },
      {
        file: 'src/domain/protection.ts',
        find: 'const place = keep || !inputs.stopsStack ? null : wanted',
        replace: 'const place = keep ? null : wanted',
        tests: MONITOR,
      },
      {
        file: 'src/workers/protective-intents.ts',
        find: 'const leg = nextLeg(position, event)',
        replace: "const leg = event === 'stop' ? 0 : nextLeg(position, event)",
        tests: EXITS,
      },
    ],
  },
  {
    id: 'E6',
    required: 'the time that exposure stands without a native stop is measured, and alarmed once it is too long',
    mutants: [
      {
        file: 'src/domain/monitor.ts',
        find: 'nakedAlert: row.nakedSince !== null && now - row.nakedSince >= inputs.pace.nakedAlertMs,',
        replace: 'nakedAlert: false,',
        tests: EXITS,
      },
      {
        file: 'src/domain/monitor.ts',
        find: 'row.nakedMs + (row.nakedSince === null ? 0 : now - row.nakedSince)',
        replace: 'row.nakedMs',
        tests: MONITOR,
      },
      {
        file: 'src/domain/monitor.ts',
        find: 'return seenBefore ? now : (row.openedAt ?? now)',
        replace: 'return now',
        tests: MONITOR,
      },
    ],
  },
]
