import type { CatalogueCase } from './case.ts'

const TRUTH = ['test/workers/position-truth.test.ts']
const COMPARISON = ['test/domain/reconciliation.test.ts']

/** Positions: the broker is asked, an answer is proven or there is none, and the book never wins against it. */
export const GROUP_C: readonly CatalogueCase[] = [
  {
    id: 'C1',
    required: 'a failed read is unavailable, never flat: nothing is concluded from it',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: 'const snapshot = await broker.readAccount()',
        replace:
          "const flat = { equity: '0', balance: '0', restriction: null, unrealised: '0', positions: [], asOf: 0 }\n" +
          '  const snapshot = await broker.readAccount().catch(() => flat)',
        tests: TRUTH,
      },
      {
        file: 'src/workers/precheck.ts',
        find: 'await readSnapshot(tools, envelope.account, askedAt)',
        replace: 'await readSnapshot(tools, envelope.account, askedAt).catch(() => ({ positions: [], asOf: askedAt }))',
        tests: TRUTH,
      },
      {
        file: 'src/brokers/hyperliquid/info-schema.ts',
        find: 'szi: exact,',
        replace: "szi: exact.catch('0' as never),",
        tests: ['test/brokers/hyperliquid/translate.test.ts'],
      },
    ],
  },
  {
    id: 'C2',
    required: 'no list of an adapter turns a failure into emptiness, and a rule of the source tree forbids it',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: 'await broker.listOpenOrders()',
        replace: 'await broker.listOpenOrders().catch(() => [])',
        tests: TRUTH,
      },
      {
        file: 'scripts/architecture-rules.ts',
        find: "forbids: ['catch returning nothing'],",
        replace: 'forbids: [],',
        tests: ['test/architecture.test.ts'],
      },
    ],
  },
  {
    id: 'C3',
    required: 'book and broker are compared over the union of what either has',
    mutants: [
      {
        file: 'src/domain/comparison.ts',
        find: 'new Set([...byInstrument.keys(), ...held.keys()])',
        replace: 'new Set(held.keys())',
        tests: COMPARISON,
      },
    ],
  },
  {
    id: 'C4',
    required: 'both kinds of orphans are found and acted upon, and every adapter tells both',
    mutants: [
      {
        file: 'src/domain/comparison.ts',
        find: 'new Set([...byInstrument.keys(), ...held.keys()])',
        replace: 'new Set(byInstrument.keys())',
        tests: TRUTH,
      },
      {
        file: 'src/workers/sweep-findings.ts',
        find: "if ((finding.kind === 'orphan' || finding.kind === 'side-drift') && finding.positionId !== null) {",
        replace: 'if (false) {',
        tests: TRUTH,
      },
      {
        file: 'src/brokers/projectx/position-reads.ts',
        find: "size: type === '1' ? size : toDecimalString(ZERO.minus(decimal(size)))",
        replace: 'size',
        tests: ['test/brokers/projectx/contract.test.ts'],
      },
    ],
  },
  {
    id: 'C5',
    required: 'a recovery only adds evidence, and repeating it changes nothing',
    mutants: [
      {
        file: 'src/workers/reconcile.ts',
        find: "if (position === null || !position.row.open || position.row.state === 'unresolved') {",
        replace: "if (position === null || position.row.state === 'unresolved') {",
        tests: TRUTH,
      },
      {
        file: 'src/domain/closing.ts',
        find: "factIdOf('ledger', episode.account, episode.episodeId)",
        replace: "factIdOf('ledger', episode.account, episode.episodeId, String(position.updatedAt))",
        tests: COMPARISON,
      },
    ],
  },
  {
    id: 'C6',
    required: 'a decision is committed only upon the rows that it was made of; what moved meanwhile is decided anew',
    mutants: [
      {
        file: 'src/workers/reconcile.ts',
        find: "{ op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row: cleanUp.position }",
        replace: "{ op: 'put', kind: 'positions', id: position.id, row: cleanUp.position }",
        tests: TRUTH,
      },
      {
        file: 'src/workers/monitor.ts',
        find: "{ op: 'replace', kind: 'positions', id: stored.id, revision: stored.revision, row })\n  }",
        replace: "{ op: 'put', kind: 'positions', id: stored.id, row })\n  }",
        tests: TRUTH,
      },
      {
        file: 'src/brokers/bybit/account-reads.ts',
        find: 'if (movesOf(before) === movesOf(after)) {',
        replace: 'if (true) {',
        tests: ['test/brokers/bybit/reads.test.ts'],
      },
    ],
  },
  {
    id: 'C7',
    required: 'differences are found in both directions, and waiting in vain is never called done',
    mutants: [
      {
        file: 'src/domain/comparison.ts',
        find: 'signedSize(row).eq(broker)',
        replace: 'signedSize(row).gte(broker)',
        tests: COMPARISON,
      },
      {
        file: 'src/workers/reconcile.ts',
        find: "if (waited < LAG_ALERT_MS) return { kind: 'again', afterMs, detail }",
        replace: "if (waited < LAG_ALERT_MS) return { kind: 'done', next: [], detail }",
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C8',
    required: 'flat is what the broker says, in two looks apart',
    mutants: [
      {
        file: 'src/workers/sweep-account.ts',
        find: 'const findings = standingFindings(first.findings, last.findings)',
        replace: 'const findings = first.findings',
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C9',
    required: 'an entry needs a reading of the position made for it',
    mutants: [
      {
        file: 'src/workers/precheck.ts',
        find: 'await readSnapshot(tools, envelope.account, askedAt)',
        replace: 'await readSnapshot(tools, envelope.account, 0)',
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C10',
    required: 'positions may lag behind fills: they are read again before drift is declared',
    mutants: [
      {
        file: 'src/workers/sweep-account.ts',
        find: 'await tools.pause(SECOND_LOOK_MS)',
        replace: '',
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C11',
    required: 'an open position whose past is gone is watched and may be closed; only entries wait',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: 'const news = await nameChildren(',
        replace:
          "if (!read.coverage.complete) throw new Error('fills are missing: refusing to go on')\n" +
          '    const news = await nameChildren(',
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C12',
    required: 'working orders are compared by themselves, whether or not a position stands',
    mutants: [
      {
        file: 'src/domain/comparison.ts',
        find: '...foreignOrders(openOrders, isOurs)]',
        replace: '...foreignOrders(openOrders.filter(({ instrument }) => instruments.has(instrument)), isOurs)]',
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C13',
    required: 'a reducing fill against a position we did not open closes it; it opens no other side and is not dropped',
    mutants: [
      {
        file: 'src/domain/build-episodes.ts',
        find: 'startsFlat(effect, leg) ? beginFlat(fill, effect, entryRule) : beginInside(fill, effect, gap)',
        replace: 'beginFlat(fill, effect, entryRule)',
        tests: ['test/domain/fills/build-episodes.test.ts'],
      },
    ],
  },
  {
    id: 'C14',
    required: 'a fill through zero is split: it closes one position and opens the next, fees pro rata',
    mutants: [
      {
        file: 'src/domain/fill.ts',
        find: 'if (effect.opened.isZero()) return',
        replace: 'if (!effect.closed.isZero()) return',
        tests: ['test/domain/fills/fill.test.ts', 'test/domain/fills/build-episodes.test.ts'],
      },
      {
        file: 'src/domain/fill.ts',
        find: 'const closing = whole.times(effect.closed).div(size).toDecimalPlaces(places)',
        replace: 'const closing = whole',
        tests: ['test/domain/fills/fill.test.ts'],
      },
    ],
  },
  {
    id: 'C15',
    required: 'sizes are above zero: a negative or empty one is refused at the door',
    mutants: [
      {
        file: 'src/brokers/wire-answer.ts',
        find: "size !== ZERO_STRING && !size.startsWith('-')",
        replace: 'size !== ZERO_STRING',
        tests: ['test/brokers/hyperliquid/translate.test.ts', 'test/brokers/projectx/wire.test.ts'],
      },
    ],
  },
  {
    id: 'C16',
    required: 'both sides of a hedged instrument are never netted: hedge mode is refused',
    mutants: [
      {
        file: 'src/brokers/bybit/account-reads.ts',
        find: 'if (hedged !== undefined) {',
        replace: 'if (hedged === null) {',
        tests: ['test/brokers/bybit/reads.test.ts'],
      },
    ],
  },
  {
    id: 'C17',
    required: 'the account is asked for, never the signer, and zeros that mean nothing are no flat account',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/credentials.ts',
        find: 'if (master === agent) {',
        replace: "if (master === '') {",
        tests: ['test/brokers/hyperliquid/credentials.test.ts'],
      },
      {
        file: 'src/brokers/hyperliquid/account-reads.ts',
        find: 'await this.#requirePlainMode()',
        replace: '',
        tests: ['test/brokers/hyperliquid/history.test.ts'],
      },
      {
        file: 'src/brokers/hyperliquid/hyperliquid-broker.ts',
        find: 'new AccountReads(session, this.#master, options.clock)',
        replace: 'new AccountReads(session, this.signer, options.clock)',
        tests: ['test/brokers/hyperliquid/contract.test.ts'],
      },
    ],
  },
  {
    id: 'C18',
    required: 'a close that the venue calls done is proven by its fills before anything is booked',
    mutants: [
      {
        file: 'src/workers/conclude.ts',
        find: "if (intent.event === 'exit') return reduced(intent, position, now)",
        replace: "if (intent.event === 'exit') return { ...position, state: 'closed', open: false, updatedAt: now }",
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C19',
    required: 'a refusal does not override the position that the broker shows',
    mutants: [
      {
        file: 'src/domain/entry-settlement.ts',
        find: 'return accounted && chained ?',
        replace: 'return accounted ?',
        tests: ['test/domain/monitor.test.ts'],
      },
      {
        file: 'src/workers/sweep-findings.ts',
        find: 'const locks = locksEntries(finding) &&',
        replace: "const locks = finding.kind !== 'unexpected-position' && locksEntries(finding) &&",
        tests: TRUTH,
      },
    ],
  },
  {
    id: 'C20',
    required: 'the account is part of every key',
    mutants: [
      {
        file: 'src/domain/fill-chain.ts',
        find: 'JSON.stringify([fill.account, fill.instrument])',
        replace: 'JSON.stringify([fill.instrument])',
        tests: ['test/domain/fills/fill-chain.test.ts'],
      },
      {
        file: 'src/domain/ids.ts',
        find: "digest(['position', signalKey, account], 128)",
        replace: "digest(['position', signalKey], 128)",
        tests: ['test/domain/identity.test.ts'],
      },
    ],
  },
  {
    id: 'C21',
    required: 'each account of a signal has an outcome of its own; partial success is a result and repeats nothing',
    mutants: [
      {
        file: 'src/ingest/accept-signal.ts',
        find: 'return await firstAcceptance(tools.book, row)',
        replace:
          'for (const envelope of envelopes) await tools.queue.enqueue(envelope)\n    return await firstAcceptance(tools.book, row)',
        tests: ['test/workers/fan-out.test.ts'],
      },
      {
        file: 'src/workers/route.ts',
        find: 'if (done !== null) return await again(envelope, tools)',
        replace: '',
        tests: ['test/workers/fan-out.test.ts'],
      },
    ],
  },
]
