/**
 * Monitor: settles the entry from fills, then keeps the discipline of an open position (native stop, trail, target, maximum
 * hold) until it is flat. One job a position that comes back until then. Every look decides from fresh broker reads and
 * commits once, fenced by the position's revision, so a second or late run changes nothing.
 */
import type { Stored, Write } from '#book/book.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { lastEpisodeOf } from '#domain/adoption.ts'
import { canceledPosition } from '#domain/conclusion.ts'
import { type Decimal, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import { openedByOthers, signedResidual } from '#domain/entry-settlement.ts'
import { closeEnvelope, reconcileEnvelope } from '#domain/envelopes.ts'
import { type ClientOrderId, clientOrderIdOf } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import { type MonitorDecision, decideMonitor } from '#domain/monitor.ts'
import type { BrokerOrder, IntentRow, OrderRef, OrderRow } from '#domain/order.ts'
import type { PacePolicy } from '#domain/policy.ts'
import { type PositionRow, nextLeg } from '#domain/position.ts'
import { type AccountView, viewAccount, wantOlderFills } from './account-view.ts'
import { endedByRecords } from './ended-orders.ts'
import { exitOf } from './exit-request.ts'
import { commitRelease } from './exposure.ts'
import { marketOf } from './market.ts'
import { contractCause, nakedCause, sharedCause, unprovenCause } from './monitor-alerts.ts'
import { endedWithPosition } from './position-alerts.ts'
import { enteredSize, episodeOf, fillsSince } from './position-episode.ts'
import { oweIntent, planCancel, planStop, venueIdsOf } from './protective-intents.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools, TradingAccount, Verdict } from './worker.ts'
import { type AlertCause, type Effects, audited, ended, fenced, owed, paid, raised, pay } from './writes.ts'

/** Looks at an account within this time are one look, ms. */
const SHARE_LOOK_MS = 50

/** @throws BrokerUnavailable, BookUnavailable */
export async function monitorPosition(envelope: Envelope, tools: Tools): Promise<Verdict> {
  const key = envelope.idempotency_key
  return await retryStale(async () => {
    const position = await tools.book.load('positions', envelope.position_id)
    if (position === null || !position.row.open || position.row.state === 'unresolved') {
      await pay(tools.book, key)
      return { kind: 'done', next: [], detail: position?.row.state ?? 'no such position' }
    }
    const pace = tools.account(position.row.account).policy.pace
    const seen = await look(position, tools)
    const { decision } = seen
    if (decision.unexplained) wantOlderFills(tools, position.row.account, position.row.createdAt)
    const effects = await effectsOf(position, seen, tools)
    if (decision.neverFilled) {
      await commitRelease(tools.book, position.row, effects.writes, tools.now())
      return { kind: 'done', next: effects.next, detail: 'entry ended unfilled' }
    }
    if (effects.writes.length > 0) await tools.book.commit(sealed(fenced(effects.writes, position)))
    const afterMs = isUnsettled(decision) ? settlePause(decision.position, pace, tools.now()) : pace.monitorMs
    return { kind: 'again', afterMs, next: effects.next, detail: decision.position.state }
  })
}

/** Quick looks right after a change, slower ones the longer nothing happens. */
function settlePause(position: PositionRow, pace: PacePolicy, now: number): number {
  return Math.max(pace.settleMs, Math.min(pace.monitorMs, (now - position.updatedAt) / 2))
}

/** The oldest look that may be shared: a resting position trusts its silent stream for a while, anything else looks now. */
function lookNotBefore(row: PositionRow, trading: TradingAccount, now: number): number {
  const resting = row.entrySettled && row.exit === null && stopConfirmed(row)
  const changedAt = trading.changedAt()
  if (!resting || changedAt === Number.POSITIVE_INFINITY) return now - SHARE_LOOK_MS
  return Math.max(changedAt, now - trading.policy.pace.lookMs)
}

function isUnsettled({ position, exit, reconcile }: MonitorDecision): boolean {
  return !position.entrySettled || position.exit !== null || reconcile || exit !== null || !stopConfirmed(position)
}

function stopConfirmed(position: PositionRow): boolean {
  return position.nativeStop === null ? position.discipline.stopLoss === null : position.nativeStop.confirmedAt !== null
}

interface Look {
  readonly decision: MonitorDecision
  /** The venue's ids of this position's orders. */
  readonly venueIds: ReadonlyMap<ClientOrderId, string>
  /** Orders that the venue says have ended. */
  readonly endings: readonly Write[]
  /** Contracts of its stretch that others opened. */
  readonly others: Decimal
  /** What the decision was made from, as the records say. */
  readonly inputs: Readonly<Record<string, unknown>>
}

async function look({ row }: Stored<PositionRow>, tools: Tools): Promise<Look> {
  const trading = tools.account(row.account)
  const stored = await ownOrders(row, tools)
  // The record of the entry is read before the fills that must account for it.
  const entryRecord = row.entrySettled ? null : await trading.broker.findOrder(entryRef(row, stored))
  const [view, market] = await Promise.all([
    viewAccount(tools, row.account, lookNotBefore(row, trading, tools.now())),
    marketOf(trading, row.instrument, tools.now()),
  ])
  const openOrders = view.openOrders.filter((order) => order.instrument === row.instrument)
  const fills = await fillsSince(tools.book, row)
  const episode = episodeOf(row, fills, trading.broker.capabilities.settlement)
  const brokerSize =
    view.snapshot.positions.find((held) => held.instrument === row.instrument)?.size ?? ('0' as PositionRow['size'])
  const stopRecord = await stopRecordOf(row, { stored, entryRecord, view }, tools)
  const decision = decideMonitor({
    position: row,
    ...market,
    pace: trading.policy.pace,
    intents: stored.intents,
    openOrders,
    entryRecord,
    stopRecord,
    stopsStack: trading.broker.capabilities.reduceOnly,
    episode,
    entered: enteredSize(row, fills),
    brokerSize: decimal(brokerSize),
    left: signedResidual(lastEpisodeOf(fills, trading.broker.capabilities.settlement)),
    now: tools.now(),
  })
  const seen = entryRecord === null ? openOrders : [entryRecord, ...openOrders]
  const inputs = {
    mark: market.mark === null ? null : toDecimalString(market.mark),
    brokerSize,
    entryRecord,
    fills: [...new Set(episode?.legs.map((leg) => leg.fill.fillId))],
  }
  const entryId = clientOrderIdOf(row.positionId, 'entry', 0)
  const records = [[entryId, entryRecord] as const]
  if (row.nativeStop !== null) records.push([row.nativeStop.clientOrderId, stopRecord])
  const endings = endedByRecords(stored.orders, records, tools.now())
  const others = row.adopted === undefined ? openedByOthers(episode, entryId) : ZERO
  return { decision, venueIds: new Map([...stored.venueIds, ...venueIdsOf(seen)]), endings, others, inputs }
}

interface OwnOrders {
  readonly intents: readonly IntentRow[]
  readonly orders: readonly OrderRow[]
  readonly venueIds: ReadonlyMap<ClientOrderId, string>
}

async function ownOrders({ positionId }: PositionRow, tools: Tools): Promise<OwnOrders> {
  const [intents, orders] = await Promise.all([
    tools.book.list('intents', { where: { positionId } }),
    tools.book.list('orders', { where: { positionId } }),
  ])
  const rows = orders.map(({ row }) => row)
  return { intents: intents.map(({ row }) => row), orders: rows, venueIds: venueIdsOf(rows) }
}

function entryRef({ positionId, instrument }: PositionRow, { venueIds }: OwnOrders): OrderRef {
  const clientOrderId = clientOrderIdOf(positionId, 'entry', 0)
  return { clientOrderId, instrument, venueOrderId: venueIds.get(clientOrderId) ?? null, attachedTo: null }
}

/** The first stop may have ridden with the entry; every later one is an order of its own. */
function stopRef(
  { instrument }: PositionRow,
  clientOrderId: ClientOrderId,
  { intents, venueIds }: OwnOrders,
): OrderRef {
  const parent = intents.find(
    ({ command }) => command.type === 'new-order' && command.attachedStop?.clientOrderId === clientOrderId,
  )
  const venueOrderId = venueIds.get(clientOrderId) ?? null
  return { clientOrderId, instrument, venueOrderId, attachedTo: parent?.intentId ?? null }
}

/** Asks for the believed stop by id only when the list of working orders does not show it. */
async function stopRecordOf(
  row: PositionRow,
  { stored: own, entryRecord, view }: { stored: OwnOrders; entryRecord: BrokerOrder | null; view: AccountView },
  tools: Tools,
) {
  const stop = row.nativeStop
  // The list may be older than the entry's end: a stop that woke up in between is not missing.
  const mayStand = row.entrySettled || (entryRecord !== null && entryRecord.status !== 'working')
  if (stop === null || !mayStand) return null
  if (view.openOrders.some((order) => order.clientOrderId === stop.clientOrderId)) return null
  try {
    return await tools.account(row.account).broker.findOrder(stopRef(row, stop.clientOrderId, own))
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    throw new BrokerUnavailable(
      `The native stop of ${row.positionId} is missing from the working orders and could not be looked up.`,
      { cause: error },
    )
  }
}

async function effectsOf(
  stored: Stored<PositionRow>,
  { decision, venueIds, endings, others, inputs }: Look,
  tools: Tools,
): Promise<Effects> {
  const now = tools.now()
  const over = await endedAlerts(stored.row, decision, tools)
  const effects: Effects = { writes: [...over, ...endings], next: [] }
  if (decision.neverFilled) {
    const { writes, next } = endUnfilled(stored, { decision, venueIds, inputs }, now)
    return { writes: [...effects.writes, ...writes], next }
  }
  effects.writes.push(...settledRecord(stored.row, decision.position, inputs, now))
  let row = decision.position
  const intents: IntentRow[] = []
  if (decision.placeStop !== null) {
    const stop = await planStop(row, decision.placeStop, tools, now)
    row = stop.position
    intents.push(stop.intent)
  }
  for (const target of decision.cancel) {
    const cancel = planCancel(row, target, venueIds.get(target) ?? null, now)
    row = cancel.position
    intents.push(cancel.intent)
  }
  if (decision.exit !== null) {
    const exit = exitOf(
      { ...stored, row },
      { reason: decision.exit, afterClose: null, commandId: row.positionId, source: 'monitor', why: inputs },
      now,
    )
    effects.writes.push(...exit.writes)
    effects.next.push(...exit.next)
  } else if (row !== stored.row) {
    effects.writes.push({ op: 'replace', kind: 'positions', id: stored.id, revision: stored.revision, row })
  }
  addIntents(effects, intents, inputs, now)
  if (decision.exitDue) await addOwed(effects, closeEnvelope(row, nextLeg(row, 'exit'), 'monitor', now), tools)
  if (decision.reconcile) await addOwed(effects, reconcileEnvelope(row, 'monitor', now), tools)
  const causes = [...sharedCauses(stored.row, row, others), ...causesOf(decision, row)]
  for (const cause of causes) await addAlert(effects, cause, tools)
  return effects
}

/** What the entry came to, and the fills and the order's record that prove it; none when it is not settled or was before. */
function settledRecord(
  before: PositionRow,
  { positionId, entrySettled, size, entryAverage }: PositionRow,
  inputs: Look['inputs'],
  now: number,
): PlannedWrite[] {
  if (!entrySettled || before.entrySettled) return []
  const decision = 'entry settled'
  return [audited(positionId, { at: now, actor: 'monitor', decision, inputs: { size, entryAverage, ...inputs } })]
}

function addIntents(
  effects: Effects,
  intents: readonly IntentRow[],
  { mark, brokerSize }: Look['inputs'],
  now: number,
): void {
  for (const intent of intents) {
    const { envelope, writes } = oweIntent(intent, 'monitor', now)
    effects.writes.push(
      ...writes,
      audited(intent.positionId, {
        at: now,
        actor: 'monitor',
        decision: `${intent.event} asked for`,
        inputs: { intentId: intent.intentId, command: intent.command, mark, brokerSize },
      }),
    )
    effects.next.push(envelope)
  }
}

/** Owes work that a position asks for at every look until it is done; owing it once is enough. */
async function addOwed(effects: Effects, next: Envelope, tools: Tools): Promise<void> {
  effects.next.push(next)
  if ((await tools.book.load('outbox', next.idempotency_key)) === null)
    effects.writes.push(...owed([next], tools.now()))
}

/** An entry that is proven at last ends the alarm about it, a stop that works again the one about its lack. */
async function endedAlerts(
  row: PositionRow,
  { neverFilled, position }: MonitorDecision,
  tools: Tools,
): Promise<Write[]> {
  const { book } = tools
  const now = tools.now()
  if (neverFilled) return await endedWithPosition(book, row, now)
  const isProven = position.entrySettled && !row.entrySettled
  const isProtected = position.nakedSince === null && row.nakedSince !== null
  return [
    ...(isProven ? await ended(book, unprovenCause(row), now) : []),
    ...(isProtected ? await ended(book, nakedCause(row), now) : []),
  ]
}

/** What somebody should know of it. */
function causesOf({ unprovenAlert, nakedAlert, contract }: MonitorDecision, row: PositionRow): AlertCause[] {
  const causes = unprovenAlert ? [unprovenCause(row)] : []
  if (nakedAlert) causes.push(nakedCause(row))
  if (contract !== null) causes.push(contractCause(row, contract))
  return causes
}

/** Said once, when the entry is settled. */
function sharedCauses(before: PositionRow, row: PositionRow, others: Decimal): AlertCause[] {
  return before.entrySettled || !row.entrySettled || others.isZero() ? [] : [sharedCause(row, others.toFixed())]
}

async function addAlert(effects: Effects, cause: AlertCause, tools: Tools): Promise<void> {
  const alert = await raised(tools.book, cause, tools.now())
  effects.writes.push(...alert.writes)
  effects.next.push(...alert.next)
}

function endUnfilled(
  stored: Stored<PositionRow>,
  { decision, venueIds, inputs }: Pick<Look, 'decision' | 'venueIds' | 'inputs'>,
  now: number,
): Effects {
  const writes: PlannedWrite[] = [
    audited(stored.row.positionId, { at: now, actor: 'monitor', decision: 'entry ended unfilled', inputs }),
  ]
  let row = canceledPosition(stored.row, now)
  const next: Envelope[] = row.afterClose === null ? [] : [row.afterClose]
  writes.push(...owed(next, now))
  const effects: Effects = { writes, next }
  const intents: IntentRow[] = []
  for (const target of decision.cancel) {
    const cancel = planCancel(row, target, venueIds.get(target) ?? null, now)
    row = cancel.position
    intents.push(cancel.intent)
  }
  writes.push(
    { op: 'replace', kind: 'positions', id: stored.id, revision: stored.revision, row },
    paid(`${row.positionId}.monitor`),
  )
  addIntents(effects, intents, inputs, now)
  return effects
}
