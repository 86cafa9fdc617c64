import type { CatalogueCase } from './case.ts'

const INGESTION = ['test/workers/fill-ingestion.test.ts']

/** Fills: read whole, kept once, attributed by ids, booked as they are. */
export const GROUP_B: readonly CatalogueCase[] = [
  {
    id: 'B1',
    required:
      'page by time, each fill once; a full page is followed; fills the venue no longer keeps are said to be missing',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/time-pages.ts',
        find: 'if (page.length < source.pageSize) continue',
        replace: 'if (page.length <= source.pageSize) continue',
        tests: ['test/brokers/hyperliquid/time-pages.test.ts'],
      },
      {
        file: 'src/brokers/hyperliquid/fill-history.ts',
        find: 'const retained = await this.#isRetained(interval, rows.length)',
        replace: 'const retained = true',
        tests: ['test/brokers/hyperliquid/history.test.ts'],
      },
      {
        file: 'src/workers/evidence-expiry.ts',
        find: 'if (row.missing === null || row.since === before?.since) return []',
        replace: 'return []',
        tests: INGESTION,
      },
      {
        file: 'src/workers/exit-evidence.ts',
        find: 'if (cursor.missing !== null && cursor.since > position.createdAt) {',
        replace: 'if (false) {',
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B2',
    required: 'fills are ordered by the chain of their start positions, not by timestamp',
    mutants: [
      {
        file: 'src/domain/fill-chain.ts',
        find: 'for (const link of orderLinks(instant, position, onward)) ordered.push(link)',
        replace: 'for (const link of instant) ordered.push(link)',
        tests: ['test/domain/fills/fill-chain.test.ts'],
      },
    ],
  },
  {
    id: 'B3',
    required: 'a page that makes no progress fails the read; it is not a short list',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/time-pages.ts',
        find: 'if (next.from === next.through) saturated.push(next.from)',
        replace: 'if (next.from === next.through) continue',
        tests: ['test/brokers/hyperliquid/time-pages.test.ts'],
      },
      {
        file: 'src/brokers/bybit/pages.ts',
        find: 'if (next === cursor) throw',
        replace: 'if (next === cursor) return { rows, pages }\n    if (next === cursor) throw',
        tests: ['test/brokers/bybit/reads.test.ts'],
      },
    ],
  },
  {
    id: 'B4',
    required: 'a client order id attributes a fill and never filters it',
    mutants: [
      {
        file: 'src/brokers/hyperliquid/fill-history.ts',
        find: 'fetch: (interval) => this.#page(interval),',
        replace:
          'fetch: async (interval) => (await this.#page(interval)).filter((fill) => fill.clientOrderId !== null),',
        tests: ['test/brokers/hyperliquid/contract.test.ts'],
      },
      {
        file: 'src/workers/position-episode.ts',
        find: 'return fills.map(({ row }) =>',
        replace: 'return fills.filter(({ row }) => row.clientOrderId !== null).map(({ row }) =>',
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B5',
    required: 'the cursor moves only after a complete read',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: 'fillsThrough: isFinal',
        replace: 'fillsThrough: isFinal || true',
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B6',
    required: 'the mark that a fill was seen and its effect are one commit',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: 'await book.commit(sealed([cursor, ...puts,',
        replace: 'await (await book.commit(puts), book).commit(sealed([cursor,',
        tests: INGESTION,
      },
      {
        file: 'src/workers/account-view.ts',
        find: 'await commitFills({ book: tools.book,',
        replace:
          'for (const fill of fresh) remembered(tools.book).add(fill.fillId)\n' +
          '    await commitFills({ book: tools.book,',
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B7',
    required: 'a fill that is delivered again, also after a restart, changes nothing',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: 'if (rows[index] === null) return true',
        replace: 'return true',
        tests: INGESTION,
      },
      {
        file: 'src/domain/fill-chain.ts',
        find: 'if (of === undefined) first.set(fill.fillId, fill)',
        replace: 'if (of === undefined || of !== fill) first.set(`${fill.fillId} ${first.size}`, fill)',
        tests: ['test/domain/fills/fill-chain.test.ts'],
      },
    ],
  },
  {
    id: 'B8',
    required: 'the id of a fill is made of what the venue says of it: the same on every machine and in every run',
    mutants: [
      {
        file: 'src/domain/fill.ts',
        find: '[account, coin, String(time), venueOrderId, tradeId]',
        replace: '[account, coin, String(process.hrtime.bigint()), venueOrderId, tradeId]',
        tests: ['test/domain/fills/fill.test.ts'],
      },
      {
        file: 'src/brokers/projectx/translate.ts',
        find: 'fillId: tradeFillId(account, trade),',
        replace: 'fillId: crypto.randomUUID(),',
        tests: ['test/brokers/projectx/contract.test.ts'],
      },
    ],
  },
  {
    id: 'B9',
    required: 'a fill that comes before its order is acknowledged is kept, and is proof that the order landed',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: '  return candidates.filter((fill, index) => {',
        replace:
          "  const orders = await book.loadMany('orders', candidates.map((fill) => fill.clientOrderId ?? 'none'))\n" +
          '  return candidates.filter((fill, index) => {\n    if (orders[index] === null) return false',
        tests: INGESTION,
      },
      {
        file: 'src/workers/position-episode.ts',
        find: 'row.clientOrderId ?? ours.get(row.venueOrderId) ?? null',
        replace: 'row.clientOrderId',
        tests: INGESTION,
      },
      {
        file: 'src/brokers/resolution.ts',
        find: "if (evidence.fills.kind === 'complete' && evidence.fills.found.length > 0) {",
        replace: 'if (false) {',
        tests: ['test/brokers/resolution.test.ts'],
      },
    ],
  },
  {
    id: 'B10',
    required: 'what has ended stays ended: a late answer resurrects neither order nor position',
    mutants: [
      {
        file: 'src/workers/conclude.ts',
        find: 'if (intent === null || intent.row.settled) {',
        replace: 'if (intent === null) {',
        tests: INGESTION,
      },
      {
        file: 'src/workers/conclude.ts',
        find: "state: position.state === 'pending' ? 'entering' : position.state,",
        replace: "state: 'entering',",
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B11',
    required: 'after an outage fills are read from where they were last proven',
    mutants: [
      {
        file: 'src/workers/account-view.ts',
        find: 'stored.row.fillsThrough - (broker.capabilities.voidableForMs ?? FILL_OVERLAP_MS)',
        replace: 'now - FILL_OVERLAP_MS',
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B12',
    required: 'every reconnect of a stream makes all positions look again: the stream replays nothing',
    mutants: [
      {
        file: 'src/compose/stream-wakes.ts',
        find: 'wakes.ask([])',
        replace: '',
        tests: ['test/compose/stream-wakes.test.ts'],
      },
    ],
  },
  {
    id: 'B13',
    required:
      'an unknown word of the venue loses no fill: it is kept, and booked by side and start position; an unknown effect is loud',
    mutants: [
      {
        file: 'src/domain/fill.ts',
        find: "const opposes = !start.isZero() && start.isNegative() === (fill.side === 'buy')",
        replace: 'const opposes = /^Close|>/.test((fill as Fill).direction)',
        tests: ['test/domain/fills/fill.test.ts'],
      },
      {
        file: 'src/brokers/hyperliquid/info-schema.ts',
        find: 'dir: z.string(),',
        replace:
          "dir: z.enum(['Open Long', 'Close Long', 'Open Short', 'Close Short', 'Long > Short', 'Short > Long']),",
        tests: ['test/brokers/hyperliquid/translate.test.ts'],
      },
      {
        file: 'src/brokers/bybit/translate.ts',
        find: "if (execType === 'Funding') return false",
        replace: 'return false',
        tests: ['test/brokers/bybit/translate.test.ts'],
      },
      {
        file: 'src/workers/account-view.ts',
        find: '...(await unfamiliarAlerts(tools.book, fresh, now))',
        replace: '',
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B14',
    required: 'a fill without a trade id is refused by name; no id is ever made up',
    mutants: [
      {
        file: 'src/brokers/bybit/wire.ts',
        find: 'execId: z.string().min(1),',
        replace: 'execId: z.string().nullish().transform((id) => id || crypto.randomUUID()),',
        tests: ['test/brokers/bybit/translate.test.ts'],
      },
      {
        file: 'src/brokers/hyperliquid/info-schema.ts',
        find: 'tid: z.int(),',
        replace: 'tid: z.unknown().transform((tid) => (Number.isInteger(tid) ? tid : crypto.randomUUID())),',
        tests: ['test/brokers/hyperliquid/translate.test.ts'],
      },
    ],
  },
  {
    id: 'B15',
    required:
      'the exit of a position is one stretch of fills or none: several are refused with an alert, never summed or picked from',
    mutants: [
      {
        file: 'src/workers/exit-evidence.ts',
        find: 'if (episodes.length > 1)',
        replace: 'if (false)',
        tests: ['test/workers/ambiguous-exits.test.ts'],
      },
      {
        file: 'src/workers/position-episode.ts',
        find: "role === 'open' && isEntry(fill)),",
        replace: "role === 'open' && fill.size === position.size),",
        tests: ['test/workers/ambiguous-exits.test.ts'],
      },
    ],
  },
  {
    id: 'B16',
    required: 'a close is booked at the prices and results of its fills, never at a mark',
    mutants: [
      {
        file: 'src/domain/closing.ts',
        find: 'exitAverage: episode.exitAverage,',
        replace: 'exitAverage: position.bestMark,',
        tests: INGESTION,
      },
    ],
  },
  {
    id: 'B17',
    required: 'the exit reason comes from the order that made the exit, never from what was expected',
    mutants: [
      {
        file: 'src/domain/closing.ts',
        find: "? { reason: 'take_profit', byOrder: 'take-profit' }",
        replace: "? { reason: 'native_stop', byOrder: 'stop' }",
        tests: ['test/domain/reconciliation.test.ts'],
      },
      {
        file: 'src/domain/closing.ts',
        find: "if (ours === undefined) return { reason: 'operator', byOrder: 'none' }",
        replace: "if (ours === undefined) return { reason: 'native_stop', byOrder: 'stop' }",
        tests: ['test/domain/reconciliation.test.ts'],
      },
    ],
  },
  {
    id: 'B18',
    required: 'a residual is a state of its own: neither booked as closed nor stuck',
    mutants: [
      {
        file: 'src/workers/exit-evidence.ts',
        find: "if (heldHere && episode?.status !== 'closed') return { kind: 'still-open' }",
        replace: '',
        tests: INGESTION,
      },
      {
        file: 'src/domain/monitor.ts',
        find: 'exitDue: sized.exit !== null && !exiting',
        replace: 'exitDue: false',
        tests: INGESTION,
      },
      {
        file: 'src/domain/episode-draft.ts',
        find: "return dust ? 'dust' : 'open'",
        replace: "return dust ? 'closed' : 'open'",
        tests: ['test/domain/fills/build-episodes.test.ts'],
      },
    ],
  },
  {
    id: 'B19',
    required: "the venue's closed PnL is gross: the fees of exit and entry come off",
    mutants: [
      {
        file: 'src/domain/episode-draft.ts',
        find: 'toDecimalString(gross.minus(fees[token] ?? ZERO))',
        replace: 'toDecimalString(gross)',
        tests: ['test/domain/fills/build-episodes.test.ts', 'test/domain/reconciliation.test.ts'],
      },
      {
        file: 'src/domain/episode-draft.ts',
        find: 'const fees = feesOf(this.#legs)',
        replace: "const fees = feesOf(this.#legs.filter(({ role }) => role === 'close'))",
        tests: ['test/domain/fills/build-episodes.test.ts', 'test/domain/reconciliation.test.ts'],
      },
    ],
  },
  {
    id: 'B20',
    required: 'one position owns an instrument of an account, whichever strategy it is of',
    mutants: [
      {
        file: 'src/domain/gates.ts',
        find: 'if (held === undefined) return null',
        replace: 'return null',
        tests: ['test/workers/fan-out.test.ts'],
      },
    ],
  },
  {
    id: 'B21',
    required:
      'a trade that is taken back after it was booked is reversed by rows of its own, in position, money and ledger, with an alert',
    mutants: [
      {
        file: 'src/workers/void-fills.ts',
        find: '...read.voided.map((id): [string, null] => [id, null]),',
        replace: '',
        tests: ['test/workers/void-fills.test.ts'],
      },
      {
        file: 'src/workers/void-consequences.ts',
        find: 'if (isVoid) return (await raised(book, voided, now)).writes',
        replace: 'if (isVoid) return []',
        tests: ['test/workers/void-fills.test.ts'],
      },
      {
        file: 'src/domain/reversal.ts',
        find: 'closedPnl: negated(fill.closedPnl),',
        replace: "closedPnl: '0' as DecimalString,",
        tests: ['test/workers/void-fills.test.ts'],
      },
      {
        file: 'src/workers/void-consequences.ts',
        find: 'if (change.reversal !== null) known.rows.push(',
        replace: 'if (false) known.rows.push(',
        tests: ['test/workers/void-fills.test.ts'],
      },
    ],
  },
  {
    id: 'B22',
    required: 'a fee that is not stated yet is pending, never nothing: the result with it is provisional',
    mutants: [
      {
        file: 'src/domain/closing.ts',
        find: 'episode.legs.some(({ fill }) => fill.feePending === true),',
        replace: 'false,',
        tests: ['test/domain/reconciliation.test.ts'],
      },
      {
        file: 'src/brokers/projectx/translate.ts',
        find: '...(trade.fees === null && { feePending: true }),',
        replace: '',
        tests: ['test/brokers/projectx/wire.test.ts'],
      },
    ],
  },
  {
    id: 'B23',
    required: 'a provisional result becomes final once, whoever looks and however often',
    mutants: [
      {
        file: 'src/workers/settle-fees.ts',
        find: 'row: { ...row, realised: result, updatedAt: now },',
        replace: 'row: { ...row, realised: { ...result, provisional: true }, updatedAt: now },',
        tests: ['test/workers/fee-rates.test.ts'],
      },
      {
        file: 'src/workers/settle-fees.ts',
        find: 'if (result === null || result.provisional) return',
        replace: 'return',
        tests: ['test/workers/fee-rates.test.ts'],
      },
    ],
  },
]
