import type { CatalogueCase } from './case.ts'

const MONEY = ['test/workers/fees-and-funding.test.ts']
const RECONCILIATION = ['test/domain/reconciliation.test.ts']

/** Fees, funding, currencies: each is a row of the venue, in its own coin, counted once. */
export const GROUP_F: readonly CatalogueCase[] = [
  {
    id: 'F1',
    required:
      'a fee taken in another coin, also in the one traded, is a fee of that coin: no size shrinks by it and no sum mixes coins',
    mutants: [
      {
        file: 'src/domain/episode-draft.ts',
        find: 'this.#held = this.#held.plus(size)',
        replace: "this.#held = this.#held.plus(leg.fill.feeToken === 'BTC' ? size.minus(leg.fee) : size)",
        tests: MONEY,
      },
      {
        file: 'src/domain/episode-draft.ts',
        find: 'sums.set(fill.feeToken, (sums.get(fill.feeToken) ?? ZERO).plus(fee))',
        replace: "sums.set('USDC', (sums.get('USDC') ?? ZERO).plus(fee))",
        tests: ['test/domain/fills/build-episodes.test.ts', ...RECONCILIATION],
      },
      {
        file: 'src/brokers/bybit/translate.ts',
        find: 'const other = extraFees.find(({ feeCoin }) => feeCoin !== feeToken)',
        replace: 'const other = extraFees.find(({ feeCoin }) => feeCoin === undefined)',
        tests: ['test/brokers/bybit/translate.test.ts'],
      },
    ],
  },
  {
    id: 'F2',
    required:
      'funding counts only in the currency it was paid in: rows of another coin are no cash of the settlement currency',
    mutants: [
      {
        file: 'src/brokers/bybit/transaction-log.ts',
        find: 'const ours = rows.filter(({ currency }) => currency === SETTLE_COIN)',
        replace: 'const ours = rows',
        tests: ['test/brokers/bybit/money.test.ts'],
      },
    ],
  },
  {
    id: 'F3',
    required:
      'funding is a row of its own, counted once a position and once in the sums, however many partial exits and reads there are',
    mutants: [
      {
        file: 'src/workers/cash.ts',
        find: 'const fresh = ledger.filter((_, index) => known[index] === null)',
        replace: 'const fresh = ledger.filter((_, index) => known[index] !== undefined)',
        tests: MONEY,
      },
      {
        file: 'src/domain/closing.ts',
        find: 'net: toDecimalString(decimal(result.gross).minus(settledFeesOf(result))),',
        replace: 'net: toDecimalString(decimal(result.gross).minus(settledFeesOf(result)).plus(result.funding)),',
        tests: MONEY,
      },
      {
        file: 'src/domain/closing.ts',
        find: 'const fundingSum = sumDecimals(funding)',
        replace: 'const fundingSum = sumDecimals(episode.exitOrders.flatMap(() => funding))',
        tests: MONEY,
      },
      {
        file: 'src/workers/reconcile.ts',
        find: "cash.kind === 'funding' && cash.instrument === row.instrument",
        replace: "cash.kind === 'funding'",
        tests: MONEY,
      },
    ],
  },
  {
    id: 'F4',
    required:
      'an exit rebuilt from fills carries the fees that its fills state, rebates included, and none that we computed',
    mutants: [
      {
        file: 'src/domain/episode-draft.ts',
        find: 'for (const { fill, fee } of legs) sums',
        replace: "for (const { fill, fee } of legs.filter(({ role }) => role === 'open')) sums",
        tests: MONEY,
      },
      {
        file: 'src/domain/closing.ts',
        find: 'const fees = sumDecimals([episode.fees[settlement] ?? ZERO_STRING, ...known])',
        replace:
          'const fees = sumDecimals(episode.legs.map((leg) => toDecimalString(decimal(leg.fill.price).times(leg.size).times("0.00045"))))',
        tests: MONEY,
      },
    ],
  },
  {
    id: 'F5',
    required:
      "a fee keeps its coin, the builder's part is in it once, its value has a rate and a source; without a rate the result is provisional",
    mutants: [
      {
        file: 'src/brokers/hyperliquid/translate.ts',
        find: 'feeToken: row.feeToken,',
        replace: "feeToken: 'USDC',",
        tests: ['test/brokers/hyperliquid/translate.test.ts'],
      },
      {
        file: 'src/domain/closing.ts',
        find: 'provisional: known.length < otherFees.length ||',
        replace: 'provisional:',
        tests: RECONCILIATION,
      },
      {
        file: 'src/domain/other-fees.ts',
        find: 'return { token, amount, ...known, value: toDecimalString(decimal(amount).times(known.rate)) }',
        replace: 'return { token, amount, ...known, value: amount }',
        tests: RECONCILIATION,
      },
      {
        file: 'src/domain/closing.ts',
        find: 'if (value === null) return []\n    const { positionId',
        replace: 'if (value !== null) return []\n    const { positionId',
        tests: RECONCILIATION,
      },
    ],
  },
]
