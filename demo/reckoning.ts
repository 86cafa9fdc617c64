/** The last table: per position the PnL of the book and, summed from the venue's own ledger, of the broker; and the drift. */
import { type Decimal, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import type { PositionRow } from '#domain/position.ts'
import type { DemoDesk } from './desk.ts'

export interface ReckoningRow {
  readonly name: string
  readonly instrument: string
  readonly side: string
  readonly exitReason: string
  readonly orphaned: boolean
  readonly bookNetUsd: string
  readonly brokerNetUsd: string
  readonly driftUsd: string
  readonly nakedMs: number
}

export interface Reckoning {
  readonly positions: readonly ReckoningRow[]
  /** Orders at the venue for one client order id beyond the first. */
  readonly duplicateOrders: number
  readonly openAtBroker: number
  readonly workingOrdersAtBroker: number
  readonly unexplainedEquityUsd: string | null
  readonly alerts: readonly { readonly severity: string; readonly kind: string; readonly title: string }[]
  readonly recoveryMs: number
  /** Whether everything is as it must be. */
  readonly clean: boolean
}

export async function reckon(
  desk: DemoDesk,
  positions: ReadonlyMap<string, string>,
  recoveryMs: number,
): Promise<Reckoning> {
  const { master, id } = desk.account
  await desk.until(
    'the equity identity to close',
    async () => (await desk.book.load('equity', id))?.row.unexplained === '0',
  )
  const rows: ReckoningRow[] = []
  for (const [name, positionId] of positions) rows.push(reckonOne(name, await closedRow(desk, positionId), desk))
  const ledger = desk.venue.engine.oracle.ledger(master)
  const equity = await desk.book.load('equity', id)
  const cloids = ledger.orders.flatMap(({ order }) =>
    order.cloid === undefined || order.cloid === null ? [] : [order.cloid],
  )
  const reckoning = {
    positions: rows,
    duplicateOrders: cloids.length - new Set(cloids).size,
    openAtBroker: ledger.positions.length,
    workingOrdersAtBroker: desk.venue.engine.account.openOrders(master).length,
    unexplainedEquityUsd: equity?.row.unexplained ?? null,
    alerts: (await desk.alerts()).map(({ severity, kind, title }) => ({ severity, kind, title })),
    recoveryMs,
  }
  const critical = new Set(reckoning.alerts.filter((alert) => alert.severity === 'critical').map((alert) => alert.kind))
  const clean =
    rows.every((row) => row.driftUsd === '0') &&
    rows.filter((row) => row.orphaned).length === 2 &&
    reckoning.duplicateOrders === 0 &&
    reckoning.openAtBroker === 0 &&
    reckoning.workingOrdersAtBroker === 0 &&
    reckoning.unexplainedEquityUsd === '0' &&
    critical.has('orphan') &&
    critical.has('unexpected-position')
  return { ...reckoning, clean }
}

async function closedRow(desk: DemoDesk, positionId: string): Promise<PositionRow> {
  const stored = await desk.book.load('positions', positionId)
  if (stored?.row.realised === undefined || stored.row.realised === null) {
    throw new Error(
      `Expected position ${positionId} to be closed with a realised PnL, saw ${stored?.row.state ?? 'no row'}.`,
    )
  }
  return stored.row
}

/** The broker's side is summed here from the venue's ledger by coin and time, without any code of the book. */
function reckonOne(name: string, row: PositionRow, desk: DemoDesk): ReckoningRow {
  const coin = row.instrument.replace(/-PERP$/, '')
  const from = row.openedAt ?? 0
  const through = row.closedAt ?? 0
  const broker = desk.venue.engine.oracle
    .ledger(desk.account.master)
    .fills.filter((fill) => fill.coin === coin && fill.time >= from && fill.time <= through)
    .reduce<Decimal>((sum, fill) => sum.plus(fill.closedPnl).minus(fill.fee), ZERO)
  const book = row.realised?.net ?? toDecimalString(ZERO)
  return {
    name,
    instrument: row.instrument,
    side: row.side,
    exitReason: row.exitReason ?? 'none',
    orphaned: row.orphaned,
    bookNetUsd: book,
    brokerNetUsd: toDecimalString(broker),
    driftUsd: toDecimalString(decimal(book).minus(broker)),
    nakedMs: row.nakedMs,
  }
}

/** The reckoning as a table for people. */
export function tableOf(reckoning: Reckoning): string {
  const head = ['position', 'instrument', 'side', 'exit', 'book USD', 'broker USD', 'drift', 'naked ms']
  const body = reckoning.positions.map((row) => [
    row.name,
    row.instrument,
    row.side,
    row.orphaned ? `${row.exitReason} (rebuilt)` : row.exitReason,
    row.bookNetUsd,
    row.brokerNetUsd,
    row.driftUsd,
    String(row.nakedMs),
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  const critical = reckoning.alerts.filter((alert) => alert.severity === 'critical')
  return [
    '',
    line(head),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...body.map(line),
    '',
    `orders beyond one per intent: ${reckoning.duplicateOrders}   unexplained equity: ${reckoning.unexplainedEquityUsd} USD   ` +
      `recovery after SIGKILL: ${reckoning.recoveryMs} ms`,
    `critical alerts: ${critical.map((alert) => alert.title).join(' · ')}`,
    '',
  ].join('\n')
}
