/** The state of the book as gauges, read when somebody scrapes. Only an API process shows them: it sees every account. */
import type { Registry } from 'prom-client'
import type { AccountReading, BookReadings } from './book-readings.ts'
import { OUTBOX_SHOWN } from './read-book.ts'
import { type ScrapedGauge, scrapedGauges, type Series } from './registry.ts'

const MONEY = 'A float, for drawing only: the exact decimal stands in the book.'
const STATES = ['active', 'reduce-only', 'quarantined'] as const

type Read = () => Promise<BookReadings | null>

export function bookGauges(registry: Registry, read: Read): void {
  scrapedGauges(registry, [
    {
      name: 'truebook_book_up',
      help: 'Whether the book answered this scrape. 0: every other gauge of the book is absent.',
      read: async () => [[{}, (await read()) === null ? 0 : 1]],
    },
    ...accountGauges(read),
    ...positionGauges(read),
    ...owedGauges(read),
  ])
}

function accountGauges(read: Read): ScrapedGauge[] {
  const labels = ['account']
  return [
    {
      name: 'truebook_account_state',
      help: '1 for the state an account is in: active, reduce-only or quarantined.',
      labels: ['account', 'state'],
      read: ofAccounts(read, ({ account, state }) =>
        STATES.map((candidate) => [{ account, state: candidate }, candidate === state ? 1 : 0] as const),
      ),
    },
    {
      name: 'truebook_drift_rows',
      help: 'Differences between broker and book that the last sweep of the account found, by kind.',
      labels: ['account', 'kind'],
      read: ofAccounts(read, ({ account, drift }) =>
        [...drift].map(([kind, rows]) => [{ account, kind }, rows] as const),
      ),
    },
    {
      name: 'truebook_entry_locks',
      help: 'Instruments of the account whose entries are locked; the whole account counts as one.',
      labels,
      read: perAccount(read, ({ locks }) => locks),
    },
    {
      name: 'truebook_broker_equity_usd',
      help: `Broker equity at its last reading, USD. ${MONEY}`,
      labels,
      read: perAccount(read, ({ brokerEquity }) => brokerEquity),
    },
    {
      name: 'truebook_unexplained_equity_usd',
      help: `Equity that fills, fees, funding, transfers and open PnL do not explain, USD; absent while unknown. ${MONEY}`,
      labels,
      read: perAccount(read, ({ unexplained }) => unexplained),
    },
    {
      name: 'truebook_unexplained_equity_unknown',
      help: '1 while nobody knows the unexplained equity of the account (no reading yet, or its fills are not complete).',
      labels,
      read: perAccount(read, ({ unexplained }) => (unexplained === null ? 1 : 0)),
    },
    {
      name: 'truebook_sweep_age_seconds',
      help: 'Since the last sweep of the account ended; absent before the first.',
      labels,
      read: perAccount(read, ({ sweepAge }) => sweepAge),
    },
    {
      name: 'truebook_sweep_complete',
      help: 'Whether the last sweep of the account could read everything; absent before the first.',
      labels,
      read: perAccount(read, ({ sweepComplete }) => (sweepComplete === null ? null : Number(sweepComplete))),
    },
  ]
}

function positionGauges(read: Read): ScrapedGauge[] {
  const labels = ['account']
  const gauge = (name: string, help: string, valueOf: (reading: AccountReading) => number): ScrapedGauge => ({
    name,
    help,
    labels,
    read: perAccount(read, valueOf),
  })
  return [
    gauge('truebook_open_positions', 'Positions of the book that have not ended.', ({ open }) => open),
    gauge('truebook_naked_positions', 'Positions without a working native stop now.', ({ naked }) => naked),
    gauge(
      'truebook_naked_longest_seconds',
      'How long the longest of them has stood so; 0 without any.',
      ({ longestNaked }) => longestNaked,
    ),
    gauge('truebook_unknown_orders', 'Orders whose outcome is not proven yet.', ({ unknownOrders }) => unknownOrders),
    gauge(
      'truebook_unknown_order_oldest_seconds',
      'Since the oldest of them was sent; 0 without any.',
      ({ oldestUnknown }) => oldestUnknown,
    ),
  ]
}

function owedGauges(read: Read): ScrapedGauge[] {
  return [
    {
      name: 'truebook_alerts_active',
      help: 'Alerts that stand, by severity and whether somebody has acknowledged them.',
      labels: ['severity', 'acknowledged'],
      read: of(read, ({ alerts }) =>
        [...alerts].flatMap(([severity, { acknowledged, unacknowledged }]) => [
          [{ severity, acknowledged: 'yes' }, acknowledged] as const,
          [{ severity, acknowledged: 'no' }, unacknowledged] as const,
        ]),
      ),
    },
    {
      name: 'truebook_outbox_rows',
      help: `Work that the book owes, by stage; of all stages the ${OUTBOX_SHOWN} oldest are counted.`,
      labels: ['stage'],
      read: of(read, ({ outbox }) => [...outbox].map(([stage, { rows }]) => [{ stage }, rows] as const)),
    },
    {
      name: 'truebook_outbox_oldest_seconds',
      help: 'Age of the oldest debt of a stage, 0 without any. Watching a position (monitor) is owed for as long as it stands.',
      labels: ['stage'],
      read: of(read, ({ outbox }) => [...outbox].map(([stage, { oldest }]) => [{ stage }, oldest] as const)),
    },
    {
      name: 'truebook_trading_enabled',
      help: '0 while new exposure is halted: global, account.<id> or strategy.<name>.',
      labels: ['scope'],
      read: of(read, ({ trading }) => [...trading].map(([scope, enabled]) => [{ scope }, Number(enabled)] as const)),
    },
  ]
}

function of(read: Read, seriesOf: (readings: BookReadings) => Series): () => Promise<Series | null> {
  return async () => {
    const readings = await read()
    return readings === null ? null : seriesOf(readings)
  }
}

function ofAccounts(read: Read, seriesOf: (reading: AccountReading) => Series): () => Promise<Series | null> {
  return of(read, ({ accounts }) => accounts.flatMap(seriesOf))
}

function perAccount(read: Read, valueOf: (reading: AccountReading) => number | null): () => Promise<Series | null> {
  return ofAccounts(read, (reading) => {
    const value = valueOf(reading)
    return value === null ? [] : [[{ account: reading.account }, value]]
  })
}
