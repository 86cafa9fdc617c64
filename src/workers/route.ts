/**
 * Route: one signal at one account. Runs the risk gates and writes position, intent, reservation, processed entry and the
 * next job in ONE commit; or records which gate said no. Safe twice: the processed row fences the commit.
 */
import { sealed } from '#book/seal.ts'
import { exposuresOf } from '#domain/account.ts'
import { monitorEnvelope, precheckEnvelope } from '#domain/envelopes.ts'
import { type InstrumentId, clientOrderIdOf } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { Outcome } from '#domain/records.ts'
import type { Signal } from '#domain/signal.ts'
import { sizingOf, sizingText } from '#domain/sizing.ts'
import { adjustPosition } from './adjust-position.ts'
import { decideEntry } from './entry-decision.ts'
import { entryRows } from './entry-rows.ts'
import { type ExitRequest, exitWrites } from './exit-request.ts'
import { retryStale } from './retry-stale.ts'
import { serially } from './serially.ts'
import type { RouteView } from './route-view.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { type Effects, auditedOf, owed, processed, stillOwed, pay } from './writes.ts'

/** Decides and commits one signal at one account. @throws Unworkable, BookUnavailable, BrokerUnavailable */
export async function routeSignal(envelope: Envelope, tools: Tools): Promise<Verdict> {
  // Every entry of an account moves its one hot row.
  return await serially(
    tools.book,
    `account ${envelope.account}`,
    async () =>
      await retryStale(async () => {
        const now = tools.now()
        if (envelope.stage !== 'route')
          throw new Unworkable(`Route: expected a route message, saw ${envelope.stage} ${envelope.idempotency_key}.`)
        const signalKey = envelope.payload.signal_key
        const [done, signal, account] = await Promise.all([
          tools.book.load('processed', envelope.idempotency_key),
          tools.book.load('signals', signalKey),
          tools.book.load('accounts', envelope.account),
        ])
        if (done !== null) return await again(envelope, tools)
        if (signal === null) {
          throw new Unworkable(
            `Route ${envelope.idempotency_key}: expected signal ${signalKey} in the book, found none.`,
          )
        }
        return await routeKind({ envelope, signal: signal.row, account, now }, tools)
      }),
  )
}

/** A message that had its effect before: hand over what it still owes and pay its debt, should a crash have left it. */
async function again(envelope: Envelope, tools: Tools): Promise<Verdict> {
  const keys = ['precheck', 'monitor'].map((event) => `${envelope.position_id}.${event}`)
  const [next] = await Promise.all([stillOwed(tools.book, keys), pay(tools.book, envelope.idempotency_key)])
  return { kind: 'done', next, detail: 'already routed' }
}

async function routeKind(view: RouteView, tools: Tools): Promise<Verdict> {
  const signal = view.signal.signal
  switch (signal.kind) {
    case 'open':
      return await routeEntry(view, signal, tools)
    case 'reverse':
      return await routeReverse(view, signal, tools)
    case 'close':
      return await routeExit(view, signal.instrument, { reason: 'signal', afterClose: null }, tools)
    case 'flatten':
      return await routeExit(view, signal.instrument ?? null, { reason: 'operator', afterClose: null }, tools)
    case 'adjust': {
      const held = exposuresOf(view.account?.row, signal.instrument)[0]?.[1]
      if (held === undefined)
        return await settle(view, tools, nothing(`no position on ${signal.instrument}`), { writes: [], next: [] })
      const effects = await adjustPosition(held.positionId, signal, tools, view.now)
      const wake = [
        {
          stage: 'monitor' as const,
          key: monitorEnvelope({ positionId: held.positionId, account: view.envelope.account }, 'route', view.now)
            .idempotency_key,
        },
      ]
      const verdict = await settle(view, tools, { result: 'done', detail: effects.detail }, effects)
      return { ...verdict, wake }
    }
  }
}

async function routeEntry(
  view: RouteView,
  signal: Extract<Signal, { kind: 'open' | 'reverse' }>,
  tools: Tools,
): Promise<Verdict> {
  const trading = tools.account(view.envelope.account)
  const decision = await decideEntry(view, signal, tools)
  const sizing = sizingOf(trading.policy, signal)
  const sized = sizing === null ? {} : { sizing: sizingText(sizing) }
  if (decision.kind === 'denied') {
    const { denial } = decision
    const detail = `${denial.gate}: limit ${denial.limit}, observed ${denial.observed}`
    return await settle(view, tools, { result: 'denied', detail, ...denial, ...sized }, { writes: [], next: [] })
  }
  const clientOrderId = clientOrderIdOf(view.envelope.position_id, 'entry', 0)
  const next = precheckEnvelope(
    { positionId: view.envelope.position_id, account: view.envelope.account },
    clientOrderId,
    view.now,
  )
  const smaller = decision.warning === null ? '' : `; ${decision.warning}`
  const outcome: Outcome = {
    result: 'done',
    detail: `${decision.plan.side} ${decision.plan.size} ${decision.instrument.instrument}${smaller}`,
    ...sized,
  }
  const writes = [...entryRows(view, signal, decision, trading), ...owed([next], view.now)]
  const { plan, instrument, row } = decision
  const { exposures, locks, state } = row
  const inputs = { plan, instrument: instrument.instrument, account: { state, exposures, locks } }
  return await settle(view, tools, outcome, { writes, next: [next] }, inputs)
}

async function routeReverse(
  view: RouteView,
  signal: Extract<Signal, { kind: 'reverse' }>,
  tools: Tools,
): Promise<Verdict> {
  const held = exposuresOf(view.account?.row, signal.instrument)[0]?.[1]
  if (held === undefined || view.envelope.payload.reversed) return await routeEntry(view, signal, tools)
  if (held.side === signal.side) {
    const observed = `${held.side} position ${held.positionId}`
    const detail = `already ${signal.side}`
    return await settle(
      view,
      tools,
      { result: 'denied', detail, gate: 'reverse-side', limit: 'opposite side', observed },
      { writes: [], next: [] },
    )
  }
  return await routeExit(view, signal.instrument, { reason: 'reversal', afterClose: view.signal.signalKey }, tools)
}

/** Exits never ask which contract is in front: what is held by the name is closed; all of the account without a name. */
async function routeExit(
  view: RouteView,
  name: InstrumentId | null,
  request: Pick<ExitRequest, 'reason' | 'afterClose'>,
  tools: Tools,
): Promise<Verdict> {
  const effects: Effects = { writes: [], next: [] }
  const row = view.account?.row
  for (const [, held] of name === null ? Object.entries(row?.exposures ?? {}) : exposuresOf(row, name)) {
    const exit = await exitWrites(
      held.positionId,
      { ...request, commandId: view.envelope.position_id, source: 'route', why: { signal: view.signal.signal } },
      tools,
      view.now,
    )
    effects.writes.push(...exit.writes)
    effects.next.push(...exit.next)
  }
  if (effects.writes.length === 0)
    return await settle(view, tools, nothing(`no position on ${name ?? 'the account'}`), effects)
  return await settle(view, tools, { result: 'done', detail: `exit asked for: ${request.reason}` }, effects)
}

function nothing(detail: string): Outcome {
  return { result: 'nothing-to-do', detail }
}

async function settle(
  view: RouteView,
  tools: Tools,
  outcome: Outcome,
  effects: Effects,
  inputs: Readonly<Record<string, unknown>> = {},
): Promise<Extract<Verdict, { kind: 'done' }>> {
  const { envelope, now } = view
  const { signal } = view.signal
  const opens = effects.writes.some((write) => write.op === 'create' && write.kind === 'positions')
  await tools.book.commit(
    sealed([
      ...processed(envelope, outcome, now),
      ...effects.writes,
      // What opens no position is kept with the message that asked for it.
      auditedOf(
        opens ? { kind: 'positions', id: envelope.position_id } : { kind: 'processed', id: envelope.idempotency_key },
        {
          at: now,
          actor: 'route',
          decision: `${signal.kind} ${outcome.result}`,
          inputs: { signal, outcome, ...inputs },
        },
      ),
    ]),
  )
  return { kind: 'done', next: effects.next, detail: outcome.detail }
}
