/**
 * One look at an account: working orders and positions first, then every fill since the cursor into the book. Looks that
 * are wanted at the same moment share one set of venue calls. The cursor moves only after a complete read.
 */
import type { Book, Revision, Stored, Write } from '#book/book.ts'
import { sealed } from '#book/seal.ts'
import type { AccountSnapshot, Broker, Coverage, FillRead } from '#brokers/broker.ts'
import { VENUE_AHEAD_MS } from '#domain/clock-offset.ts'
import { ZERO_STRING, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { type Fill, isSpotCoin } from '#domain/fill.ts'
import type { AccountId } from '#domain/ids.ts'
import type { BrokerOrder } from '#domain/order.ts'
import type { CashSums, CursorRow } from '#domain/records.ts'
import { nameChildren } from './name-children.ts'
import { expiryAlert } from './evidence-expiry.ts'
import { retryStale } from './retry-stale.ts'
import { SharedRead } from './shared-read.ts'
import { type Tidings, tidingsOf } from './void-fills.ts'
import { unfamiliarAlerts } from './unfamiliar-fills.ts'
import type { Tools } from './worker.ts'

export interface AccountView {
  readonly snapshot: AccountSnapshot
  readonly openOrders: readonly BrokerOrder[]
  /** The fill history of the book after this look. */
  readonly cursor: CursorRow
}

/** Fills may become visible a little after newer ones; every read goes back this far, ms. */
export const FILL_OVERLAP_MS = 10_000
/** A cursor that only time moved is written this seldom, ms. */
const CURSOR_IDLE_MS = 60_000

interface AccountReads {
  readonly views: SharedRead<AccountView>
  readonly snapshots: SharedRead<AccountSnapshot>
}
const reads = new WeakMap<Broker, AccountReads>()
/** Older fills are asked for this seldom, ms: what stays unexplained must not use up the request budget. */
const OLDER_EVERY_MS = 30_000
/** From when on the next look at a broker asks for older fills too, and when one last did, ms. */
const older = new WeakMap<Broker, { readonly since: number | null; readonly readAt: number }>()

function readsOf(tools: Tools, account: AccountId): AccountReads {
  const { broker } = tools.account(account)
  const known = reads.get(broker)
  if (known !== undefined) return known
  const made = {
    views: new SharedRead(
      () => lookAt(tools, broker),
      () => tools.now(),
    ),
    snapshots: new SharedRead(
      () => broker.readAccount(),
      () => tools.now(),
    ),
  }
  reads.set(broker, made)
  return made
}

/** A view whose reads all started at or after `notBefore`. @throws BrokerUnavailable, BookUnavailable */
export async function viewAccount(tools: Tools, account: AccountId, notBefore: number): Promise<AccountView> {
  return await readsOf(tools, account).views.get(notBefore)
}

/** Positions and equity alone, read at or after `notBefore`. @throws BrokerUnavailable */
export async function readSnapshot(tools: Tools, account: AccountId, notBefore: number): Promise<AccountSnapshot> {
  return await readsOf(tools, account).snapshots.get(notBefore)
}

/**
 * Lets the next look ask for fills from `since` (ms) on as well, however far the cursor is: what the book cannot explain may have been told
 * late. Asked again at every look that finds it unexplained.
 */
export function wantOlderFills(tools: Tools, account: AccountId, since: number): void {
  const { broker } = tools.account(account)
  const { since: wanted = null, readAt = 0 } = older.get(broker) ?? {}
  older.set(broker, { since: Math.min(since, wanted ?? since), readAt })
}

async function lookAt(tools: Tools, broker: Broker): Promise<AccountView> {
  const openOrders = await nameChildren(tools.book, await broker.listOpenOrders())
  const snapshot = await broker.readAccount()
  const cursor = await readFills(tools, broker, snapshot.asOf)
  return { snapshot, openOrders, cursor }
}

/**
 * Reads what the venue has since the cursor into the book; answers the cursor after it. `venueTime` (ms) is the venue's own, from an answer
 * before this read: a cursor that a clock ahead of it moved further would hide every fill until then, for good. @throws BrokerUnavailable,
 * BookUnavailable
 */
export async function readFills(tools: Tools, broker: Broker, venueTime: number): Promise<CursorRow> {
  return await retryStale(async () => {
    const stored = await tools.book.load('cursors', broker.account)
    const now = tools.now()
    const from =
      stored === null
        ? 0
        : Math.max(0, stored.row.fillsThrough - (broker.capabilities.voidableForMs ?? FILL_OVERLAP_MS))
    const read = await broker.listFills({ from, through: now + VENUE_AHEAD_MS })
    const late = await olderFills(broker, from, now)
    const news = await nameChildren(tools.book, await unrecorded(tools.book, [...late, ...read.fills]))
    const tidings =
      broker.capabilities.voidableForMs === null ? onlyFills(news) : await tidingsOf(tools.book, read, news, now)
    const fresh = tidings.fills
    const row = { ...advanced(stored?.row ?? null, read, fresh, broker, Math.min(now, venueTime)), updatedAt: now }
    if (stored !== null && fresh.length === 0 && isIdle(stored.row, row)) return stored.row
    const { settlement } = broker.capabilities
    const loss = await expiryAlert(tools.book, stored?.row ?? null, row, now)
    const writes = [...tidings.writes, ...loss, ...(await unfamiliarAlerts(tools.book, fresh, now))]
    await commitFills({ book: tools.book, settlement }, { fills: fresh, writes }, stored, row)
    for (const fill of fresh) remembered(tools.book).add(fill.fillId)
    return row
  })
}

/** Fills before `end` (ms) that somebody wants to see again; their coverage proves nothing that the cursor does not know. */
async function olderFills(broker: Broker, end: number, now: number): Promise<readonly Fill[]> {
  const { since = null, readAt = 0 } = older.get(broker) ?? {}
  // A clock that was set back must not put it off for as long as it was ahead.
  if (since === null || Math.abs(now - readAt) < OLDER_EVERY_MS) return []
  const isOlder = since < end
  const { fills } = isOlder ? await broker.listFills({ from: since, through: end }) : { fills: [] }
  older.set(broker, { since: null, readAt: isOlder ? now : readAt })
  return fills
}

/** Where the venue takes nothing back, what is booked stays. */
function onlyFills(fills: readonly Fill[]): Tidings {
  return { fills, writes: [] }
}

/** Nothing but time moved, and not much of it. */
function isIdle(before: CursorRow, row: CursorRow): boolean {
  const isSame = row.since === before.since && (row.gap ?? null) === (before.gap ?? null)
  return isSame && row.fillsThrough - before.fillsThrough < CURSOR_IDLE_MS
}

const NOTHING_READ = {
  fillsThrough: 0,
  fundingThrough: 0,
  sums: { closedPnl: ZERO_STRING, fees: ZERO_STRING, funding: ZERO_STRING, transfers: ZERO_STRING },
} as const

/** Since when history is whole, and what is gone before: a read that lost some begins it anew. */
function historyOf(before: CursorRow | null, coverage: Coverage): Pick<CursorRow, 'since' | 'missing'> {
  if (before !== null && !coverage.expired) return { since: before.since, missing: before.missing }
  return { since: coverage.from, missing: coverage.gap }
}

/** What was asked for is either all there, or all of it that there will ever be: reading it again would prove nothing more. */
function advanced(
  before: CursorRow | null,
  read: FillRead,
  fresh: readonly Fill[],
  broker: Pick<Broker, 'account' | 'capabilities'>,
  provable: number,
): Omit<CursorRow, 'updatedAt'> {
  const { coverage } = read
  const isFinal = coverage.complete || coverage.expired || before === null
  const start = before ?? NOTHING_READ
  return {
    account: broker.account,
    fillsThrough: isFinal ? Math.max(start.fillsThrough, Math.min(coverage.through, provable)) : start.fillsThrough,
    fundingThrough: start.fundingThrough,
    ...historyOf(before, coverage),
    gap: isFinal ? null : coverage.gap,
    sums: withFills(start.sums, fresh, broker.capabilities.settlement),
  }
}

/** Cash that these fills moved; a fee taken in another coin is no part of it. */
function withFills(sums: CashSums, fills: readonly Fill[], settlement: string): CashSums {
  const counted = fills.filter((fill) => !isSpotCoin(fill.instrument))
  const fees = counted.filter((fill) => fill.feeToken === settlement).map((fill) => fill.fee)
  return {
    ...sums,
    closedPnl: toDecimalString(sumDecimals([sums.closedPnl, ...counted.map((fill) => fill.closedPnl)])),
    fees: toDecimalString(sumDecimals([sums.fees, ...fees])),
  }
}

const recorded = new WeakMap<Book, Set<string>>()
const RECORDED_MAX = 50_000

/** Fill ids this process knows to be in the book: spares the book a look, is never needed for truth. */
function remembered(book: Book): Set<string> {
  const known = recorded.get(book) ?? new Set<string>()
  if (known.size > RECORDED_MAX) known.clear()
  recorded.set(book, known)
  return known
}

async function unrecorded(book: Book, fills: readonly Fill[]): Promise<Fill[]> {
  const known = remembered(book)
  const candidates = fills.filter((fill) => !known.has(fill.fillId))
  if (candidates.length === 0) return []
  const rows = await book.loadMany(
    'fills',
    candidates.map((fill) => fill.fillId),
  )
  return candidates.filter((fill, index) => {
    if (rows[index] === null) return true
    known.add(fill.fillId)
    return false
  })
}

/** Fills of one commit; far below every store's limit. */
const FILLS_PER_COMMIT = 200

/** Sums and rows move together: with many fills the cursor advances in steps that each carry their own rows. */
async function commitFills(
  { book, settlement }: { readonly book: Book; readonly settlement: string },
  { fills: fresh, writes }: Tidings,
  stored: Stored<CursorRow> | null,
  row: CursorRow,
): Promise<void> {
  let base = stored
  for (let start = 0; start === 0 || start < fresh.length; start += FILLS_PER_COMMIT) {
    const batch = fresh.slice(start, start + FILLS_PER_COMMIT)
    const last = start + FILLS_PER_COMMIT >= fresh.length
    const step = last ? row : partway(base?.row ?? null, row, batch, settlement)
    const cursor: Write =
      base === null
        ? { op: 'create', kind: 'cursors', id: row.account, row: step }
        : { op: 'replace', kind: 'cursors', id: row.account, revision: base.revision, row: step }
    const puts = batch.map((fill): Write => ({ op: 'put', kind: 'fills', id: fill.fillId, row: fill }))
    const [revision] = await book.commit(sealed([cursor, ...puts, ...(last ? writes : [])]))
    base = { id: row.account, row: step, revision: revision as Revision }
  }
}

/** A cursor that has counted a batch but proves nothing further yet. */
function partway(before: CursorRow | null, target: CursorRow, fills: readonly Fill[], settlement: string): CursorRow {
  const start = before ?? {
    ...target,
    fillsThrough: target.since,
    sums: { closedPnl: ZERO_STRING, fees: ZERO_STRING, funding: ZERO_STRING, transfers: ZERO_STRING },
  }
  return { ...start, sums: withFills(start.sums, fills, settlement), updatedAt: target.updatedAt }
}
