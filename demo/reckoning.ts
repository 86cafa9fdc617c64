/** The last table: per position the PnL of the book and, summed from the venue's own ledger, of the broker; and the drift. */
import { ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import type { PositionRow } from '#domain/position.ts'
import type { TrueOrder } from '#simulators/venue/simulated-venue.ts'
import { trueResult } from '#simulators/venue/true-result.ts'
import type { DemoDesk } from './desk.ts'
import type { Leg, Trader } from './traders.ts'

export interface ReckoningRow {
  readonly account: string
  readonly part: string
  readonly instrument: string
  readonly side: string
  readonly exitReason: string
  readonly orphaned: boolean
  readonly bookNetUsd: string
  readonly brokerNetUsd: string
  readonly driftUsd: string
  readonly nakedMs: number
}

export interface AccountReckoning {
  readonly account: string
  readonly venue: string
  /** Orders that stood at the venue for one intent beyond the first. */
  readonly duplicateOrders: number
  readonly openAtBroker: number
  readonly workingOrdersAtBroker: number
  readonly unexplainedEquityUsd: string | null
}

export interface Reckoning {
  readonly positions: readonly ReckoningRow[]
  readonly accounts: readonly AccountReckoning[]
  readonly alerts: readonly { readonly account: string; readonly severity: string; readonly kind: string }[]
  readonly recoveryMs: number
  /** Whether everything is as it must be. */
  readonly clean: boolean
}

/** Orders that stood at a venue, refused ones left out, by the client order id they were sent for. */
export function intentsOf(orders: readonly TrueOrder[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { clientOrderId, rejected } of orders) {
    if (clientOrderId === null || rejected) continue
    // Hyperliquid writes 0x before it; ProjectX the attempt behind it, and what child it is.
    const intent = clientOrderId.replace(/^0x/, '').replace(/^([0-9a-f]{32})\.\d+/, '$1')
    counts.set(intent, (counts.get(intent) ?? 0) + 1)
  }
  return counts
}

export async function reckon(desk: DemoDesk, legs: readonly Leg[], recoveryMs: number): Promise<Reckoning> {
  const traders = desk.troupes.flatMap((troupe) => troupe.traders)
  const accounts: AccountReckoning[] = []
  for (const trader of traders) accounts.push(await reckonAccount(desk, trader))
  const positions: ReckoningRow[] = []
  for (const leg of legs) positions.push(reckonOne(leg, await closedRow(desk, leg)))
  const alerts = (await desk.alerts()).map(({ account, severity, kind }) => ({ account, severity, kind }))
  const told = (account: string, kind: string): boolean =>
    alerts.some((alert) => alert.severity === 'critical' && alert.account === account && alert.kind === kind)
  const clean =
    positions.every((row) => row.driftUsd === '0') &&
    positions.filter((row) => row.orphaned).length === 2 * traders.length &&
    accounts.every(isClean) &&
    alerts.every(({ kind }) => kind !== 'foreign-order') &&
    traders.every(({ account }) => told(account, 'orphan') && told(account, 'unexpected-position'))
  return { positions, accounts, alerts, recoveryMs, clean }
}

function isClean(account: AccountReckoning): boolean {
  const { duplicateOrders, openAtBroker, workingOrdersAtBroker, unexplainedEquityUsd } = account
  return duplicateOrders + openAtBroker + workingOrdersAtBroker === 0 && unexplainedEquityUsd === '0'
}

async function reckonAccount(desk: DemoDesk, { account, venue, venueAccount }: Trader): Promise<AccountReckoning> {
  await desk.until(
    `the equity identity of ${account} to close`,
    async () => (await desk.book.load('equity', account))?.row.unexplained === '0',
  )
  const truth = venue.truth(venueAccount)
  const equity = await desk.book.load('equity', account)
  return {
    account,
    venue: venue.venue,
    duplicateOrders: [...intentsOf(truth.orders).values()].reduce((sum, count) => sum + count - 1, 0),
    openAtBroker: truth.positions.length,
    workingOrdersAtBroker: truth.orders.filter((order) => order.working).length,
    unexplainedEquityUsd: equity?.row.unexplained ?? null,
  }
}

async function closedRow(desk: DemoDesk, { id }: Leg): Promise<PositionRow> {
  const stored = await desk.book.load('positions', id)
  if (stored?.row.realised === undefined || stored.row.realised === null) {
    throw new Error(`Expected position ${id} to be closed with a realised PnL, saw ${stored?.row.state ?? 'no row'}.`)
  }
  return stored.row
}

/** The broker's side is summed here from the venue's ledger by symbol and time, without any code of the book. */
function reckonOne({ part, trader }: Leg, row: PositionRow): ReckoningRow {
  const symbol = trader.symbolOf(row.instrument)
  const broker = trueResult(trader.venue.truth(trader.venueAccount), {
    symbol,
    from: row.openedAt ?? 0,
    through: row.closedAt ?? 0,
  })
  const book = row.realised?.net ?? toDecimalString(ZERO)
  return {
    account: row.account,
    part,
    instrument: row.instrument,
    side: row.side,
    exitReason: row.exitReason ?? 'none',
    orphaned: row.orphaned,
    bookNetUsd: book,
    brokerNetUsd: broker,
    driftUsd: toDecimalString(decimal(book).minus(broker)),
    nakedMs: row.nakedMs,
  }
}

/** The reckoning as tables for people. */
export function tableOf(reckoning: Reckoning): string {
  const positions = reckoning.positions.toSorted((a, b) => (a.account < b.account ? -1 : a.account > b.account ? 1 : 0))
  return [
    '',
    ...table(
      ['account', 'position', 'instrument', 'side', 'exit', 'book USD', 'broker USD', 'drift', 'naked ms'],
      positions.map((row) => [
        row.account,
        row.part,
        row.instrument,
        row.side,
        row.orphaned ? `${row.exitReason} (rebuilt)` : row.exitReason,
        row.bookNetUsd,
        row.brokerNetUsd,
        row.driftUsd,
        String(row.nakedMs),
      ]),
      5,
    ),
    '',
    ...table(
      ['account', 'venue', 'orders beyond one per intent', 'unexplained equity USD'],
      reckoning.accounts.map((row) => [
        row.account,
        row.venue,
        String(row.duplicateOrders),
        row.unexplainedEquityUsd ?? 'unknown',
      ]),
      2,
    ),
    '',
    `recovery after SIGKILL: ${reckoning.recoveryMs} ms   critical alerts: ${reckoning.alerts.filter((alert) => alert.severity === 'critical').length}`,
    '',
  ].join('\n')
}

/** Columns from `rightFrom` on are numbers. */
function table(head: readonly string[], body: readonly (readonly string[])[], rightFrom: number): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < rightFrom ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)]
}
