/** The watchdog finds who is dead, silent or not swept, tells it past every queue, and the queue tells none of it again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepHeartbeat } from '#compose/heartbeat.ts'
import { beginVigil } from '#domain/liveness.ts'
import type { FeedState } from '#domain/records.ts'
import { lookAround, type Watched } from '#workers/watchdog.ts'
import { type AlertDesk, openAlertDesk } from './alert-desk.ts'
import { hearing, ONCE } from './silent-sinks.ts'

const CHAT = hearing('chat', { events: ['raised', 'resolved'] })
const REPEAT = { ...ONCE, critical: 900_000 }
const STAGES = ['route', 'monitor', 'alerts'] as const
const WATCHED: Watched = {
  posts: [{ site: null, stages: STAGES, accounts: [{ account: 'hl', alwaysPriced: true }] }],
  siteless: ['alerts'],
  workerMs: 60_000,
  feedMs: 120_000,
  sweeps: { accounts: [], everyMs: 30_000 },
}

/** A process whose heart beats whenever it is told to. */
function processOf({ book, clock }: AlertDesk, process = 'box-1') {
  const feed: { -readonly [K in keyof FeedState]: FeedState[K] } = { account: 'hl', downSince: null, pricedAt: null }
  const beat = async (): Promise<void> => {
    const row = { process, site: null, stages: STAGES, accounts: [{ ...feed }], startedAt: 0, at: clock.now }
    await book.commit([{ op: 'put', kind: 'heartbeats', id: process, row }])
  }
  return { feed, beat }
}

function watcherOf(desk: AlertDesk, watched: Watched = WATCHED) {
  let vigil = beginVigil(desk.clock.now)
  let isWell = false
  return {
    /** Looks every ten seconds for so long. */
    async watch(ms: number, meanwhile: () => Promise<void> = async () => undefined): Promise<boolean> {
      for (let passed = 0; passed < ms; passed += 10_000) {
        desk.clock.now += 10_000
        await meanwhile()
        const seen = await lookAround(vigil, watched, desk.tools)
        vigil = seen.vigil
        isWell = seen.isWell
      }
      return isWell
    },
  }
}

test('a worker process that dies is missed, told once by the watchdog alone, and its return ends the alert', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  const { beat } = processOf(desk)
  const watcher = watcherOf(desk)
  assert.equal(await watcher.watch(300_000, beat), true)
  assert.deepEqual(desk.told, [])
  await watcher.watch(60_000)
  assert.deepEqual(desk.told, [])
  assert.equal(await watcher.watch(60_000), false)
  assert.deepEqual(desk.told, ['chat workers-gone'])
  const [alert] = await desk.book.list('alerts', {
    where: { active: true },
    orderBy: { field: 'raisedAt', direction: 'ascending' },
  })
  assert.match(alert?.row.detail ?? '', /route, monitor, alerts.*truebook worker$/)
  assert.equal(await watcher.watch(20_000, beat), true)
  assert.deepEqual(desk.told, ['chat workers-gone', 'chat workers-gone.resolved'])
})

test('what the watchdog told is known to the queue: its messages tell nothing when it lives again', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  await watcherOf(desk).watch(120_000)
  assert.deepEqual(desk.told, ['chat workers-gone'])
  assert.notEqual((await desk.owed()).length, 0, 'it is owed to the queue as well')
  await desk.run()
  assert.deepEqual(desk.told, ['chat workers-gone'])
  assert.deepEqual(await desk.owed(), [])
})

test('two watchdogs tell what one would; while nobody else can, they repeat it and tell the escalation', async () => {
  const boss = hearing('boss', { escalation: true })
  await using desk = await openAlertDesk([CHAT, boss], { ...REPEAT, escalateAfterRounds: 1 })
  const [one, two] = [watcherOf(desk), watcherOf(desk)]
  await one.watch(120_000, async () => void (await two.watch(10_000)))
  assert.deepEqual(desk.told, ['chat workers-gone'])
  await one.watch(900_000, async () => void (await two.watch(10_000)))
  const repeated = desk.told.filter((line) => line.startsWith('chat'))
  assert.deepEqual(repeated.slice(0, 2), ['chat workers-gone', 'chat workers-gone.1'])
  assert.equal(new Set(desk.told).size, desk.told.length, desk.told.join())
  assert.ok(desk.told.includes('boss workers-gone'))
})

test('a sink that is down for the watchdog too is told at a later look', async () => {
  await using desk = await openAlertDesk([CHAT, hearing('pager')], ONCE)
  desk.down.add('chat')
  const watcher = watcherOf(desk)
  await watcher.watch(120_000)
  assert.deepEqual(desk.told, ['pager workers-gone'])
  desk.down.clear()
  await watcher.watch(10_000)
  assert.deepEqual(desk.told, ['pager workers-gone', 'chat workers-gone'])
})

test('a stream that is down too long is told as a warning; when it is heard again that is over', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  const { beat, feed } = processOf(desk)
  const watcher = watcherOf(desk)
  await watcher.watch(60_000, beat)
  feed.downSince = desk.clock.now
  await watcher.watch(120_000, beat)
  assert.deepEqual(desk.told, [])
  await watcher.watch(20_000, beat)
  assert.deepEqual(desk.told, ['chat feed-silent'])
  feed.downSince = null
  await watcher.watch(10_000, beat)
  assert.deepEqual(desk.told, ['chat feed-silent', 'chat feed-silent.resolved'])
})

test('a watchdog that starts anew neither ends what still stands nor raises it again', async () => {
  await using desk = await openAlertDesk([CHAT], ONCE)
  const { beat } = processOf(desk)
  await watcherOf(desk).watch(20_000, beat)
  await watcherOf(desk).watch(120_000)
  assert.deepEqual(desk.told, ['chat workers-gone'])
  // The dead process left its row behind.
  await watcherOf(desk).watch(120_000)
  assert.deepEqual(desk.told, ['chat workers-gone'])
})

test('rows of the long dead go away by themselves', async () => {
  await using desk = await openAlertDesk([], ONCE)
  const { beat } = processOf(desk)
  const quick = { ...WATCHED, workerMs: 10_000 }
  const watcher = watcherOf(desk, quick)
  await watcher.watch(20_000, beat)
  await watcher.watch(600_000)
  assert.equal((await desk.book.list('heartbeats', {})).length, 1)
  await watcher.watch(20_000)
  assert.equal((await desk.book.list('heartbeats', {})).length, 0)
})

test('a process writes its heartbeat at once and every ten seconds, and takes it back at an orderly end', async (t) => {
  await using desk = await openAlertDesk([], ONCE)
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { book, clock, tools } = desk
  const heart = await keepHeartbeat({
    book,
    log: tools.log,
    now: () => clock.now,
    site: 'mac',
    stages: ['monitor'],
    feeds: () => [{ account: 'hl', downSince: null, pricedAt: clock.now }],
  })
  const row = async () => (await book.list('heartbeats', {})).map((stored) => stored.row)[0]
  assert.deepEqual([(await row())?.site, (await row())?.at], ['mac', clock.now])
  clock.now += 10_000
  t.mock.timers.tick(10_000)
  await new Promise(setImmediate)
  assert.equal((await row())?.at, clock.now)
  await heart[Symbol.asyncDispose]()
  assert.equal(await row(), undefined)
})
