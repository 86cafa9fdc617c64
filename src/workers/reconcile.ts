/**
 * Reconcile: fills -> episode -> PnL, one commit: position, ledger row, reservation, alert when it was an orphan. Books only
 * what the fills prove; when they cannot prove it any more, the position becomes `unresolved` with PnL null and a critical
 * alert. Run twice it finds the position closed and changes nothing.
 */
import type { Stored, Write } from '#book/book.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import type { BrokerOrder } from '#domain/order.ts'
import { type Closing, closedPosition, exitCauseOf, feeRowsOf, ledgerRowOf, realisedOf } from '#domain/closing.ts'
import { type DecimalString, ZERO_STRING, decimal } from '#domain/decimal.ts'
import { feesEnvelope } from '#domain/envelopes.ts'
import type { Episode } from '#domain/episode.ts'
import type { Envelope } from '#domain/message.ts'
import { liveStops } from '#domain/monitor.ts'
import type { PositionRow } from '#domain/position.ts'
import type { CursorRow, LedgerRow } from '#domain/records.ts'
import { type AccountView, viewAccount, wantOlderFills } from './account-view.ts'
import { bookingAlerts } from './booking-alerts.ts'
import { endedWithExit } from './ended-orders.ts'
import { commitRelease } from './exposure.ts'
import { type ExitEvidence, findExit } from './exit-evidence.ts'
import { endedWithPosition } from './position-alerts.ts'
import { exitUnderProgramme } from './programme-exit.ts'
import { oweIntent, planCancel, venueIdsOf } from './protective-intents.ts'
import { retryStale } from './retry-stale.ts'
import { feeTermsOf, settleFees } from './settle-fees.ts'
import type { Tools, Verdict } from './worker.ts'
import {
  type AlertCause,
  type Effects,
  audited,
  ended,
  owed,
  paid,
  processed,
  raiseAlone,
  raised,
  pay,
} from './writes.ts'

/** A native stop that fired longer ago than this many looks fired while nobody watched: an exit behind the book's back. */
const UNSEEN_LOOKS = 2

/** @throws BrokerUnavailable, BookUnavailable */
export async function reconcilePosition(envelope: Envelope, tools: Tools): Promise<Verdict> {
  return await retryStale(async () => {
    const startedAt = tools.now()
    const position = await tools.book.load('positions', envelope.position_id)
    if (position?.row.realised?.provisional === true) return await settleFees(envelope, position, tools)
    if (position === null || !position.row.open || position.row.state === 'unresolved') {
      await pay(tools.book, envelope.idempotency_key)
      return { kind: 'done', next: [], detail: position?.row.state ?? 'no such position' }
    }
    const view = await viewAccount(tools, position.row.account, startedAt)
    const held = view.snapshot.positions.find((row) => row.instrument === position.row.instrument)?.size ?? ZERO_STRING
    const { settlement } = tools.account(position.row.account).broker.capabilities
    const evidence = await findExit(tools.book, position.row, decimal(held), view.cursor, settlement)
    return await conclusionOf(envelope, position, evidence, view, tools)
  })
}

async function conclusionOf(
  envelope: Envelope,
  position: Stored<PositionRow>,
  evidence: ExitEvidence,
  view: AccountView,
  tools: Tools,
): Promise<Verdict> {
  switch (evidence.kind) {
    case 'closed':
      return await book(envelope, position, evidence.episode, view, tools)
    case 'still-open':
      await pay(tools.book, envelope.idempotency_key)
      return { kind: 'done', next: [], detail: 'the broker still holds it' }
    case 'fills-lag':
      return await waitForFills(envelope, position.row, evidence.detail, tools)
    case 'expired':
    case 'ambiguous':
      return await leaveUnresolved(envelope, position, evidence, view.cursor, tools)
  }
}

async function book(
  envelope: Envelope,
  position: Stored<PositionRow>,
  episode: Episode,
  view: AccountView,
  tools: Tools,
): Promise<Verdict> {
  const now = tools.now()
  const { pace } = tools.account(position.row.account).policy
  const funding = await fundingOf(position.row, episode, tools)
  const result = realisedOf(episode, funding, await feeTermsOf(episode, position.row, tools))
  if (result === null) throw new Error(`Expected a closed, complete episode ${episode.episodeId}, saw another.`)
  const triggers = await stopTriggers(position.row, tools)
  const shown = exitCauseOf(position.row, episode, (id) => triggers.get(id) ?? null)
  const { cause, writes: record } = await exitUnderProgramme(
    position.row,
    shown,
    episode.closedAt,
    view.snapshot,
    tools,
  )
  const unseen = envelope.source === 'sweep' || now - (episode.closedAt ?? now) > UNSEEN_LOOKS * pace.monitorMs
  const orphaned = cause.byOrder === 'none' || (cause.byOrder === 'stop' && unseen)
  const closed = closedPosition(position.row, { episode, result, cause, orphaned }, now)
  const cleanUp = cancelLeftovers(closed, view.openOrders, now)
  const ledger = ledgerRowOf(closed, episode, result)
  const taken = await bookedAsAnother(ledger, tools)
  if (taken !== null) return await leaveUnresolved(envelope, position, taken, view.cursor, tools)
  const alerts = await bookingAlerts(closed, { episode, result, cause, orphaned }, tools)
  const after = [
    ...(closed.afterClose === null ? [] : [closed.afterClose]),
    ...(result.provisional ? [feesEnvelope(closed, now)] : []),
  ]
  const writes: PlannedWrite[] = [
    { op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row: cleanUp.position },
    ...[ledger, ...feeRowsOf(closed, result, ledger.at)].map((row): Write => ({
      op: 'create',
      kind: 'ledger',
      id: row.ledgerId,
      row,
    })),
    ...processed(envelope, { result: 'done', detail: `${cause.reason}, net ${result.net} USD` }, now),
    paid(`${closed.positionId}.monitor`),
    ...owed(after, now),
    ...cleanUp.effects.writes,
    ...(await endedWithExit(closed, episode, view, tools.book, now)),
    ...alerts.writes,
    ...(await ended(tools.book, lagCause(position.row, ''), now)),
    ...(await endedWithPosition(tools.book, position.row, now)),
    ...record,
    bookingRecord(closed, { episode, result, cause, orphaned }, envelope.source, now),
  ]
  await commitRelease(tools.book, closed, writes, now)
  return {
    kind: 'done',
    next: [...cleanUp.effects.next, ...alerts.next, ...after],
    detail: `closed by ${cause.reason}, net ${result.net} USD`,
  }
}

/** Holds the ledger row as it was booked, evidence included: whoever changes the ledger later contradicts this record. */
function bookingRecord(
  closed: PositionRow,
  { episode, result, cause }: Closing,
  foundBy: string,
  now: number,
): PlannedWrite {
  const { entryAverage, exitAverage } = episode
  const row = ledgerRowOf(closed, episode, result)
  const ledger = [row, ...feeRowsOf(closed, result, row.at)]
  const inputs = { result, cause, foundBy, ledger, entryAverage, exitAverage }
  return audited(closed.positionId, { at: now, actor: 'reconcile', decision: `closed ${cause.reason}`, inputs })
}

/** A void of an earlier exit may join two positions to one stretch of exposure: it is booked once. */
async function bookedAsAnother(
  { ledgerId, positionId }: LedgerRow,
  tools: Tools,
): Promise<Extract<ExitEvidence, { readonly kind: 'ambiguous' }> | null> {
  const booked = (await tools.book.load('ledger', ledgerId))?.row
  if (booked === undefined || booked.positionId === positionId) return null
  return { kind: 'ambiguous', detail: `its stretch of exposure is booked as ${booked.positionId} already` }
}

/** After this long without the closing fills somebody should know, ms. */
const LAG_ALERT_MS = 60_000
const LAG_PAUSE_MAX_MS = 30_000

/** Nothing is concluded from time: the look is repeated, ever more slowly, until the fills are there. */
async function waitForFills(envelope: Envelope, row: PositionRow, detail: string, tools: Tools): Promise<Verdict> {
  wantOlderFills(tools, row.account, row.createdAt)
  const { pace } = tools.account(row.account).policy
  const now = tools.now()
  const waited = now - envelope.ts
  const afterMs = Math.max(pace.settleMs, Math.min(waited / 2, LAG_PAUSE_MAX_MS))
  if (waited < LAG_ALERT_MS) return { kind: 'again', afterMs, detail }
  const next = await raiseAlone(tools.book, lagCause(row, `For ${Math.round(waited / 1000)} s: ${detail}.`), now)
  return { kind: 'again', afterMs, detail, next }
}

function lagCause({ account, instrument, positionId }: PositionRow, seen: string): AlertCause {
  return {
    severity: 'critical',
    kind: 'exit-unproven',
    account,
    instrument,
    positionId,
    occurrence: 'exit',
    title: `Exit of ${instrument} is not proven yet`,
    detail: `${seen} Nothing is booked; fills are read again and again.`,
  }
}

/** Funding of the instrument while the position stood; asked for only when a payment can fall into that time. */
async function fundingOf(row: PositionRow, episode: Episode, tools: Tools): Promise<DecimalString[]> {
  const { broker } = tools.account(row.account)
  const every = broker.capabilities.fundingEveryMs
  const through = episode.closedAt ?? tools.now()
  if (every === null || Math.floor(through / every) === Math.floor(episode.openedAt / every)) return []
  const rows = await broker.listCash({ from: episode.openedAt, through })
  return rows.filter((cash) => cash.kind === 'funding' && cash.instrument === row.instrument).map((cash) => cash.amount)
}

async function stopTriggers(row: PositionRow, tools: Tools): Promise<ReadonlyMap<string, string>> {
  const orders = await tools.book.list('orders', { where: { positionId: row.positionId } })
  return new Map(
    orders.flatMap(({ row: order }) =>
      order.trigger === null ? [] : [[order.clientOrderId, order.trigger.triggerPrice] as const],
    ),
  )
}

/** Orders of ours that outlived the position could open a new one: cancel them in the same breath. */
function cancelLeftovers(
  closed: PositionRow,
  openOrders: readonly BrokerOrder[],
  now: number,
): { position: PositionRow; effects: Effects } {
  const effects: Effects = { writes: [], next: [] }
  const venueIds = venueIdsOf(openOrders)
  let position = closed
  for (const target of liveStops({ position: closed, openOrders, intents: [] })) {
    const cancel = planCancel(position, target, venueIds.get(target) ?? null, now)
    const debt = oweIntent(cancel.intent, 'reconcile', now)
    position = cancel.position
    effects.writes.push(...debt.writes)
    effects.next.push(debt.envelope)
  }
  return { position, effects }
}

async function leaveUnresolved(
  envelope: Envelope,
  position: Stored<PositionRow>,
  { kind, detail: why }: Extract<ExitEvidence, { readonly kind: 'expired' | 'ambiguous' }>,
  cursor: CursorRow,
  tools: Tools,
): Promise<Verdict> {
  const now = tools.now()
  const row: PositionRow = { ...position.row, state: 'unresolved', orphaned: true, updatedAt: now }
  const alert = await raised(
    tools.book,
    {
      severity: 'critical',
      kind: kind === 'expired' ? 'evidence-expired' : 'exit-ambiguous',
      account: row.account,
      instrument: row.instrument,
      positionId: row.positionId,
      occurrence: 'exit',
      title: `Exit of ${row.instrument} ${kind === 'expired' ? 'cannot be proven' : 'is ambiguous'}`,
      detail: `The broker is flat but ${why}. PnL stays null; fills are proven from ${cursor.since} through ${cursor.fillsThrough}. Settle it by hand with the venue's statement.`,
    },
    now,
  )
  const writes: PlannedWrite[] = [
    { op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row },
    ...processed(envelope, { result: 'done', detail: `unresolved: ${why}` }, now),
    paid(`${row.positionId}.monitor`),
    ...alert.writes,
    ...(await ended(tools.book, lagCause(row, ''), now)),
    ...(await endedWithPosition(tools.book, row, now)),
    audited(row.positionId, { at: now, actor: 'reconcile', decision: 'unresolved', inputs: { why, cursor } }),
  ]
  await tools.book.commit(sealed(writes))
  return { kind: 'done', next: alert.next, detail: `unresolved: ${why}` }
}
