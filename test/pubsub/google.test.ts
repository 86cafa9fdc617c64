/** The adapter to Google Pub/Sub says what it did and what it did not do, on the real emulator. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventOf } from '#domain/events/event-of.ts'
import type { AuditRow } from '#domain/records.ts'
import { PubsubUnavailable } from '#pubsub/errors.ts'
import { openSubscription } from '#pubsub/google/subscription.ts'
import { openTopic } from '#pubsub/google/topic.ts'
import type { PulledMessage, SignalSubscription } from '#pubsub/signal-subscription.ts'
import { NOW } from '#test/domain/samples.ts'
import { eventually } from '#test/support/eventually.ts'
import { otherSideOf } from '#test/support/pubsub-emulator.ts'
import { useEmulator } from './pubsub-desk.ts'

useEmulator()

const RECORD: AuditRow = {
  auditId: 'control.global.000000',
  subjectKind: 'control',
  subject: 'global',
  at: NOW,
  actor: 'ann',
  decision: 'halt',
  inputs: { why: 'drift', after: { tradingEnabled: false } },
  seq: 0,
  previous: null,
  hash: '0'.repeat(64),
}
const EVENT = eventOf({ record: RECORD, position: null, processed: null })

function place(name: string) {
  const emulatorHost = process.env['PUBSUB_EMULATOR_HOST'] ?? ''
  const projectId = `adapter-${process.pid}-${name}`
  return { projectId, emulatorHost, other: otherSideOf(emulatorHost, projectId) }
}

const NEVER = new AbortController().signal

async function pullAll(subscription: SignalSubscription, count: number): Promise<PulledMessage[]> {
  const found: PulledMessage[] = []
  while (found.length < count) found.push(...(await subscription.pull(10, NEVER)))
  return found
}

const textOf = ({ data }: PulledMessage): string => Buffer.from(data).toString()

test('an event is one message; what it does not name is no attribute', async () => {
  const { other, ...where } = place('topic')
  await other.createTopic('events')
  await other.createSubscription('all', 'events')
  const topic = openTopic({ ...where, topic: 'events' })
  try {
    await topic.publish(EVENT)
    const [message] = await eventually(async () => {
      const taken = await other.take('all')
      return taken.length > 0 ? taken : null
    })
    assert.deepEqual(JSON.parse(message?.data ?? ''), EVENT)
    assert.deepEqual(message?.attributes, {
      type: 'control.changed',
      version: '1',
      idempotency_key: 'control.global.000000',
      source: 'ann',
      ts: String(NOW),
    })
    assert.equal(message?.orderingKey, 'control.global')
  } finally {
    await topic.close()
  }
})

test('a topic or a subscription that is not there is said by name, with what to do', async () => {
  const { other: _, ...where } = place('missing')
  const topic = openTopic({ ...where, topic: 'no-topic' })
  const subscription = openSubscription({ ...where, subscription: 'no-signals' })
  try {
    const isSaid = (name: string) => (error: unknown) =>
      error instanceof PubsubUnavailable && error.message.includes(name) && /create it, or correct/.test(error.message)
    await assert.rejects(topic.publish(EVENT), isSaid('no-topic'))
    await assert.rejects(subscription.pull(1, NEVER), isSaid('no-signals'))
  } finally {
    await Promise.all([topic.close(), subscription.close()])
  }
})

test('what is acknowledged never comes again, what is put off does', async () => {
  const { other, ...where } = place('ack')
  await other.createTopic('signals')
  await other.createSubscription('in-order', 'signals')
  for (const text of ['kept', 'put off']) await other.publish('signals', text, text)
  const subscription = openSubscription({ ...where, subscription: 'in-order' })
  try {
    const messages = await pullAll(subscription, 2)
    assert.deepEqual(messages.map((message) => `${textOf(message)} by ${message.orderingKey}`).toSorted(), [
      'kept by kept',
      'put off by put off',
    ])
    await subscription.acknowledge(messages.filter((one) => textOf(one) === 'kept').map(({ ackId }) => ackId))
    await subscription.postpone(
      messages.map(({ ackId }) => ackId),
      0,
    )
    await other.publish('signals', 'later')
    const again = await pullAll(subscription, 2)
    assert.deepEqual(again.map(textOf).toSorted(), ['later', 'put off'])
  } finally {
    await subscription.close()
  }
})

test('a wait for messages ends at once with the process', async () => {
  const { other, ...where } = place('stop')
  await other.createTopic('signals')
  await other.createSubscription('in-vain', 'signals')
  const subscription = openSubscription({ ...where, subscription: 'in-vain' })
  const stop = new AbortController()
  const waiting = subscription.pull(10, stop.signal)
  stop.abort()
  assert.deepEqual(await waiting, [])
  await subscription.close()
})
