/** The venue's cash ledger in USDT: what each trade realised and left, and all cash that is no trade (reference section B4). */
import { type DecimalString, ZERO_STRING } from '#domain/decimal.ts'
import type { CashRow } from '#brokers/broker.ts'
import { BrokerProtocolError } from '#brokers/errors.ts'
import { type Interval, readWindows, type Rows } from './pages.ts'
import type { VenueSession } from './session.ts'
import { instrumentOf } from './symbols.ts'
import { SETTLE_COIN } from './translate.ts'
import { transactionSchema, type WireTransaction } from './wire.ts'

const PAGE = 50
const TRADES: ReadonlySet<string> = new Set(['TRADE', 'LIQUIDATION', 'ADL', 'DELIVERY'])

/** All rows of an interval, each once. @throws BrokerUnavailable */
export async function readLog(session: VenueSession, interval: Interval): Promise<Rows<WireTransaction>> {
  const query = { accountType: 'UNIFIED', currency: SETTLE_COIN, limit: PAGE }
  const { rows, pages } = await readWindows(
    session,
    '/v5/account/transaction-log',
    { query, interval },
    transactionSchema,
  )
  const ours = rows.filter(({ currency }) => currency === SETTLE_COIN)
  const doubtful = ours.find(({ type, category }) => TRADES.has(type) && category === '')
  if (doubtful !== undefined) {
    // Taken for a transfer, its cash would count beside that of its fill.
    throw new BrokerProtocolError(
      `Bybit transaction-log row ${doubtful.id}: expected the category of a ${doubtful.type}, saw none.`,
    )
  }
  return { rows: [...new Map(ours.map((row) => [row.id, row])).values()], pages }
}

/** Whether the row is the cash of an execution: then fills tell it. Spot trades are no fills of ours; their cash is a transfer. */
export function isTradeRow({ type, category }: WireTransaction): boolean {
  return TRADES.has(type) && category === 'linear'
}

/** Funding and transfers of an interval, in time order. A kind of row that we do not know counts for what it changed. @throws BrokerUnavailable */
export async function readCash(session: VenueSession, interval: Interval): Promise<CashRow[]> {
  const { rows } = await readLog(session, interval)
  return rows
    .filter((row) => !isTradeRow(row))
    .map(cashRowOf)
    .filter(({ amount }: { readonly amount: DecimalString }) => amount !== ZERO_STRING)
    .toSorted((a, b) => a.time - b.time)
}

function cashRowOf(row: WireTransaction): CashRow {
  return {
    id: row.id,
    kind: row.type === 'SETTLEMENT' ? 'funding' : 'transfer',
    instrument: row.symbol === '' ? null : instrumentOf(row.symbol),
    amount: row.change,
    time: row.transactionTime,
  }
}
