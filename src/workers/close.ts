/**
 * Close: asks the broker, then sends one reduce-only exit. A flat broker means that nothing is booked here at all: the fills
 * must tell, so it is handed to reconcile. One leg is one order; another leg exists only after proof about the one before.
 */
import type { Stored } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import { sealed } from '#book/seal.ts'
import { BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import { type Decimal, ZERO, decimal, decimalString, toDecimalString } from '#domain/decimal.ts'
import { orderSideOf, slippedPrice } from '#domain/entry-plan.ts'
import { closeEnvelope, monitorEnvelope, reconcileEnvelope } from '#domain/envelopes.ts'
import { exitSizeOf } from '#domain/exit-size.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { Envelope, EnvelopeOf } from '#domain/message.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { IntentRow, NewOrder } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { readFills, readSnapshot } from './account-view.ts'
import { clearWay } from './clear-way.ts'
import { conclude } from './conclude.ts'
import { driftLock } from './drift-lock.ts'
import { findExit } from './exit-evidence.ts'
import { waitForDust } from './exit-dust.ts'
import { latchedExit } from './exit-latch.ts'
import { retryStale } from './retry-stale.ts'
import { type Conclusion, requestShown, resolveRequest, submit } from './submit.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { audited, owed, paid, raised, pay } from './writes.ts'

/** A worker that lost the race for an exit gives the winner time to answer before it starts to resolve, ms. */
const SETTLE_MS = 250
/** Between looks for protective orders that are being canceled, ms: the position stands naked meanwhile. */
const CLEAR_MS = 150
const LEG_PAUSE_MS = 50
const LEG_PAUSE_MAX_MS = 5000

/** @throws Unworkable, BookUnavailable, BrokerUnavailable (unavailable is not flat: the job waits) */
export async function closePosition(envelope: Envelope, tools: Tools): Promise<Verdict> {
  if (envelope.stage !== 'close')
    throw new Unworkable(`Close: expected a close message, saw ${envelope.stage} ${envelope.idempotency_key}.`)
  const { leg } = envelope.payload
  const intentId = clientOrderIdOf(envelope.position_id, 'exit', leg)
  const [position, intent] = await Promise.all([
    tools.book.load('positions', envelope.position_id),
    tools.book.load('intents', intentId),
  ])
  if (intent !== null && !intent.row.settled)
    return await conclude(intentId, await resolveRequest(intent.row, tools), envelope, tools)
  if (intent !== null) return await followUp(envelope, position, leg, tools)
  if (position === null || !position.row.open || position.row.state === 'unresolved')
    return await nothingToDo(envelope, 'position not open', tools)
  if (!position.row.entrySettled) return afterEntry(position.row, tools)
  return await exitAgainstBroker(envelope, position, leg, tools)
}

async function nothingToDo(envelope: Envelope, detail: string, tools: Tools): Promise<Verdict> {
  await pay(tools.book, envelope.idempotency_key)
  return { kind: 'done', next: [], detail }
}

/** The entry must end before the exit can be sized; the monitor cancels its rest as soon as it sees the exit wish. */
function afterEntry(row: PositionRow, tools: Tools): Verdict {
  const { pace } = tools.account(row.account).policy
  const key = monitorEnvelope(row, 'close', tools.now()).idempotency_key
  return { kind: 'again', afterMs: pace.settleMs, detail: 'entry not settled yet', wake: [{ stage: 'monitor', key }] }
}

/** This leg was sent and settled. If exposure is left and an exit is still wanted, the next leg takes it. */
async function followUp(
  envelope: Envelope,
  position: Stored<PositionRow> | null,
  leg: number,
  tools: Tools,
): Promise<Verdict> {
  if (position === null || !position.row.open || position.row.exit === null)
    return await nothingToDo(envelope, 'leg settled', tools)
  const held = await heldAtBroker(position.row, tools)
  if (held.isZero()) return await handToReconcile(envelope, position, tools)
  return await retryStale(async () => {
    const now = tools.now()
    const current = await tools.book.load('positions', envelope.position_id)
    if (current === null || current.row.exit === null || current.row.exit.leg > leg)
      return await nothingToDo(envelope, 'a later leg is under way', tools)
    const row: PositionRow = { ...current.row, exit: { ...current.row.exit, leg: leg + 1 }, updatedAt: now }
    const next = closeEnvelope(row, leg + 1, 'close', now)
    const inputs = { brokerSize: toDecimalString(held), settledLeg: leg, leg: leg + 1 }
    await tools.book.commit(
      sealed([
        { op: 'replace', kind: 'positions', id: current.id, revision: current.revision, row },
        paid(envelope.idempotency_key),
        ...owed([next], now),
        audited(current.row.positionId, { at: now, actor: 'close', decision: 'another leg asked for', inputs }),
      ]),
    )
    return { kind: 'done', next: [next], detail: `${toDecimalString(held)} left, leg ${leg + 1}` }
  })
}

async function heldAtBroker(row: PositionRow, tools: Tools): Promise<Decimal> {
  const snapshot = await readSnapshot(tools, row.account, tools.now())
  return decimal(snapshot.positions.find((held) => held.instrument === row.instrument)?.size ?? decimalString('0'))
}

/** Nothing of ours is left at the broker; `others` is what somebody else holds there on our side. */
async function handToReconcile(
  envelope: Envelope,
  position: Stored<PositionRow>,
  tools: Tools,
  others = ZERO,
): Promise<Verdict> {
  const now = tools.now()
  const next = reconcileEnvelope(position.row, 'close', now)
  const decision = others.isZero() ? 'broker found flat' : 'exposure found ended'
  try {
    const { positionId, size } = position.row
    const inputs = { brokerSize: toDecimalString(others), size }
    await tools.book.commit(
      sealed([
        { op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row: position.row },
        paid(envelope.idempotency_key),
        ...owed([next], now),
        audited(positionId, { at: now, actor: 'close', decision, inputs }),
      ]),
    )
  } catch (error) {
    if (!(error instanceof StaleWrite)) throw error
    return { kind: 'again', afterMs: SETTLE_MS, detail: 'the position moved meanwhile' }
  }
  const seen = others.isZero() ? 'broker is flat' : `${toDecimalString(others)} at the broker are not ours`
  return { kind: 'done', next: [next], detail: `${seen}: nothing booked, the fills must tell` }
}

async function exitAgainstBroker(
  envelope: EnvelopeOf<'close'>,
  position: Stored<PositionRow>,
  leg: number,
  tools: Tools,
): Promise<Verdict> {
  const { row } = position
  // Before the protective orders come down: they must stand as long as the exit cannot go out.
  const latched = await latchedExit(row, leg, tools)
  if (latched !== null) return latched
  const wait = await pauseBeforeLeg(row, leg, tools)
  if (wait > 0) return { kind: 'again', afterMs: wait, detail: `leg ${leg} waits after the refusal of the one before` }
  const cleared = await clearedFirst(position, tools)
  if (cleared !== null) return cleared
  // Read after the way is clear: what the protective orders did meanwhile shows in it.
  const held = await heldAtBroker(row, tools)
  if (held.isZero()) return await handToReconcile(envelope, position, tools)
  if (held.isNegative() === (row.side === 'long')) return await refuseWrongSide(envelope, row, held, tools)
  if (await endedAlready(row, held, tools)) return await handToReconcile(envelope, position, tools, held)
  const instrument = await tools.account(row.account).instrument(row.instrument)
  const exit = exitSizeOf(held, reduceToOf(envelope, row), instrument)
  if (exit.kind === 'reached') return await nothingLeftToReduce(envelope, position, held, tools)
  if (exit.kind === 'dust') return await waitForDust(row, held, instrument, tools)
  const planned = { ...(await exitIntent(row, leg, exit.size, tools)), held }
  try {
    return await conclude(planned.intent.intentId, await transmit(envelope, position, planned, tools), envelope, tools)
  } catch (error) {
    if (!(error instanceof StaleWrite)) throw error
    return { kind: 'again', afterMs: SETTLE_MS, detail: 'the position moved meanwhile' }
  }
}

/**
 * Whether the fills say that our exposure has ended: what is held on our side is then somebody else's, and not ours to close. Without an
 * answer the exit goes out: nothing may block one.
 */
async function endedAlready(row: PositionRow, held: Decimal, tools: Tools): Promise<boolean> {
  const { broker } = tools.account(row.account)
  try {
    const { asOf } = await readSnapshot(tools, row.account, 0)
    const cursor = await readFills(tools, broker, asOf)
    const { kind } = await findExit(tools.book, row, held, cursor, broker.capabilities.settlement)
    return kind === 'closed'
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    tools.log.warn(
      { account: row.account, err: error },
      'fills could not be read before an exit; it goes out all the same',
    )
    return false
  }
}

/** A partial exit leaves what it was asked to; once a whole exit is wanted, every leg is whole. */
function reduceToOf({ payload }: EnvelopeOf<'close'>, row: PositionRow): Decimal {
  return row.exit === null ? decimal(decimalString(payload.reduce_to ?? '0')) : ZERO
}

async function nothingLeftToReduce(
  envelope: EnvelopeOf<'close'>,
  position: Stored<PositionRow>,
  held: Decimal,
  tools: Tools,
): Promise<Verdict> {
  const { id, row, revision } = position
  const now = tools.now()
  try {
    const inputs = { brokerSize: toDecimalString(held), reduceTo: envelope.payload.reduce_to }
    await tools.book.commit(
      sealed([
        { op: 'replace', kind: 'positions', id, revision, row: { ...row, reducing: null, updatedAt: now } },
        paid(envelope.idempotency_key),
        audited(row.positionId, { at: now, actor: 'close', decision: 'nothing left to reduce', inputs }),
      ]),
    )
  } catch (error) {
    if (!(error instanceof StaleWrite)) throw error
    return { kind: 'again', afterMs: SETTLE_MS, detail: 'the position moved meanwhile' }
  }
  return { kind: 'done', next: [], detail: 'already at or below the size to reduce to' }
}

/** Null when the exit may go out: at once where it can be reduce-only, else when no other order of the position can fill any more. */
async function clearedFirst(position: Stored<PositionRow>, tools: Tools): Promise<Verdict | null> {
  const { row } = position
  const trading = tools.account(row.account)
  if (trading.broker.capabilities.reduceOnly) return null
  try {
    const way = await clearWay(position, tools)
    if (way.kind === 'clear') return null
    return { kind: 'again', afterMs: CLEAR_MS, detail: 'protective orders come down first', next: way.next }
  } catch (error) {
    if (!(error instanceof StaleWrite)) throw error
    return { kind: 'again', afterMs: SETTLE_MS, detail: 'the position moved meanwhile' }
  }
}

/** A leg that the venue refused is not repeated at once: request budgets are finite and books refill. Ms left to wait. */
async function pauseBeforeLeg(row: PositionRow, leg: number, tools: Tools): Promise<number> {
  if (leg === 0) return 0
  const before = await tools.book.load('intents', clientOrderIdOf(row.positionId, 'exit', leg - 1))
  if (before?.row.state !== 'rejected') return 0
  return Math.max(0, before.row.updatedAt + Math.min(LEG_PAUSE_MS * 2 ** leg, LEG_PAUSE_MAX_MS) - tools.now())
}

interface PlannedExit {
  readonly intent: IntentRow
  readonly position: PositionRow
}

/** What goes out, and what the broker was seen to hold before. */
type SizedExit = PlannedExit & { readonly held: Decimal }

async function exitIntent(row: PositionRow, leg: number, size: Decimal, tools: Tools): Promise<PlannedExit> {
  const now = tools.now()
  const trading = tools.account(row.account)
  const [instrument, mark] = await Promise.all([trading.instrument(row.instrument), trading.mark(row.instrument, now)])
  const side = orderSideOf(row.side, 'exit')
  const intentId = clientOrderIdOf(row.positionId, 'exit', leg)
  // Each proven-dead leg may slip further, so that an exit cannot miss forever in a fast market.
  const slippageBps = Math.min(trading.policy.pace.exitSlippageBps * (leg + 1), 1000)
  const command: NewOrder = {
    type: 'new-order',
    clientOrderId: intentId,
    instrument: row.instrument,
    side,
    size: toDecimalString(size),
    limitPrice: slippedPrice(instrument, decimal(mark), side, slippageBps),
    timeInForce: 'ioc',
    reduceOnly: true,
    trigger: null,
    attachedStop: null,
  }
  return {
    intent: newIntent(row, { intentId, event: 'exit', leg, command, sendBefore: null }, now),
    position: {
      ...row,
      state: row.exit === null ? row.state : 'closing',
      orders: [...row.orders, { clientOrderId: intentId, event: 'exit', leg }],
      updatedAt: now,
    },
  }
}

async function transmit(
  envelope: Envelope,
  position: Stored<PositionRow>,
  { intent, position: row, held }: SizedExit,
  tools: Tools,
): Promise<Conclusion> {
  const { intentId, command, leg } = intent
  try {
    return await submit(
      { row: intent, revision: null },
      (request) => [
        { op: 'replace', kind: 'positions', id: position.id, revision: position.revision, row },
        ...owed([envelope], tools.now()),
        audited(row.positionId, {
          at: request.preparedAt,
          actor: 'close',
          decision: 'exit sent',
          inputs: { intentId, leg, command, brokerSize: toDecimalString(held), request: requestShown(request) },
        }),
      ],
      tools,
    )
  } catch (error) {
    // Nothing of the commit was made: an exit that cannot be expressed needs a person, loudly and again.
    if (error instanceof CommandRefused)
      throw new Error(`Exit of ${position.id} could not be signed.`, { cause: error })
    throw error
  }
}

async function refuseWrongSide(envelope: Envelope, row: PositionRow, held: Decimal, tools: Tools): Promise<Verdict> {
  const detail = `book holds ${row.side} ${row.size}, broker holds ${toDecimalString(held)}`
  return await retryStale(async () => {
    const now = tools.now()
    const next = reconcileEnvelope(row, 'close', now)
    const alert = await raised(
      tools.book,
      {
        severity: 'critical',
        kind: 'side-drift',
        account: row.account,
        instrument: row.instrument,
        positionId: row.positionId,
        occurrence: toDecimalString(held),
        title: `${row.instrument} stands on the other side at the broker`,
        detail: `${detail}. Nothing was sent; the fills must tell how our position ended. The other position is not touched.`,
      },
      now,
    )
    await tools.book.commit(
      sealed([
        ...alert.writes,
        ...(await driftLock(tools, row, detail, 'close', now)),
        paid(envelope.idempotency_key),
        ...owed([next], now),
      ]),
    )
    return { kind: 'done', next: [next, ...alert.next], detail }
  })
}
