/** The sweep of one account: two looks, the differences that stand in both, what is done about them, the equity identity. */
import type { Write } from '#book/book.ts'
import { sealed } from '#book/seal.ts'
import type { AccountRow } from '#domain/account.ts'
import { compareBookAndBroker, highWaterOf, locksEntries, standingFindings } from '#domain/comparison.ts'
import { equityRowOf } from '#domain/equity.ts'
import { utcDayOf } from '#domain/gates.ts'
import type { AccountId } from '#domain/ids.ts'
import type { BrokerOrder } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Envelope } from '#domain/message.ts'
import type { CursorRow, Finding, SweepRow } from '#domain/records.ts'
import { type AccountView, viewAccount } from './account-view.ts'
import { readCash } from './cash.ts'
import { watchCredentials } from './credential-watch.ts'
import { newAccountRow } from './entry-decision.ts'
import { watchProgramme } from './programme-watch.ts'
import { findingEffects } from './sweep-findings.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'
import { type Effects, auditedOf, resolved } from './writes.ts'

/** Between two looks, ms: longer than a venue's positions lag behind its fills. */
const SECOND_LOOK_MS = 500
const EQUITY_LOOKS_MAX = 4

interface Look {
  readonly view: AccountView
  readonly findings: readonly Finding[]
  readonly positions: readonly PositionRow[]
}

/** What one account's sweep came to. */
export interface SweepResult extends Pick<
  SweepRow,
  'complete' | 'findings' | 'provenFrom' | 'provenThrough' | 'detail'
> {
  readonly next: readonly Envelope[]
}

/** @throws BrokerUnavailable (nothing concluded), BookUnavailable */
export async function sweepAccount(account: AccountId, tools: Tools): Promise<SweepResult> {
  const first = await look(account, tools)
  let { view } = first
  let findings: readonly Finding[] = []
  if (first.findings.length > 0) {
    await tools.pause(SECOND_LOOK_MS)
    const second = await look(account, tools)
    view = second.view
    findings = standingFindings(first.findings, second.findings)
  }
  const next = await act(account, findings, tools)
  await watchCredentials(account, tools)
  const watch = await watchProgramme(account, tools)
  const cursor = await balance(account, view, tools)
  return {
    complete: true,
    findings,
    provenFrom: cursor.since,
    provenThrough: cursor.fillsThrough,
    detail:
      findings.length === 0
        ? 'book equals broker'
        : findings.map((finding) => `${finding.kind} ${finding.instrument}`).join(', '),
    next: [...next, ...(watch?.next ?? [])],
  }
}

/** Broker first, book after: what the book learnt meanwhile can only explain more. */
async function look(account: AccountId, tools: Tools): Promise<Look> {
  const view = await viewAccount(tools, account, tools.now())
  const [stored, orders] = await Promise.all([
    tools.book.list('positions', { where: { account, open: true } }),
    ownedBy(account, view.openOrders, tools),
  ])
  const positions = stored.map(({ row }) => row)
  // A stop that rode with an entry rests at the venue before the entry's outcome, and with it the stop's row, is in the book.
  const planned = new Set(positions.flatMap((row) => row.orders.map((order) => order.clientOrderId)))
  const held = new Map(view.snapshot.positions.map((position) => [position.instrument, position.size]))
  const findings = compareBookAndBroker({
    positions,
    held,
    openOrders: view.openOrders,
    isOurs: (order) =>
      orders.has(order.venueOrderId) || (order.clientOrderId !== null && planned.has(order.clientOrderId)),
  })
  return { view, findings, positions }
}

/** Venue order ids of working orders that an intent or order of the book made. */
async function ownedBy(
  account: AccountId,
  openOrders: readonly BrokerOrder[],
  tools: Tools,
): Promise<ReadonlySet<string>> {
  const named = openOrders.flatMap((order) =>
    order.clientOrderId === null ? [] : [{ id: order.clientOrderId, venue: order.venueOrderId }],
  )
  const [orders, intents] = await Promise.all([
    tools.book.loadMany(
      'orders',
      named.map((order) => order.id),
    ),
    tools.book.loadMany(
      'intents',
      named.map((order) => order.id),
    ),
  ])
  return new Set(
    named.flatMap((order, index) => ((orders[index] ?? intents[index])?.row.account === account ? [order.venue] : [])),
  )
}

async function act(account: AccountId, findings: readonly Finding[], tools: Tools): Promise<Effects['next']> {
  const next: Effects['next'] = []
  for (const finding of findings) {
    const effects = await retryStale(async () => {
      const made = await findingEffects(account, finding, 'sweep', tools, tools.now())
      if (made.writes.length > 0) await tools.book.commit(sealed(made.writes))
      return made
    })
    next.push(...effects.next)
  }
  await liftLocks(account, new Set(findings.filter(locksEntries).map((finding) => finding.instrument)), tools)
  return next
}

/** A clean comparison lifts the locks of instruments that no longer differ, and ends their alerts. */
async function liftLocks(account: AccountId, differing: ReadonlySet<string>, tools: Tools): Promise<void> {
  await retryStale(async () => {
    const stored = await tools.book.load('accounts', account)
    if (stored === null) return
    const lifted = Object.keys(stored.row.locks).filter(
      (instrument) => instrument !== '*' && !differing.has(instrument),
    )
    if (lifted.length === 0) return
    const now = tools.now()
    const locks = Object.fromEntries(
      Object.entries(stored.row.locks).filter(([instrument]) => !lifted.includes(instrument)),
    )
    const alerts = await tools.book.list('alerts', {
      where: { account, active: true },
      orderBy: { field: 'raisedAt', direction: 'ascending' },
    })
    const over = alerts.filter(
      ({ row }) =>
        row.instrument !== null &&
        lifted.includes(row.instrument) &&
        /position|drift/.test(row.kind) &&
        row.kind !== 'naked-position',
    )
    const ended = await Promise.all(over.map(async ({ id }) => await resolved(tools.book, id, now)))
    const inputs = { lifted: lifted.map((instrument) => ({ instrument, ...stored.row.locks[instrument] })) }
    await tools.book.commit(
      sealed([
        {
          op: 'replace',
          kind: 'accounts',
          id: account,
          revision: stored.revision,
          row: { ...stored.row, locks, updatedAt: now },
        },
        ...ended.flat(),
        auditedOf({ kind: 'accounts', id: account }, { at: now, actor: 'sweep', decision: 'locks lifted', inputs }),
      ]),
    )
  })
}

/** Equity identity on a reading during which nothing traded; day start and high-water mark for the gates. */
async function balance(account: AccountId, first: AccountView, tools: Tools): Promise<CursorRow> {
  const view = await restingView(account, first, tools)
  if (view === null) return first.cursor
  await retryStale(async () => {
    const now = tools.now()
    const [equity, stored] = await Promise.all([
      tools.book.load('equity', account),
      tools.book.load('accounts', account),
    ])
    const { snapshot, cursor } = view
    const reading = { account, equity: snapshot.equity, unrealised: snapshot.unrealised, cursor, now }
    const row = equityRowOf(equity?.row ?? null, reading)
    const writes: Write[] = [
      equity === null
        ? { op: 'create', kind: 'equity', id: account, row }
        : { op: 'replace', kind: 'equity', id: account, revision: equity.revision, row },
    ]
    const venue = tools.account(account).policy.venue
    const marked = markEquity(stored?.row ?? newAccountRow(account, venue, now), snapshot.equity, now)
    if (stored === null) writes.push({ op: 'create', kind: 'accounts', id: account, row: marked })
    else if (marked !== stored.row) {
      writes.push({ op: 'replace', kind: 'accounts', id: account, revision: stored.revision, row: marked })
    }
    await tools.book.commit(writes)
  })
  return view.cursor
}

/** A look before and after which the cash sums are the same, so equity and sums belong together; null in a busy moment. */
async function restingView(account: AccountId, first: AccountView, tools: Tools): Promise<AccountView | null> {
  const { broker } = tools.account(account)
  let before = (await readCash(tools, broker)) ?? first.cursor
  for (let looks = 0; looks < EQUITY_LOOKS_MAX; looks++) {
    const view = await viewAccount(tools, account, tools.now())
    if (JSON.stringify(view.cursor.sums) === JSON.stringify(before.sums)) return view
    before = (await readCash(tools, broker)) ?? view.cursor
  }
  return null
}

function markEquity(row: AccountRow, equity: AccountRow['highWaterMark'] & string, now: number): AccountRow {
  const highWaterMark = highWaterOf(row.highWaterMark, equity)
  const day = utcDayOf(now)
  const dayStart = row.dayStart?.day === day ? row.dayStart : { day, equity }
  return highWaterMark === row.highWaterMark && dayStart === row.dayStart
    ? row
    : { ...row, highWaterMark, dayStart, updatedAt: now }
}
