/** One account at a real adapter on a simulated venue, an empty book in memory, and the sweep that reads one into the other. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Broker } from '#brokers/broker.ts'
import type { EquityDayRow, EquityRow } from '#domain/equity-row.ts'
import type { Fill } from '#domain/fill.ts'
import type { IdempotencyKey } from '#domain/ids.ts'
import type { AlertRow, LedgerRow, SweepRow } from '#domain/records.ts'
import { sweepEnvelope } from '#queues/repeated-work.ts'
import { sweepAccounts } from '#workers/sweep.ts'
import type { Tools } from '#workers/worker.ts'
import { plainAccount } from './plain-account.ts'
import { NO_SINKS } from './silent-sinks.ts'

export interface LedgerDesk {
  readonly book: Book
  readonly tools: Tools
  /** Sweeps the account once and answers what it came to. */
  sweep(): Promise<SweepRow>
  /** The running row; fails before the first sweep. */
  equity(): Promise<EquityRow>
  /** Oldest first. */
  days(): Promise<EquityDayRow[]>
  fills(): Promise<Fill[]>
  ledger(): Promise<LedgerRow[]>
  /** All that were ever raised, oldest first. */
  alerts(): Promise<AlertRow[]>
}

export async function openLedgerDesk(t: TestContext, broker: Broker, now: () => number): Promise<LedgerDesk> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  t.after(() => book.close())
  const { account } = broker
  const trading = plainAccount(
    account,
    broker,
    async (id) => (await broker.readMarks()).get(id) ?? assert.fail(`a mark of ${id}`),
  )
  const tools: Tools = {
    book,
    account: () => trading,
    accountIds: [account],
    log: { debug() {}, info() {}, warn() {}, error() {} },
    queue: { enqueue: async () => undefined, ensure: async () => true, wake: async () => undefined },
    alerting: NO_SINKS,
    now,
    pause: async () => undefined,
  }
  let sweeps = 0
  return {
    book,
    tools,
    async sweep() {
      const before = new Set((await sweepsOf(book, account)).map(({ sweepId }) => sweepId))
      sweeps += 1
      // The clock of a venue may stand still: every sweep is one of its own all the same.
      const key = `sweep-${sweeps}` as IdempotencyKey
      await sweepAccounts({ ...sweepEnvelope(account, 'demand', now()), idempotency_key: key }, tools)
      return (await sweepsOf(book, account)).find(({ sweepId }) => !before.has(sweepId)) ?? assert.fail('a sweep')
    },
    equity: async () => (await book.load('equity', account))?.row ?? assert.fail('an equity row'),
    days: async () => {
      const query = { where: { account }, orderBy: { field: 'day', direction: 'ascending' } } as const
      return (await book.list('equityDays', query)).map(({ row }) => row)
    },
    fills: async () => {
      const query = { where: { account }, orderBy: { field: 'time', direction: 'ascending' } } as const
      return (await book.list('fills', query)).map(({ row }) => row)
    },
    ledger: async () => {
      const query = { where: { account }, orderBy: { field: 'at', direction: 'ascending' } } as const
      return (await book.list('ledger', query)).map(({ row }) => row)
    },
    alerts: async () => {
      const rows = await book.list('alerts', { orderBy: { field: 'raisedAt', direction: 'ascending' } })
      return rows.map(({ row }) => row)
    },
  }
}

async function sweepsOf(book: Book, account: string): Promise<SweepRow[]> {
  const query = { where: { account }, orderBy: { field: 'startedAt', direction: 'ascending' } } as const
  return (await book.list('sweeps', query)).map(({ row }) => row)
}
