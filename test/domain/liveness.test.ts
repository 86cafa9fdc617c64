/** Who lives and what is heard: judged on changes of heartbeats, by the watcher's clock, from when it began to watch. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginVigil, type LivenessTerms, lookAtLife, type Vigil } from '#domain/liveness.ts'
import type { Stage } from '#domain/message.ts'
import type { FeedState, HeartbeatRow } from '#domain/records.ts'

const TERMS: LivenessTerms = {
  posts: [{ site: null, stages: ['route', 'monitor', 'alerts'], accounts: [{ account: 'hl', alwaysPriced: true }] }],
  siteless: ['alerts'],
  workerMs: 60,
  feedMs: 120,
}
const HEARD: FeedState = { account: 'hl', downSince: null, pricedAt: null }

function beat(at: number, change: Partial<HeartbeatRow> = {}): HeartbeatRow {
  const stages: Stage[] = ['route', 'monitor', 'alerts']
  return { process: 'box-1', site: null, stages, accounts: [HEARD], startedAt: 0, at, ...change }
}

/** Looks at each of the moments in turn; answers what the last one saw. */
function looks(moments: readonly (readonly [now: number, rows: readonly HeartbeatRow[]])[], terms = TERMS) {
  let vigil: Vigil = beginVigil(moments[0]?.[0] ?? 0)
  let last = lookAtLife(vigil, [], terms, moments[0]?.[0] ?? 0)
  for (const [now, rows] of moments) {
    last = lookAtLife(vigil, rows, terms, now)
    vigil = last.vigil
  }
  return { site: last.sites[0], feed: last.feeds[0], forgotten: last.forgotten }
}

test('a heartbeat that changes is a life, however far its clock is off', () => {
  const { site } = looks([
    [1_000, [beat(9_000_000)]],
    [1_050, [beat(9_000_050)]],
    [1_100, [beat(9_000_100)]],
  ])
  assert.equal(site?.condition, 'well')
})

test('a heartbeat that stands still, and one that is gone, is missed after the time for it and not before', () => {
  for (const left of [[beat(20)], []]) {
    const at = (now: number) =>
      looks([
        [1_000, [beat(10)]],
        [1_010, [beat(20)]],
        [1_040, left],
        [now, left],
      ]).site?.condition
    assert.notEqual(at(1_070), 'silent')
    assert.equal(at(1_071), 'silent')
  }
})

test('I3: a row that is found at the first look proves nobody alive: it neither ends an alert nor puts one off', () => {
  const at = (now: number) =>
    looks([
      [1_000, [beat(10)]],
      [now, [beat(10)]],
    ]).site?.condition
  assert.deepEqual([at(1_001), at(1_060), at(1_061)], ['unclear', 'unclear', 'silent'])
})

test('who appears while somebody watches has just begun', () => {
  const seen = looks([
    [1_000, []],
    [1_050, [beat(1)]],
  ])
  assert.equal(seen.site?.condition, 'well')
})

test('who begins to watch gives everybody their time', () => {
  assert.equal(looks([[1_000, []]]).site?.condition, 'unclear')
  const later = looks([
    [1_000, []],
    [1_061, []],
  ])
  assert.deepEqual([later.site?.condition, later.site?.since], ['silent', 1_000])
  assert.deepEqual(later.site?.stages, ['route', 'monitor', 'alerts'])
})

test('a stage is missed by its name; the worker of another site stands in only where the stage has no site', () => {
  const elsewhere = (at: number) => beat(at, { process: 'box-2', site: 'mac' })
  const partly = (at: number) => beat(at, { stages: ['route'] })
  const seen = looks([
    [1_000, [partly(1), elsewhere(1)]],
    [1_050, [partly(2), elsewhere(2)]],
    [1_100, [partly(3), elsewhere(3)]],
  ])
  assert.deepEqual([seen.site?.condition, seen.site?.stages], ['silent', ['monitor']])
})

test('a stream that is down is silent after its time; one that another process hears is not', () => {
  const down = { ...HEARD, downSince: 1 }
  const moments = (extra: (at: number) => HeartbeatRow[]) =>
    [1_000, 1_050, 1_100, 1_121].map((now) => [now, [beat(now, { accounts: [down] }), ...extra(now)]] as const)
  const dead = looks(moments(() => []))
  assert.deepEqual([dead.feed?.condition, dead.feed?.since], ['silent', 1_000])
  assert.equal(looks(moments(() => []).slice(0, 3)).feed?.condition, 'unclear', 'not yet')
  assert.equal(looks(moments((at) => [beat(at, { process: 'box-2' })])).feed?.condition, 'well')
})

test('a stream that told prices and stops is silent; one that tells none by nature, or whose market has hours, is not', () => {
  const feed = (pricedAt: number | null, alwaysPriced: boolean) => {
    const [post] = TERMS.posts
    const terms = { ...TERMS, posts: [{ ...post!, accounts: [{ account: 'hl', alwaysPriced }] }] }
    const accounts = [{ ...HEARD, pricedAt }]
    const moments = [1_000, 1_050, 1_100, 1_150, 1_200, 1_250].map((now) => [now, [beat(now, { accounts })]] as const)
    return looks(moments, terms).feed?.condition
  }
  assert.equal(feed(1_000, true), 'silent')
  assert.equal(feed(1_249, true), 'well')
  assert.equal(feed(null, true), 'well')
  assert.equal(feed(1_000, false), 'well')
})

test('where nobody lives, nothing is said of the feed: that nobody lives is said already', () => {
  const seen = looks([
    [1_000, [beat(1, { accounts: [{ ...HEARD, downSince: 1 }] })]],
    [1_010, [beat(2, { accounts: [{ ...HEARD, downSince: 1 }] })]],
    [1_500, [beat(2, { accounts: [{ ...HEARD, downSince: 1 }] })]],
  ])
  assert.deepEqual([seen.site?.condition, seen.feed?.condition], ['silent', 'unclear'])
})

test('rows of processes that are long dead may go', () => {
  const at = (now: number) =>
    looks([
      [1_000, [beat(1)]],
      [now, [beat(1)]],
    ]).forgotten
  assert.deepEqual([at(4_600), at(4_601)], [[], ['box-1']])
})
