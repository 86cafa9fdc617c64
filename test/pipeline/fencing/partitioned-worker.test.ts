/**
 * A worker cut off at the nastiest points of twelve lives at once, that goes on with what it has, while another worker completes
 * every life; then the network heals and all that was held arrives late. Nothing lands twice, nothing is written over.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Direction, ProxyMode } from '#simulators/network/tcp-proxy.ts'
import { eventually } from '#test/support/eventually.ts'
import {
  type FenceDesk,
  type GatedWorker,
  type Store,
  type Ways,
  alertsOf,
  assertOneLife,
  earnedAlerts,
  openFenceDesk,
} from './fence-desk.ts'
import { POINTS, type Point, STORE_POINTS, bringAll, finishAll, gateOf } from './points.ts'

/** A worker, its ways, and where its lives are held. */
interface Cut {
  readonly points: readonly Point[]
  readonly worker: GatedWorker
  readonly ways: Ways
  readonly fence: FenceDesk
}

interface Partition {
  readonly from: string
  /** Cuts the worker off and lets it go on. */
  cut(cut: Cut): Promise<void> | void
}

function toVenue({ points, ways }: Pick<Cut, 'points' | 'ways'>, mode: ProxyMode, direction?: Direction): void {
  for (const { name } of points) ways.venue(name).mode(mode, direction)
}

function goOn({ points, worker }: Cut): void {
  for (const { name } of points) worker.release(name)
}

/** Those whose request leaves when the gate opens, or has left. */
function sending({ points }: Cut): Point[] {
  return points.filter(({ write, moment }) => write.endsWith('sending') && moment === 'after')
}

const REDIS: Partition = {
  from: 'Redis',
  cut(cut) {
    cut.ways.redis.mode('black-hole')
    toVenue(cut, 'pass')
    goOn(cut)
  },
}
const BOOK: Partition = {
  from: 'the book',
  cut(cut) {
    cut.worker.book('away')
    toVenue(cut, 'pass')
    goOn(cut)
  },
}
const VENUE: Partition = {
  from: 'the venue',
  cut(cut) {
    toVenue(cut, 'refuse')
    goOn(cut)
  },
}
/** Requests pass, answers do not: everything that was to be sent is done, and its sender cannot know. */
const ANSWERS: Partition = {
  from: "the venue's answers",
  async cut(cut) {
    const { fence } = cut
    toVenue(cut, 'black-hole', 'answers')
    const waiting = sending(cut).filter(({ answering }) => answering !== true)
    const before = waiting.map(({ name }) => fence.ledger(name).fills.length)
    goOn(cut)
    for (const [index, { name, says }] of waiting.entries()) {
      const landed = (): boolean => fence.ledger(name).fills.length > (before[index] ?? 0)
      await eventually(landed, { what: `the request at the venue, ${says}` })
    }
    toVenue(cut, 'refuse')
  },
}
/** All that it sends is held on the way, and arrives when it must not have any effect any more. */
const EVERYTHING: Partition = {
  from: 'everything',
  async cut(cut) {
    const { worker, ways } = cut
    for (const way of [ways.redis, ways.book]) way?.mode('black-hole')
    if (ways.book === null) worker.book('away')
    toVenue(cut, 'black-hole')
    goOn(cut)
    for (const { name, says } of sending(cut)) {
      const venue = ways.venue(name)
      await eventually(() => venue.held('requests') + venue.held('answers') > 0, { what: `a request held, ${says}` })
    }
    if (ways.book !== null) await eventually(() => (ways.book?.held('requests') ?? 0) > 0, { what: 'commits held' })
  },
}

async function partition(points: readonly Point[], store: Store, { cut }: Partition): Promise<void> {
  await using fence = await openFenceDesk(
    store,
    points.map(({ name }) => name),
  )
  const lost = await fence.start({ gates: points.map(gateOf), proxied: true })
  const ways = lost.ways as Ways
  const lives = await bringAll(fence, lost, points)
  await cut({ points, worker: lost, ways, fence })
  const other = await fence.start()
  await finishAll(fence, lives)
  for (const { point, id } of lives) await assertOneLife(fence, point.name, id)
  await other.rests()
  const before = await Promise.all(lives.map(({ point, id }) => fence.everything(point.name, id)))
  const orders = lives.map(({ point }) => fence.ledger(point.name).orders.length)

  for (const way of [ways.redis, ways.book]) way?.mode('pass')
  toVenue({ ways, points }, 'pass')
  lost.book('back')
  await lost.rests()
  for (const [index, { point, id }] of lives.entries()) {
    await assertOneLife(fence, point.name, id)
    assert.deepEqual(await fence.everything(point.name, id), before[index], `${point.says}: nothing is written over`)
    assert.equal(fence.ledger(point.name).orders.length, orders[index], `${point.says}: nothing lands`)
    const allowed = await earnedAlerts(fence, id)
    for (const alert of await alertsOf(fence, point.name)) assert.ok(allowed.includes(alert), `${point.says}: ${alert}`)
  }
}

describe('a worker cut off at any point of a life, healed after another one completed it', () => {
  for (const cut of [REDIS, BOOK, VENUE, ANSWERS, EVERYTHING])
    test(`from ${cut.from}: lands nothing twice, writes nothing over newer state, embedded book (I1 I6 A3)`, () =>
      partition(POINTS, 'embedded', cut))
  test('from everything: lands nothing twice, writes nothing over newer state, firestore book (I1 I6 A3)', () =>
    partition(STORE_POINTS, 'firestore', EVERYTHING))
})
