/** The doctor says of topic and subscription whether they are there, and the command that makes them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPubsub } from '#compose/pubsub-checks.ts'
import type { PubsubConfig } from '#config/pubsub.ts'
import { otherSideOf } from '#test/support/pubsub-emulator.ts'
import { useEmulator } from './pubsub-desk.ts'

useEmulator()

const CONFIG: PubsubConfig = {
  projectId: `doctor-${process.pid}`,
  events: { topic: 'events' },
  signals: { subscription: 'signals-in', sender: 'desk', strategies: ['*'], source: null },
}

test('what is missing is said with the command that makes it, and is right once it is there', async () => {
  const missing = await checkPubsub(CONFIG)
  assert.deepEqual(
    missing.map(({ level, check, fix }) => [level, check, fix]),
    [
      ['fail', 'topic events', `gcloud pubsub topics create events --project ${CONFIG.projectId}`],
      [
        'fail',
        'subscription signals-in',
        `gcloud pubsub subscriptions create signals-in --topic TOPIC --project ${CONFIG.projectId}`,
      ],
    ],
  )
  const other = otherSideOf(process.env['PUBSUB_EMULATOR_HOST'] ?? '', CONFIG.projectId)
  await other.createTopic('events')
  await other.createSubscription('signals-in', 'events')
  assert.deepEqual(
    (await checkPubsub(CONFIG)).map(({ level, detail }) => [level, detail]),
    [
      ['ok', 'is there'],
      ['ok', 'is there'],
    ],
  )
})

test('a configuration without Pub/Sub is not asked about it', async () => {
  assert.deepEqual(await checkPubsub(null), [])
})
