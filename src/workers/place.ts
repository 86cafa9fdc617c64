/**
 * Place: sends one intent (entry, stop, cancel). A fresh intent becomes SENDING, durably, before its first byte leaves; one
 * found SENDING or UNKNOWN is resolved with proof. Safe twice: the venue executes one nonce once, the book settles an intent once.
 */
import type { Stored } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import { CommandRefused } from '#brokers/errors.ts'
import { type Halt, scopeText } from '#domain/control.ts'
import { decimal } from '#domain/decimal.ts'
import { precheckEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import type { IntentRow, PreparedRequest } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import { readSnapshot } from './account-view.ts'
import { conclude, concludeUnsent } from './conclude.ts'
import { readHalt } from './halt.ts'
import { type Conclusion, fenceOff, requestShown, resolveRequest, submit } from './submit.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { audited, fenced, owed, paid, pay } from './writes.ts'

/** A worker that lost the race for an intent gives the winner time to answer before it starts to resolve, ms. */
const SETTLE_MS = 250

/** @throws Unworkable, BookUnavailable */
export async function placeOrder(envelope: Envelope, tools: Tools): Promise<Verdict> {
  const intentId = envelope.client_order_id
  if (intentId === null)
    throw new Unworkable(`Place ${envelope.idempotency_key}: expected a client_order_id, saw null.`)
  const intent = await tools.book.load('intents', intentId)
  if (intent === null)
    throw new Unworkable(`Place ${envelope.idempotency_key}: expected intent ${intentId} in the book, found none.`)
  if (intent.row.settled) {
    await pay(tools.book, envelope.idempotency_key)
    return { kind: 'done', next: [], detail: `already ${intent.row.state}` }
  }
  const { held, position } = await mayLeave(intent.row, tools)
  if (intent.row.state !== 'ready') {
    const known = held === null ? await resolveRequest(intent.row, tools) : await fenceOff(intent.row, tools)
    return await conclude(intentId, known, envelope, tools)
  }
  if (held !== null) return await concludeUnsent(intentId, held, envelope, tools)
  try {
    return await conclude(intentId, await transmit(intent, position, envelope, tools), envelope, tools)
  } catch (error) {
    if (error instanceof CommandRefused) return await concludeUnsent(intentId, error.message, envelope, tools)
    if (!(error instanceof StaleWrite)) throw error
    return { kind: 'again', afterMs: SETTLE_MS, detail: 'another worker sends this intent' }
  }
}

async function transmit(
  intent: Stored<IntentRow>,
  position: Stored<PositionRow> | null,
  envelope: Envelope,
  tools: Tools,
): Promise<Conclusion> {
  // From SENDING on this job is what is owed; the entry's precheck has done its part.
  const precheck = precheckEnvelope(intent.row, intent.row.intentId, 0).idempotency_key
  const alongside = intent.row.event === 'entry' ? [paid(precheck), ...owed([envelope], tools.now())] : []
  return await submit(
    intent,
    (request) => [...alongside, ...(position === null ? [] : fenced([sentRecord(intent.row, request)], position))],
    tools,
  )
}

function sentRecord({ positionId, intentId, command }: IntentRow, request: PreparedRequest) {
  const inputs = { intentId, command, request: requestShown(request) }
  return audited(positionId, { at: request.preparedAt, actor: 'place', decision: 'entry sent', inputs })
}

interface Leave {
  /** Why an intent must not leave any more. Exits and cancels always may; a stop where it can only ever reduce. */
  readonly held: string | null
  /** Of an entry: its sending carries the position's revision, so that an exit asked for meanwhile is not overtaken. */
  readonly position: Stored<PositionRow> | null
}

async function mayLeave(intent: IntentRow, tools: Tools): Promise<Leave> {
  if (intent.event === 'stop') return { held: await reasonToHoldStop(intent, tools), position: null }
  if (intent.event !== 'entry') return { held: null, position: null }
  if (intent.sendBefore !== null && tools.now() > intent.sendBefore)
    return { held: `the entry was to be sent before ${intent.sendBefore}`, position: null }
  const position = await tools.book.load('positions', intent.positionId)
  // Last what an operator changes at the last moment.
  const [halt, account] = await Promise.all([
    readHalt(tools.book, intent.account, position?.row.strategy ?? ''),
    tools.book.load('accounts', intent.account),
  ])
  const state = account?.row.state ?? 'active'
  if (state !== 'active') return { held: `${intent.account} is ${state}`, position }
  return { held: reasonToHoldEntry(halt, position?.row ?? null), position }
}

function reasonToHoldEntry(halt: Halt | null, position: PositionRow | null): string | null {
  if (halt !== null) return `entries of ${scopeText(halt.scope)} were halted by ${halt.row.by}: ${halt.row.why}`
  const canceled = position?.cancelEntry
  if (canceled !== undefined) return `${canceled.by} canceled the entry: ${canceled.why}`
  const exit = position?.exit ?? null
  return exit === null ? null : `its exit was asked for first (${exit.reason})`
}

/** Without reduce-only a stop beside an exit, or after it, would open the other side: it needs a fresh look at the position (D7). */
async function reasonToHoldStop(intent: IntentRow, tools: Tools): Promise<string | null> {
  if (intent.state !== 'ready' || tools.account(intent.account).broker.capabilities.reduceOnly) return null
  const position = await tools.book.load('positions', intent.positionId)
  if (position === null || !position.row.open) return 'the position has ended'
  if (position.row.exit !== null) return `its exit was asked for first (${position.row.exit.reason})`
  const { positions } = await readSnapshot(tools, intent.account, tools.now())
  const held = positions.find(({ instrument }) => instrument === intent.instrument)
  const holds = held !== undefined && decimal(held.size).isPositive() === (position.row.side === 'long')
  return holds ? null : 'the broker does not hold the position'
}
