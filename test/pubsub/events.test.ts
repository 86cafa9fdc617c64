/** Execution events on the real emulator: each decision is told at least once, in order, and a subscriber that keeps keys sees it once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STAGES } from '#domain/message.ts'
import { ALL_IN_ONE, startTruebook } from '#compose.ts'
import { createLog } from '#telemetry/log.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { eventually } from '#test/support/eventually.ts'
import { dieAt, openPubsubDesk, useEmulator } from './pubsub-desk.ts'

const QUIET = { log: createLog({ level: 'error', secrets: [] }) }

useEmulator()

test('a life is told event by event, with the result that the broker states, and no decision is left out', async () => {
  await using bench = await openPubsubDesk(ALL_IN_ONE)
  const { desk } = bench
  const id = await desk.open('BTC')
  await desk.until(id, 'open')
  await desk.close('BTC')
  const closed = await desk.until(id, 'closed')
  const { events, delivered } = await bench.allEvents()
  assert.deepEqual(new Set(events.map((event) => event.idempotency_key)), new Set(await bench.recordIds()))
  assert.deepEqual(
    events.filter(({ type }) => type === 'decision.recorded'),
    [],
  )
  const ours = events.filter((event) => event.position_id === id)
  assert.deepEqual(
    ours.map(({ subject }) => subject.seq),
    ours.map((_, place) => place),
    'the events of a position come in the order of its records',
  )
  const end = ours.at(-1)
  assert.ok(end?.type === 'position.closed')
  assert.equal(end.payload.realised.net, closed.realised?.net)
  assert.equal(end.account, 'desk')
  const last = delivered.find(({ attributes }) => attributes['idempotency_key'] === end.idempotency_key)
  assert.deepEqual(last?.attributes, {
    type: 'position.closed',
    version: '1',
    idempotency_key: end.idempotency_key,
    source: end.source,
    ts: String(end.ts),
    account: 'desk',
    position_id: id,
  })
  assert.equal(last?.orderingKey, `positions.${id}`)
  await assertProven(desk.truebook.book, ours.length)
})

test('a publisher that dies between telling and paying: the event comes twice under one key, and none is lost', async () => {
  await using bench = await openPubsubDesk({ stages: STAGES.filter((stage) => stage !== 'publish'), api: true })
  const { desk } = bench
  const id = await desk.open('ETH')
  await desk.until(id, 'open')
  await dieAt('told', desk.config.file)
  const next = await startTruebook(desk.config, { stages: ['publish'], api: false }, QUIET)
  try {
    const { events } = await bench.allEvents()
    const keys = events.map((event) => event.idempotency_key)
    assert.ok(keys.length > new Set(keys).size, `expected an event to come twice, saw ${keys.join(', ')}`)
    const seen = new Map(events.map((event) => [event.idempotency_key, event]))
    assert.deepEqual(new Set(seen.keys()), new Set(await bench.recordIds()))
    for (const event of events) assert.deepEqual(event, seen.get(event.idempotency_key), 'a repeat is the same event')
  } finally {
    await next.close(1000)
  }
})

test('trading goes on while the topic is not there, and all of it is told once it is', async () => {
  await using bench = await openPubsubDesk(ALL_IN_ONE)
  const { desk, other } = bench
  await other.deleteTopic('events')
  const id = await desk.open('BTC')
  await desk.until(id, 'open')
  const queue = desk.truebook.queue.queue('publish', null)
  await eventually(async () => (await queue.getDelayedCount()) > 0, { what: 'a publication to be tried again later' })
  // So that nothing is told between the topic's creation and its subscription's.
  await queue.pause()
  await eventually(async () => (await queue.getActiveCount()) === 0, { what: 'the publishers to rest' })
  await other.createTopic('events')
  await other.createSubscription('afterwards', 'events')
  await queue.resume()
  const { events } = await bench.allEvents('afterwards')
  assert.ok(events.some((event) => event.type === 'position.opened' && event.position_id === id))
})
