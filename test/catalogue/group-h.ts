import type { CatalogueCase } from './case.ts'

const LIMITS = ['test/workers/venue-limits.test.ts']
const MONITOR = ['test/domain/monitor.test.ts']
const PROJECTX_VERDICTS = ['test/brokers/projectx/send-verdict.test.ts']

/** Limits, clocks, calendars: what venues bear, by whose time, and when they are open. */
export const GROUP_H: readonly CatalogueCase[] = [
  {
    id: 'H1',
    required: 'a trail moves its stop only by a step that is worth an order; a part of the budget is kept for exits',
    mutants: [
      {
        file: 'src/brokers/rate-limit.ts',
        find: "if (urgency === 'normal' && this.#available - weight < this.#options.reserve) return false",
        replace: "if (urgency === 'normal' && this.#available - weight < 0) return false",
        tests: ['test/brokers/rate-limit.test.ts'],
      },
      {
        file: 'src/domain/protection.ts',
        find: 'return !tightens || stepBps.lt(pace.trailStepBps)',
        replace: 'return !tightens',
        tests: MONITOR,
      },
      {
        file: 'src/domain/monitor.ts',
        find: 'Math.min(STOP_RETRY_MS * 2 ** (refusals - 1), STOP_RETRY_MAX_MS)',
        replace: 'STOP_RETRY_MS',
        tests: MONITOR,
      },
    ],
  },
  {
    id: 'H2',
    required:
      'requests stay within what the venue bears, are shared by all who want the same, and pause when it says too many',
    mutants: [
      {
        file: 'src/brokers/projectx/request-window.ts',
        find: 'return Math.max(1, this.#terms.requests - this.#terms.reserve)',
        replace: 'return Number.POSITIVE_INFINITY',
        tests: ['test/brokers/projectx/session.test.ts'],
      },
      {
        file: 'src/brokers/rate-limit.ts',
        find: 'this.#available = Math.min(this.#available, this.#options.reserve)',
        replace: '',
        tests: ['test/brokers/rate-limit.test.ts'],
      },
      {
        file: 'src/workers/shared-read.ts',
        find: 'if (!this.#running) return await this.#start()',
        replace: 'return await this.#start()',
        tests: LIMITS,
      },
    ],
  },
  {
    id: 'H3',
    required:
      'a sweep makes a bounded number of reads and resumes where its cap stopped it; a 429 in its middle makes it incomplete, without conclusions',
    mutants: [
      {
        file: 'src/workers/sweep-account.ts',
        find: 'last = await look(account, tools)',
        replace: 'last = await look(account, tools).catch(() => ({ ...first, findings: [] }))',
        tests: LIMITS,
      },
      {
        file: 'src/workers/sweep.ts',
        find: 'complete: false,\n      findings: [],',
        replace: 'complete: true,\n      findings: [],',
        tests: LIMITS,
      },
      {
        file: 'src/workers/sweep-account.ts',
        find: 'return { view, ...(await compareNow(',
        replace:
          'for (const order of view.openOrders)\n' +
          "    await tools.account(account).broker.findOrder({ ...order, clientOrderId: order.clientOrderId ?? ('' as never), attachedTo: null })\n" +
          '  return { view, ...(await compareNow(',
        tests: LIMITS,
      },
      {
        file: 'src/workers/requeue.ts',
        find: 'else resumeAt.set(tools.book, last.row.createdAt)',
        replace: 'else resumeAt.delete(tools.book)',
        tests: LIMITS,
      },
      {
        file: 'src/brokers/hyperliquid/session.ts',
        find: 'if (outcome.status === 429) this.#budget.exhaust()',
        replace: 'if (outcome.status === 429) return []',
        tests: ['test/brokers/hyperliquid/history.test.ts'],
      },
    ],
  },
  {
    id: 'H4',
    required:
      'a venue that is away (maintenance) is a state: said once, entries and exits wait, nothing is concluded, its return ends it',
    mutants: [
      {
        file: 'src/workers/venue-watch.ts',
        find: 'if (now - since < SILENCE_ALERT_MS) return []',
        replace: 'return []',
        tests: LIMITS,
      },
      {
        file: 'src/workers/sweep.ts',
        find: 'const failure = result.complete ? null : result.detail',
        replace: "const failure = result.complete ? 'still away' : result.detail",
        tests: LIMITS,
      },
      {
        file: 'src/workers/close.ts',
        find: 'const snapshot = await readSnapshot(tools, row.account, tools.now())',
        replace:
          'const snapshot = await readSnapshot(tools, row.account, tools.now()).catch(() => ({ positions: [] }))',
        tests: LIMITS,
      },
    ],
  },
  {
    id: 'H5',
    required:
      "our clock is measured against the venue's with every account reading; beyond the bound no entry goes out, exits do",
    mutants: [
      {
        file: 'src/workers/precheck.ts',
        find: 'if (objection === null) return',
        replace: "if (objection !== '') return",
        tests: LIMITS,
      },
      {
        file: 'src/domain/clock-offset.ts',
        find: 'if (Math.abs(offset) <= boundMs) return null',
        replace: 'if (offset <= boundMs) return null',
        tests: ['test/domain/clock-offset.test.ts'],
      },
      {
        file: 'src/workers/sweep-account.ts',
        find: 'const clock = await retryStale(async () => await watchClock(account, reading, tools))',
        replace: 'const clock: never[] = []',
        tests: LIMITS,
      },
      {
        file: 'src/brokers/projectx/account-reads.ts',
        find: 'asOf: serverDate ?? startedAt,',
        replace: 'asOf: startedAt,',
        tests: ['test/brokers/projectx/contract.test.ts'],
      },
      {
        file: 'src/brokers/findings.ts',
        find: 'if (offset <= CLOCK_BOUND_MS)',
        replace: 'if (ahead <= CLOCK_BOUND_MS)',
        tests: ['test/brokers/hyperliquid/credentials.test.ts'],
      },
      {
        file: 'src/workers/shared-read.ts',
        find: ' && last.at <= this.#now()',
        replace: '',
        tests: ['test/workers/shared-read.test.ts'],
      },
    ],
  },
  {
    id: 'H6',
    required:
      'holidays and early closes close entries as the exchange has them, guesses hold no exit back, and "outside hours" refuses for good',
    mutants: [
      {
        file: 'src/domain/session/cme-equity-index.ts',
        find: "  ['2025-06-19', 'halt', '12:00', 'Juneteenth'],\n",
        replace: '',
        tests: ['test/domain/session/session.test.ts'],
      },
      {
        file: 'src/domain/session/session.ts',
        find: "certain: exception.certainty === 'published'",
        replace: 'certain: true',
        tests: ['test/domain/session/session.test.ts'],
      },
      {
        file: 'src/domain/session/session-gates.ts',
        find: 'if (isPastHorizon(calendar, now)) {',
        replace: 'if (now < 0) {',
        tests: ['test/domain/session/session-gates.test.ts'],
      },
      {
        file: 'src/brokers/projectx/error-codes.ts',
        find: "    5: 'OutsideTradingHours',\n",
        replace: '',
        tests: PROJECTX_VERDICTS,
      },
    ],
  },
  {
    id: 'H7',
    required:
      'a position keeps the contract it was opened in, leaves it before it expires, and is watched when it is listed no more; "not active" refuses for good',
    mutants: [
      {
        file: 'src/domain/monitor.ts',
        find: 'now >= expiresAt - EXPIRY_LEAD_MS',
        replace: 'now >= expiresAt',
        tests: MONITOR,
      },
      {
        file: 'src/domain/account.ts',
        find: 'instrument === name || held.root === name',
        replace: 'instrument === name',
        tests: ['test/workers/route-by-product.test.ts'],
      },
      {
        file: 'src/workers/market.ts',
        find: 'if (error instanceof RangeError) return null',
        replace: '',
        tests: ['test/workers/trading-hours.test.ts'],
      },
      {
        file: 'src/compose/trading-account.ts',
        find: 'new Map([...known, ...list.map(',
        replace: 'new Map([...known.slice(known.length), ...list.map(',
        tests: ['test/compose/live-account.test.ts'],
      },
      {
        file: 'src/brokers/projectx/error-codes.ts',
        find: "    9: 'ContractNotActive',\n",
        replace: '',
        tests: PROJECTX_VERDICTS,
      },
    ],
  },
]
