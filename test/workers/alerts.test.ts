/** Alerts reach every sink once a round, whoever tells them and whatever dies meanwhile; the book alone carries them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RepeatTerms } from '#domain/alert-telling.ts'
import { alertEnvelope } from '#domain/envelopes.ts'
import { deliverAlert } from '#workers/alerts.ts'
import { type AlertDesk, openAlertDesk } from './alert-desk.ts'
import { hearing, ONCE } from './silent-sinks.ts'

const MINUTE = 60_000
const REPEAT: RepeatTerms = { critical: 15 * MINUTE, warning: null, info: null, escalateAfterRounds: 2 }
const CHAT = hearing('chat', { events: ['raised', 'resolved'] })
const PAGER = hearing('pager')
const BOSS = hearing('boss', { escalation: true, events: ['raised', 'resolved'] })

async function later(desk: AlertDesk, ms: number): Promise<readonly string[]> {
  const before = desk.told.length
  desk.clock.now += ms
  await desk.run()
  return desk.told.slice(before)
}

test('each sink is told once, by a message of its own; every message run again tells nobody', async () => {
  await using desk = await openAlertDesk([CHAT, PAGER], ONCE)
  const id = await desk.raise()
  const plan = await desk.owed()
  await deliverAlert(plan[0]!, desk.tools)
  const tells = await desk.owed()
  assert.deepEqual(
    tells.map(({ idempotency_key: key }) => key),
    [`${id}.tell.chat.0`, `${id}.tell.pager.0`],
  )
  assert.equal(await desk.run(), null)
  assert.deepEqual(desk.told.toSorted(), ['chat size-drift', 'pager size-drift'])
  for (const envelope of [...plan, ...tells]) await deliverAlert(envelope, desk.tools)
  assert.equal(desk.told.length, 2)
  assert.equal((await desk.alert(id)).deliveredAt, desk.clock.now)
})

test('a sink that is down holds up no other, and is told when it is back', async () => {
  await using desk = await openAlertDesk([CHAT, PAGER], ONCE)
  desk.down.add('chat')
  await desk.raise()
  assert.equal(await desk.run(), 5_000, 'it is left alone as long as it asked for')
  assert.deepEqual(desk.told, ['pager size-drift'])
  desk.down.clear()
  assert.deepEqual(await later(desk, 5_000), ['chat size-drift'])
  assert.deepEqual(await desk.owed(), [])
})

test('what nobody acknowledges is told again every round, and after so many to the sinks of the escalation', async () => {
  await using desk = await openAlertDesk([CHAT, BOSS], REPEAT)
  await desk.raise()
  assert.equal(await desk.run(), 15 * MINUTE)
  assert.deepEqual(desk.told, ['chat size-drift'])
  assert.deepEqual(await later(desk, 15 * MINUTE - 1), [])
  assert.deepEqual(await later(desk, 1), ['chat size-drift.1'])
  assert.deepEqual((await later(desk, 15 * MINUTE)).toSorted(), ['boss size-drift', 'chat size-drift.2'])
  assert.deepEqual((await later(desk, 15 * MINUTE)).toSorted(), ['boss size-drift.1', 'chat size-drift.3'])
})

test('a warning is told once', async () => {
  await using desk = await openAlertDesk([CHAT, BOSS], REPEAT)
  await desk.raise({ severity: 'warning', kind: 'foreign-order' })
  assert.equal(await desk.run(), null)
  assert.deepEqual(await later(desk, 600 * MINUTE), [])
  assert.deepEqual(desk.told, ['chat foreign-order'])
})

test('an acknowledgement stops repetition and escalation; it is told where it can be shown, and the end to all who were told', async () => {
  await using desk = await openAlertDesk([CHAT, PAGER, BOSS], REPEAT)
  const id = await desk.raise()
  await desk.run()
  await desk.acknowledge(id)
  assert.deepEqual(await later(desk, 0), ['pager size-drift.acknowledged'])
  assert.deepEqual(await later(desk, 600 * MINUTE), [])
  assert.deepEqual(await desk.owed(), [], 'rounds that waited are paid')
  await desk.end()
  const end = await later(desk, 0)
  assert.deepEqual(end.toSorted(), ['chat size-drift.resolved', 'pager size-drift.resolved'])
  assert.deepEqual(await later(desk, 600 * MINUTE), [])
})

test('an alert of what has happened ends with its acknowledgement: one word to everybody who was told', async () => {
  await using desk = await openAlertDesk([CHAT, PAGER], REPEAT)
  const id = await desk.raise({ kind: 'orphan' })
  await desk.run()
  await desk.acknowledge(id)
  assert.deepEqual((await later(desk, 0)).toSorted(), ['chat orphan.resolved', 'pager orphan.resolved'])
  assert.equal(await desk.run(), null)
})

test('an alert that ends while its sink is down is told when the sink is back, and its end after it', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  desk.down.add('chat')
  await desk.raise()
  await desk.run()
  await desk.end()
  await desk.run()
  desk.down.clear()
  assert.deepEqual(await later(desk, 5_000), ['chat size-drift', 'chat size-drift.resolved'])
})

test('an alert that ends between the telling and its record is known to be over: the end is told', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  await desk.raise()
  desk.afterTelling = async () => {
    desk.afterTelling = async () => undefined
    await desk.end()
    const [end] = (await desk.owed()).filter(({ idempotency_key: key }) => key.endsWith('.resolved'))
    await deliverAlert(end!, desk.tools)
  }
  await desk.run()
  assert.deepEqual(desk.told, ['chat size-drift', 'chat size-drift.resolved'])
})

test('I3: two at one message, as when a queue lost it and got it back: one tells, the other waits and finds it told', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  await desk.raise()
  await deliverAlert((await desk.owed())[0]!, desk.tools)
  const [tell] = await desk.owed()
  const release = Promise.withResolvers<undefined>()
  const telling = Promise.withResolvers<undefined>()
  desk.afterTelling = async () => {
    desk.afterTelling = async () => undefined
    telling.resolve(undefined)
    await release.promise
  }
  const first = deliverAlert(tell!, desk.tools)
  await telling.promise
  const second = await deliverAlert(tell!, desk.tools)
  assert.equal(second.kind, 'again')
  release.resolve(undefined)
  assert.equal((await first).kind, 'done')
  assert.equal((await deliverAlert(tell!, desk.tools)).kind, 'done')
  assert.deepEqual(desk.told, ['chat size-drift'])
})

test('a death before the sink took it loses nothing; one between its taking and the record tells it once more, under the same key', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  await desk.raise()
  desk.afterTelling = async () => {
    throw new Error('died')
  }
  await assert.rejects(desk.run(), /died/)
  desk.afterTelling = async () => undefined
  // Whoever died may still be telling: nobody else does, until the claim has run out.
  assert.equal(await desk.run(), 30_000)
  assert.deepEqual(await later(desk, 30_000), ['chat size-drift'])
  assert.deepEqual(desk.told, ['chat size-drift', 'chat size-drift'], 'the only window')
  assert.deepEqual(await desk.owed(), [])
})

test('what was owed before sinks had messages of their own is told by its old message', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  const id = await desk.raise()
  const old = alertEnvelope(id, 'a', desk.clock.now)
  assert.equal(old.idempotency_key, `${id}.deliver`)
  assert.deepEqual(old.payload, {})
  await desk.run()
  assert.deepEqual(desk.told, ['chat size-drift'])
})

test('a sink that is configured no more is told nothing and keeps nothing owed', async () => {
  await using desk = await openAlertDesk([CHAT, PAGER], ONCE)
  desk.down.add('pager')
  await desk.raise()
  await desk.run()
  const tools = { ...desk.tools, alerting: { ...desk.tools.alerting, sinks: [CHAT] } }
  for (const envelope of await desk.owed()) await deliverAlert(envelope, tools)
  assert.deepEqual(await desk.owed(), [])
})
