/** The sweep of one account: two looks, the differences that stand in both, what is done about them, the equity identity. */
import { sealed } from '#book/seal.ts'
import { compareBookAndBroker, locksEntries, standingFindings } from '#domain/comparison.ts'
import type { AccountId } from '#domain/ids.ts'
import type { BrokerOrder } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Envelope } from '#domain/message.ts'
import type { Finding, SweepRow } from '#domain/records.ts'
import { type AccountView, viewAccount } from './account-view.ts'
import { watchCredentials } from './credential-watch.ts'
import { closeIdentity } from './equity-identity.ts'
import { watchProgramme } from './programme-watch.ts'
import { findingEffects } from './sweep-findings.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'
import { type Effects, auditedOf, resolved } from './writes.ts'

/** Between two looks, ms: longer than a venue's positions lag behind its fills. */
const SECOND_LOOK_MS = 500

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
  const cursor = await closeIdentity(account, view, tools)
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
