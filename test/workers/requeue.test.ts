/** The to-do list is the book, not Redis: after a total loss everything owed is queued again, and every open position watched (I3). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertEnvelope, reconcileEnvelope } from '#domain/envelopes.ts'
import { publishEnvelope } from '#domain/events/publication.ts'
import type { Envelope } from '#domain/message.ts'
import { NOW, POSITION } from '#test/domain/samples.ts'
import { OWED_MAX, requeueOwed } from '#workers/requeue.ts'
import type { Tools } from '#workers/worker.ts'
import { owed } from '#workers/writes.ts'
import { ACCOUNT, openTruthDesk } from './truth-desk.ts'

const ABOUT = { positionId: POSITION, account: ACCOUNT }

/** Tools whose queue lost all jobs; `made` are those made again, each once. */
function afterLoss(tools: Tools): { readonly tools: Tools; readonly made: Map<string, Envelope> } {
  const made = new Map<string, Envelope>()
  const ensure = async (envelope: Envelope): Promise<boolean> => {
    if (made.has(envelope.idempotency_key)) return false
    made.set(envelope.idempotency_key, envelope)
    return true
  }
  return { tools: { ...tools, queue: { ...tools.queue, ensure } }, made }
}

test('I3: when the queue lost everything, what the book owes is queued again under its own id, once', async () => {
  await using desk = await openTruthDesk()
  await desk.book.commit(owed([reconcileEnvelope(ABOUT, 'close', NOW)], NOW))
  desk.clock.now += 10_000
  const { tools, made } = afterLoss(desk.tools)
  assert.equal(await requeueOwed(tools), 1)
  assert.deepEqual([...made.keys()], [`${POSITION}.reconcile`])
  assert.equal(await requeueOwed(tools), 0)
})

test('I3: an open position that nobody watches gets its monitor back', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const { tools, made } = afterLoss(desk.tools)
  assert.equal(await requeueOwed(tools), 1)
  assert.deepEqual([...made.keys()], [`${POSITION}.monitor`])
})

const TELLINGS = {
  'events wait for a topic that is away': (n: number) => publishEnvelope(`control.global.${n}`, '*', NOW),
  'alerts wait for a sink that is away': (n: number) => alertEnvelope(`alert-${n}`, '*', NOW),
}
for (const [what, envelopeOf] of Object.entries(TELLINGS)) {
  test(`I3: what trades is queued again at once, however many ${what}`, async () => {
    await using desk = await openTruthDesk()
    const tellings = Array.from({ length: OWED_MAX + 1 }, (_, n) => envelopeOf(n))
    for (let n = 0; n < tellings.length; n += 2000) await desk.book.commit(owed(tellings.slice(n, n + 2000), NOW))
    await desk.book.commit(owed([reconcileEnvelope(ABOUT, 'close', NOW + 1)], NOW + 1))
    desk.clock.now += 10_000
    const { tools, made } = afterLoss(desk.tools)
    await requeueOwed(tools)
    assert.ok(made.has(`${POSITION}.reconcile`))
  })
}
