/**
 * Closes the equity identity of an account: on a reading during which nothing traded and nothing was paid, one commit writes the running
 * row, the day's row and the marks that the gates go by.
 */
import type { Stored, Write } from '#book/book.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { type AccountRow, newAccountRow } from '#domain/account.ts'
import { highWaterOf } from '#domain/comparison.ts'
import { type EquityReading, dayOf, equityDayIdOf, equityDayOf, equityRowOf } from '#domain/equity.ts'
import type { EquityRow } from '#domain/equity-row.ts'
import { utcDayOf } from '#domain/gates.ts'
import type { AccountId } from '#domain/ids.ts'
import type { CursorRow } from '#domain/records.ts'
import type { Envelope } from '#domain/message.ts'
import { type AccountView, viewAccount } from './account-view.ts'
import { readCash } from './cash.ts'
import { equityAlert } from './equity-alert.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'

const EQUITY_LOOKS_MAX = 4

/**
 * Reads equity and cash until both belong together and writes the account's rows; answers the cursor that the reading rests on and what
 * is to be delivered. Where cash cannot be read, the rows say unknown first. @throws BrokerUnavailable, BookUnavailable
 */
export async function closeIdentity(
  account: AccountId,
  first: AccountView,
  tools: Tools,
): Promise<{ readonly cursor: CursorRow; readonly next: readonly Envelope[] }> {
  const before = await tools.book.load('equity', account)
  const reading = await restingReading(account, first, tools)
  if (reading === null) return { cursor: first.cursor, next: [] }
  const next = await record(reading, before, tools)
  if (reading.cashFailure !== null) throw reading.cashFailure
  return { cursor: reading.cursor, next }
}

/** Equity, and the sums that belong to it. */
interface Reading {
  readonly account: AccountId
  readonly snapshot: AccountView['snapshot']
  readonly cursor: CursorRow
  /** Why cash rows could not be read; null when they were. */
  readonly cashFailure: BrokerUnavailable | null
}

/** A reading before and after which the sums of fills and cash are the same; null in a busy moment. */
async function restingReading(account: AccountId, first: AccountView, tools: Tools): Promise<Reading | null> {
  let before = await cashOrFailure(account, first, tools)
  for (let looks = 0; looks < EQUITY_LOOKS_MAX; looks++) {
    const view = await viewAccount(tools, account, tools.now())
    const { snapshot } = view
    // Cash is read after equity too: a payment between the two is in equity already.
    const after = await cashOrFailure(account, view, tools)
    const isResting = JSON.stringify(after.cursor.sums) === JSON.stringify(before.cursor.sums)
    if (isResting) return { account, snapshot, cursor: after.cursor, cashFailure: after.failure ?? before.failure }
    before = after
  }
  return null
}

async function cashOrFailure(
  account: AccountId,
  { snapshot, cursor: otherwise }: AccountView,
  tools: Tools,
): Promise<{ readonly cursor: CursorRow; readonly failure: BrokerUnavailable | null }> {
  try {
    return { cursor: (await readCash(tools, tools.account(account).broker, snapshot.asOf)) ?? otherwise, failure: null }
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    return { cursor: otherwise, failure: error }
  }
}

/** One commit: the account's running row, its day, its alert, and the marks of the gates. Days chain because both rows move together. */
async function record(
  { account, snapshot, cursor, cashFailure }: Reading,
  before: Stored<EquityRow> | null,
  tools: Tools,
): Promise<readonly Envelope[]> {
  const { broker, policy } = tools.account(account)
  return await retryStale(async () => {
    const now = tools.now()
    const [equity, stored] = await Promise.all([
      tools.book.load('equity', account),
      tools.book.load('accounts', account),
    ])
    // Another sweep has recorded since our reading began: ours may be the older one.
    if (equity?.revision !== before?.revision) return []
    const reading = {
      account,
      equity: snapshot.equity,
      unrealised: snapshot.unrealised,
      cursor,
      itemisesCash: broker.capabilities.itemisesCash,
      cashGap: cashFailure?.message ?? null,
      now,
    }
    // A baseline that rests on half a reading would be wrong for good.
    const isWritten = equity !== null || cashFailure === null
    const { writes, next } = isWritten ? await identityEffects(equity, reading, tools) : { writes: [], next: [] }
    const row = markEquity(stored?.row ?? newAccountRow(account, policy.venue, now), snapshot.equity, now)
    writes.push(...markWrites(stored, row))
    if (writes.length > 0) await tools.book.commit(writes)
    return next
  })
}

function markWrites(stored: Stored<AccountRow> | null, row: AccountRow): Write[] {
  if (stored === null) return [{ op: 'create', kind: 'accounts', id: row.account, row }]
  if (row === stored.row) return []
  return [{ op: 'replace', kind: 'accounts', id: row.account, revision: stored.revision, row }]
}

async function identityEffects(
  equity: Stored<EquityRow> | null,
  reading: EquityReading,
  tools: Tools,
): Promise<{ writes: Write[]; next: Envelope[] }> {
  const { account } = reading
  const before = equity?.row ?? null
  const after = equityRowOf(before, reading)
  const id = equityDayIdOf(account, dayOf(before, after))
  const day = await tools.book.load('equityDays', id)
  const row = equityDayOf(day?.row ?? null, { before, after }, reading)
  const alert = await equityAlert(tools.book, before, after)
  const writes: Write[] = [
    ...alert.writes,
    equity === null
      ? { op: 'create', kind: 'equity', id: account, row: after }
      : { op: 'replace', kind: 'equity', id: account, revision: equity.revision, row: after },
    day === null
      ? { op: 'create', kind: 'equityDays', id, row }
      : { op: 'replace', kind: 'equityDays', id, revision: day.revision, row },
  ]
  return { writes, next: alert.next }
}

function markEquity(row: AccountRow, equity: AccountRow['highWaterMark'] & string, now: number): AccountRow {
  const highWaterMark = highWaterOf(row.highWaterMark, equity)
  const day = utcDayOf(now)
  const dayStart = row.dayStart?.day === day ? row.dayStart : { day, equity }
  return highWaterMark === row.highWaterMark && dayStart === row.dayStart
    ? row
    : { ...row, highWaterMark, dayStart, updatedAt: now }
}
