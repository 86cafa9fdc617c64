/**
 * What a sweep of an account would find and do now, asked of book and broker with reads alone: no commit, no job, no order. Two looks, as a
 * sweep takes them. Fills are counted and not booked, so a difference that they explain is still told.
 */
import { activeAlertsAt } from '#book/frequent-queries.ts'
import type { Broker } from '#brokers/broker.ts'
import { VENUE_AHEAD_MS } from '#domain/clock-offset.ts'
import { locksEntries, standingFindings } from '#domain/comparison.ts'
import { reconcileEnvelope } from '#domain/envelopes.ts'
import type { AccountId, PositionId } from '#domain/ids.ts'
import type { Compared } from '#domain/records.ts'
import { type Foreseen, foresee } from '#domain/sweep-preview.ts'
import { FILL_OVERLAP_MS } from './account-view.ts'
import { type BookReads, type BothSides, compareNow } from './both-sides.ts'
import { nameChildren } from './name-children.ts'
import { SECOND_LOOK_MS } from './sweep-account.ts'

export interface PreviewTools {
  readonly book: BookReads
  readonly broker: Pick<Broker, 'account' | 'capabilities' | 'listOpenOrders' | 'readAccount' | 'listFills'>
  now(): number
  pause(ms: number): Promise<void>
}

export interface SweepPreview extends Foreseen {
  readonly account: AccountId
  /** The venue's own time of the last look, ms. */
  readonly brokerAsOf: number
  readonly compared: readonly Compared[]
  readonly equity: string
  /** Fills since the book's last look that it has not read: they may explain a difference. Null: no sweep has ever read any. */
  readonly unreadFills: number | null
}

interface Look extends BothSides {
  readonly asOf: number
  readonly equity: string
}

/** @throws BrokerUnavailable, BookUnavailable */
export async function previewSweep(tools: PreviewTools): Promise<SweepPreview> {
  const { account } = tools.broker
  const stored = await tools.book.load('accounts', account)
  const first = await look(tools)
  let last = first
  if (first.findings.length > 0 || Object.keys(stored?.row.locks ?? {}).length > 0) {
    await tools.pause(SECOND_LOOK_MS)
    last = await look(tools)
  }
  const findings = standingFindings(first.findings, last.findings)
  const alerts = await tools.book.list('alerts', activeAlertsAt(account))
  const positionIds = findings.flatMap(({ positionId }) => (positionId === null ? [] : [positionId]))
  return {
    account,
    brokerAsOf: last.asOf,
    compared: last.compared,
    equity: last.equity,
    unreadFills: await unreadFills(tools),
    ...foresee({
      findings,
      differing: new Set(
        [first, last].flatMap((seen) => [
          ...seen.findings.filter(locksEntries).map(({ instrument }) => instrument),
          ...seen.unjudged,
        ]),
      ),
      asOf: first.asOf,
      row: stored?.row ?? null,
      alerts: alerts.map(({ row }) => row),
      rebuilding: await beingRebuilt(tools, positionIds),
    }),
  }
}

/** Broker first, book after, as the sweep does. */
async function look({ book, broker }: PreviewTools): Promise<Look> {
  const openOrders = await nameChildren(book, await broker.listOpenOrders())
  const snapshot = await broker.readAccount()
  const both = await compareNow(broker.account, { snapshot, openOrders }, book)
  return { ...both, asOf: snapshot.asOf, equity: snapshot.equity }
}

async function unreadFills(tools: PreviewTools): Promise<number | null> {
  const { book, broker } = tools
  const cursor = await book.load('cursors', broker.account)
  if (cursor === null) return null
  const overlap = broker.capabilities.voidableForMs ?? FILL_OVERLAP_MS
  const from = Math.max(0, cursor.row.fillsThrough - overlap)
  const { fills } = await broker.listFills({ from, through: tools.now() + VENUE_AHEAD_MS })
  const known = await book.loadMany(
    'fills',
    fills.map(({ fillId }) => fillId),
  )
  return known.filter((row) => row === null).length
}

async function beingRebuilt(tools: PreviewTools, positionIds: readonly PositionId[]): Promise<ReadonlySet<PositionId>> {
  const { account } = tools.broker
  const keys = positionIds.map(
    (positionId) => reconcileEnvelope({ positionId, account }, 'sweep', tools.now()).idempotency_key,
  )
  const owed = await tools.book.loadMany('outbox', keys)
  return new Set(positionIds.filter((_, index) => owed[index] !== null))
}
