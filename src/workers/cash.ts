/** Reads funding payments and transfers into the ledger; each row once, counted with the cursor that proves it. */
import type { Write } from '#book/book.ts'
import type { Broker, CashRow } from '#brokers/broker.ts'
import { VENUE_AHEAD_MS } from '#domain/clock-offset.ts'
import { ZERO_STRING, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { factIdOf } from '#domain/ids.ts'
import type { CursorRow, LedgerRow } from '#domain/records.ts'
import { FILL_OVERLAP_MS } from './account-view.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'

/** A payment may be listed long after it moved equity; every read goes back this far, ms. Each row counts once, however often it is read. */
const CASH_OVERLAP_MS = 600_000

/**
 * Answers the cursor after the read; null when no fills were ever read for the account. It moves no further than `venueTime` (ms), the venue's
 * own from an answer before. @throws BrokerUnavailable, BookUnavailable
 */
export async function readCash(tools: Tools, broker: Broker, venueTime: number): Promise<CursorRow | null> {
  return await retryStale(async () => {
    const stored = await tools.book.load('cursors', broker.account)
    if (stored === null) return null
    const now = tools.now()
    const from = Math.max(0, stored.row.fundingThrough - CASH_OVERLAP_MS)
    const rows = await broker.listCash({ from, through: now + VENUE_AHEAD_MS })
    const ledger = rows.map((row) => ledgerRowOf(broker.account, row))
    const known = await tools.book.loadMany(
      'ledger',
      ledger.map((row) => row.ledgerId),
    )
    const fresh = ledger.filter((_, index) => known[index] === null)
    const { sums } = stored.row
    const amounts = (kind: CashRow['kind']) => fresh.filter((row) => row.kind === kind).map((row) => row.net)
    const row: CursorRow = {
      ...stored.row,
      fundingThrough: Math.max(stored.row.fundingThrough, Math.min(now, venueTime)),
      sums: {
        ...sums,
        funding: toDecimalString(sumDecimals([sums.funding, ...amounts('funding')])),
        transfers: toDecimalString(sumDecimals([sums.transfers, ...amounts('transfer')])),
      },
      updatedAt: now,
    }
    if (fresh.length === 0 && now - stored.row.fundingThrough < FILL_OVERLAP_MS) return stored.row
    await tools.book.commit([
      { op: 'replace', kind: 'cursors', id: stored.id, revision: stored.revision, row },
      ...fresh.map((entry): Write => ({ op: 'put', kind: 'ledger', id: entry.ledgerId, row: entry })),
    ])
    return row
  })
}

function ledgerRowOf(account: string, row: CashRow): LedgerRow {
  return {
    ledgerId: factIdOf('ledger', account, row.kind, row.id),
    account,
    kind: row.kind,
    instrument: row.instrument,
    positionId: null,
    gross: row.amount,
    fees: ZERO_STRING,
    net: row.amount,
    evidence: [row.id],
    at: row.time,
  }
}
