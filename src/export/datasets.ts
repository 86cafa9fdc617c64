/** What can be exported: a kind of row, the field that orders it, and its columns. Pure. */
import type { Rows } from '#book/book.ts'
import type { EquityDayRow } from '#domain/equity-row.ts'
import type { Fill } from '#domain/fill.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AuditRow, LedgerRow } from '#domain/records.ts'
import { type Column, column, jsonColumn } from './column.ts'

export const DATASET_NAMES = ['ledger', 'fills', 'positions', 'equity-days', 'audit'] as const
export type DatasetName = (typeof DATASET_NAMES)[number]

type ExportedKind = 'ledger' | 'fills' | 'positions' | 'equityDays' | 'audit'

interface Dataset<K extends ExportedKind> {
  readonly kind: K
  /** Orders the rows, and is what `--from` and `--to` are about. */
  readonly orderBy: Extract<keyof Rows[K], string>
  readonly columns: readonly Column<Rows[K]>[]
}

const LEDGER: readonly Column<LedgerRow>[] = [
  column('at', 'instant', (row) => row.at),
  column('account', 'text', (row) => row.account),
  column('kind', 'text', (row) => row.kind),
  column('instrument', 'foreign', (row) => row.instrument),
  column('position_id', 'text', (row) => row.positionId),
  column('gross', 'amount', (row) => row.gross),
  column('fees', 'amount', (row) => row.fees),
  column('net', 'amount', (row) => row.net),
  jsonColumn('conversion', (row) => row.conversion),
  jsonColumn('evidence', (row) => row.evidence),
  column('ledger_id', 'text', (row) => row.ledgerId),
]

const FILLS: readonly Column<Fill>[] = [
  column('time', 'instant', (fill) => fill.time),
  column('account', 'text', (fill) => fill.account),
  column('venue', 'text', (fill) => fill.venue),
  column('instrument', 'foreign', (fill) => fill.instrument),
  column('side', 'text', (fill) => fill.side),
  column('price', 'amount', (fill) => fill.price),
  column('size', 'amount', (fill) => fill.size),
  column('start_position', 'amount', (fill) => fill.startPosition),
  column('closed_pnl', 'amount', (fill) => fill.closedPnl),
  column('fee', 'amount', (fill) => fill.fee),
  column('fee_token', 'foreign', (fill) => fill.feeToken),
  column('fee_pending', 'flag', (fill) => fill.feePending ?? false),
  column('liquidity', 'text', (fill) => fill.liquidity),
  column('direction', 'foreign', (fill) => fill.direction),
  column('forced', 'text', (fill) => fill.forced),
  column('client_order_id', 'text', (fill) => fill.clientOrderId),
  column('venue_order_id', 'foreign', (fill) => fill.venueOrderId),
  column('trade_id', 'foreign', (fill) => fill.tradeId),
  column('reverses', 'foreign', (fill) => fill.reverses),
  column('restates', 'foreign', (fill) => fill.restates),
  column('hash', 'foreign', (fill) => fill.hash),
  column('fill_id', 'foreign', (fill) => fill.fillId),
]

const POSITIONS: readonly Column<PositionRow>[] = [
  column('created_at', 'instant', (row) => row.createdAt),
  column('opened_at', 'instant', (row) => row.openedAt),
  column('closed_at', 'instant', (row) => row.closedAt),
  column('account', 'text', (row) => row.account),
  column('instrument', 'foreign', (row) => row.instrument),
  column('strategy', 'foreign', (row) => row.strategy),
  column('side', 'text', (row) => row.side),
  column('state', 'text', (row) => row.state),
  column('planned_size', 'amount', (row) => row.plannedSize),
  column('size', 'amount', (row) => row.size),
  column('entry_average', 'amount', (row) => row.entryAverage),
  column('exit_average', 'amount', (row) => row.exitAverage),
  column('exit_reason', 'text', (row) => row.exitReason),
  column('orphaned', 'flag', (row) => row.orphaned),
  column('gross', 'amount', (row) => row.realised?.gross),
  column('fees', 'amount', (row) => row.realised?.fees),
  column('funding', 'amount', (row) => row.realised?.funding),
  column('net', 'amount', (row) => row.realised?.net),
  column('provisional', 'flag', (row) => row.realised?.provisional),
  column('naked_ms', 'count', (row) => row.nakedMs),
  column('signal_key', 'text', (row) => row.signalKey),
  column('position_id', 'text', (row) => row.positionId),
]

const EQUITY_DAYS: readonly Column<EquityDayRow>[] = [
  column('day', 'text', (row) => row.day),
  column('account', 'text', (row) => row.account),
  column('opening_equity', 'amount', (row) => row.openingEquity),
  column('closed_pnl', 'amount', (row) => row.closedPnl),
  column('fees', 'amount', (row) => row.fees),
  column('funding', 'amount', (row) => row.funding),
  column('transfers', 'amount', (row) => row.transfers),
  column('unrealised', 'amount', (row) => row.unrealised),
  column('closing_equity', 'amount', (row) => row.closingEquity),
  column('remainder', 'amount', (row) => row.remainder),
  column('unexplained', 'amount', (row) => row.unexplained),
  column('unknown', 'foreign', (row) => row.unknown),
  column('opened_at', 'instant', (row) => row.openedAt),
  column('closed_at', 'instant', (row) => row.closedAt),
]

const AUDIT: readonly Column<AuditRow>[] = [
  column('at', 'instant', (row) => row.at),
  column('subject_kind', 'text', (row) => row.subjectKind),
  column('subject', 'foreign', (row) => row.subject),
  column('seq', 'count', (row) => row.seq),
  column('actor', 'foreign', (row) => row.actor),
  column('decision', 'foreign', (row) => row.decision),
  jsonColumn('inputs', (row) => row.inputs),
  column('previous', 'text', (row) => row.previous),
  column('hash', 'text', (row) => row.hash),
  column('audit_id', 'foreign', (row) => row.auditId),
]

interface DatasetTable {
  readonly ledger: Dataset<'ledger'>
  readonly fills: Dataset<'fills'>
  readonly positions: Dataset<'positions'>
  readonly 'equity-days': Dataset<'equityDays'>
  readonly audit: Dataset<'audit'>
}

/** Each dataset by the name that people give it. */
export const DATASETS = {
  ledger: { kind: 'ledger', orderBy: 'at', columns: LEDGER },
  fills: { kind: 'fills', orderBy: 'time', columns: FILLS },
  positions: { kind: 'positions', orderBy: 'createdAt', columns: POSITIONS },
  'equity-days': { kind: 'equityDays', orderBy: 'day', columns: EQUITY_DAYS },
  audit: { kind: 'audit', orderBy: 'at', columns: AUDIT },
} as const satisfies DatasetTable
