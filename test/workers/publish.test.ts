/** Telling the outside of a decision: at least once, in the order of its subject, under one key, and never lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { BookUnavailable } from '#book/errors.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import { withCommit } from '#book/with-commit.ts'
import { withPublication } from '#book/with-publication.ts'
import type { ExecutionEvent } from '#domain/events/event-schema.ts'
import { publicationKeyOf } from '#domain/events/publication.ts'
import type { Envelope } from '#domain/message.ts'
import { PubsubUnavailable } from '#pubsub/errors.ts'
import type { EventPublisher } from '#pubsub/event-publisher.ts'
import { NOW } from '#test/domain/samples.ts'
import { publishEvent } from '#workers/publish.ts'
import { Unworkable } from '#workers/worker.ts'

const FIRST = 'control.global.000000'

/** A book with records of one switch, all owed, and a topic that only remembers. */
async function desk(decisions = 1) {
  const handed: Envelope[] = []
  const book = withPublication(await openEmbeddedBook({ file: ':memory:' }), (envelope) => void handed.push(envelope))
  const about = { kind: 'control', id: 'global' } as const
  await book.commit(
    sealed([
      { op: 'create', kind: 'control', id: 'global', row: { tradingEnabled: false, by: 'ann', why: 'drift', at: NOW } },
      ...Array.from({ length: decisions }, (_, n): PlannedWrite => ({
        op: 'record',
        decision: { about, at: NOW + n, actor: 'ann', decision: n % 2 === 0 ? 'halt' : 'resume', inputs: {} },
      })),
    ]),
  )
  const told: ExecutionEvent[] = []
  const topic = { isDown: false }
  const events: EventPublisher = {
    async publish(event) {
      if (topic.isDown) throw new PubsubUnavailable('down')
      told.push(event)
    },
    close: async () => undefined,
  }
  const [first, second] = handed
  assert.ok(first)
  const clock = { now: NOW + 5000 }
  const alerts = async (active: boolean) =>
    (await book.list('alerts', { where: { active }, orderBy: { field: 'raisedAt', direction: 'ascending' } })).map(
      ({ row }) => row.kind,
    )
  return { tools: { book, events, now: () => clock.now }, told, topic, handed, first, second, clock, alerts }
}

test('an event is told once however often its job runs, and its debt is paid', async () => {
  const { tools, told, first } = await desk()
  assert.equal((await publishEvent(first, tools)).kind, 'done')
  assert.equal((await publishEvent(first, tools)).detail, 'told before')
  assert.deepEqual(
    told.map(({ idempotency_key, type }) => [idempotency_key, type]),
    [[FIRST, 'control.changed']],
  )
  assert.equal(await tools.book.load('outbox', publicationKeyOf(FIRST)), null)
})

test('a topic that is away keeps the debt, and the event is told when it is back', async () => {
  const { tools, told, topic, first } = await desk()
  topic.isDown = true
  await assert.rejects(publishEvent(first, tools), PubsubUnavailable)
  assert.ok(await tools.book.load('outbox', publicationKeyOf(FIRST)))
  topic.isDown = false
  await publishEvent(first, tools)
  assert.equal(told.length, 1)
})

test('an event told before its debt could be paid is told again under the same key', async () => {
  const { tools, told, first } = await desk()
  const book = withCommit(tools.book, async () => {
    throw new BookUnavailable('away')
  })
  await assert.rejects(publishEvent(first, { ...tools, book }), BookUnavailable)
  await publishEvent(first, tools)
  assert.deepEqual(
    told.map(({ idempotency_key }) => idempotency_key),
    [FIRST, FIRST],
  )
  assert.deepEqual(told[0], told[1])
})

test('a record waits for the one before it, whose job it makes again', async () => {
  const { tools, told, first, second } = await desk(2)
  assert.ok(second)
  const verdict = await publishEvent(second, tools)
  assert.equal(verdict.kind, 'again')
  assert.deepEqual(verdict.next, [first])
  await publishEvent(first, tools)
  assert.equal((await publishEvent(second, tools)).kind, 'done')
  assert.deepEqual(
    told.map(({ subject }) => subject.seq),
    [0, 1],
  )
})

test('without a topic nothing is told and nothing is lost', async () => {
  const { tools, first } = await desk()
  const verdict = await publishEvent(first, { book: tools.book, now: tools.now })
  assert.equal(verdict.kind, 'again')
  assert.ok(await tools.book.load('outbox', publicationKeyOf(FIRST)))
})

test('a debt of a record that is not there is set aside', async () => {
  const { tools, first } = await desk()
  const envelope = { ...first, position_id: 'control.global.000009' as Envelope['position_id'] }
  await assert.rejects(
    publishEvent({ ...envelope, idempotency_key: 'x' as Envelope['idempotency_key'] }, tools),
    Unworkable,
  )
})

test('events that wait for five minutes are one alert, which the first that is taken ends', async () => {
  const { tools, told, topic, first, second, clock, alerts } = await desk(2)
  assert.ok(second)
  topic.isDown = true
  await assert.rejects(publishEvent(first, tools), PubsubUnavailable)
  assert.deepEqual(await alerts(true), [])
  clock.now = NOW + 6 * 60_000
  const both = await Promise.all([publishEvent(first, tools), publishEvent(first, tools)])
  assert.deepEqual(both.flatMap(({ kind, next = [] }) => [kind, ...next.map(({ stage }) => stage)]).toSorted(), [
    'again',
    'again',
    'alerts',
  ])
  assert.deepEqual(await alerts(true), ['events-unpublished'])
  topic.isDown = false
  await publishEvent(first, tools)
  assert.deepEqual([await alerts(true), await alerts(false)], [[], ['events-unpublished']])
  await publishEvent(second, tools)
  assert.equal(told.length, 2)
})
