/** The one line that says whether the book is true, and the two sides that it rests on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AccountRow, type IgnoredPosition, newAccountRow } from '#domain/account.ts'
import { compareBookAndBroker, sideBySide } from '#domain/comparison.ts'
import type { PositionRow } from '#domain/position.ts'
import type { SweepRow } from '#domain/records.ts'
import { accountOverview } from '#http/overview/compose.ts'
import { changedParts } from '#http/overview/overview-feed.ts'
import { latencyOf, spreadOf } from '#http/overview/latency.ts'
import { ageText, verdictOf } from '#http/overview/verdict.ts'
import type { OverviewAnswer } from '#http/overview-wire.ts'
import { GATES, NOW, aPosition, d } from '#test/domain/samples.ts'

const STALE_MS = 70_000

/** An overview of one account whose last sweep saw this, a second ago. */
function overviewOf(
  positions: PositionRow[],
  held: Record<string, string>,
  changes: { sweep?: Partial<SweepRow>; ignored?: AccountRow['ignored']; since?: PositionRow[] } = {},
): OverviewAnswer {
  const both = { positions, held: new Map(Object.entries(held).map(([name, size]) => [name, d(size)])) }
  const sweep: SweepRow = {
    sweepId: 'sweep-1',
    account: 'account',
    trigger: 'scheduled',
    startedAt: NOW - 1500,
    finishedAt: NOW - 500,
    complete: true,
    findings: compareBookAndBroker({ ...both, openOrders: [], isOurs: () => true, ignored: changes.ignored }),
    requeued: 0,
    provenFrom: 0,
    provenThrough: NOW - 1000,
    detail: '',
    compared: sideBySide(both),
    brokerAsOf: NOW - 1000,
    ...changes.sweep,
  }
  const account = accountOverview(
    { id: 'account', venue: 'hyperliquid', site: null, gates: GATES },
    {
      row: { ...newAccountRow('account', 'hyperliquid', NOW), ignored: changes.ignored ?? {} },
      positions: changes.since ?? positions,
      sweeps: [sweep],
      equity: null,
      programme: null,
      workingOrders: 0,
    },
    NOW,
  )
  const rest = { trading: [], alerts: [], alerts_limit: 100, dead_jobs: 0, workers: [] }
  return { mode: 'paper', now: NOW, stale_after_ms: STALE_MS, accounts: [account], ...rest }
}

const said = (overview: OverviewAnswer, now = NOW): string => {
  const { state, text } = verdictOf(overview, now)
  return `${state}: ${text}`
}

test('equality says of how many accounts and since when', () => {
  assert.equal(
    said(overviewOf([aPosition()], { 'BTC-PERP': '1' })),
    'equal: Book equals broker at 1 of 1 account, checked 1 s ago',
  )
})

test('each kind of drift is named with both sides', () => {
  const drift = (positions: PositionRow[], held: Record<string, string>) => said(overviewOf(positions, held))
  assert.equal(drift([aPosition()], {}), 'drift: account: BTC-PERP book long 1, broker flat')
  assert.equal(drift([], { 'ETH-PERP': '-2' }), 'drift: account: ETH-PERP book flat, broker short 2')
  assert.equal(drift([aPosition()], { 'BTC-PERP': '0.5' }), 'drift: account: BTC-PERP book long 1, broker long 0.5')
  assert.equal(drift([aPosition()], { 'BTC-PERP': '-1' }), 'drift: account: BTC-PERP book long 1, broker short 1')
  assert.match(drift([aPosition()], { 'ETH-PERP': '1' }), / and 1 more$/)
})

test('a look that is too old is no knowledge, whatever it saw; a drift that it saw still stands', () => {
  const equal = overviewOf([aPosition()], { 'BTC-PERP': '1' })
  assert.match(said(equal, NOW + STALE_MS - 1000), /^equal/)
  assert.equal(said(equal, NOW + STALE_MS), 'unknown: account: broker not read for 71 s')
  assert.match(said(overviewOf([], { 'BTC-PERP': '1' }), NOW + STALE_MS), /^drift/)
})

test('an account that was never compared is unknown, with the reason of the sweep that failed', () => {
  const {
    compared: _compared,
    brokerAsOf: _asOf,
    ...sweep
  } = {
    compared: 0,
    brokerAsOf: 0,
    complete: false,
    detail: 'incomplete: HTTP 502',
  }
  const never = overviewOf([], {}, { sweep })
  const [account] = never.accounts
  assert.ok(account)
  const unread = { ...never, accounts: [{ ...account, broker_as_of: null }] }
  assert.equal(said(unread), 'unknown: account: broker not read: incomplete: HTTP 502')
  assert.match(said({ ...never, accounts: [] }), /^unknown: no account/)
})

test('what moved since the look is on its way, not drift; what healed since is equal', () => {
  const opened = overviewOf([], {}, { since: [aPosition()] })
  assert.equal(opened.accounts[0]?.sides[0]?.drift, 'unsettled')
  assert.match(said(opened), /^equal: .*; 1 on the way$/)
  const healed = overviewOf([aPosition()], {}, { since: [] })
  assert.deepEqual(healed.accounts[0]?.sides, [])
  const another = overviewOf([], { 'BTC-PERP': '2' }, { since: [aPosition()] })
  assert.equal(another.accounts[0]?.sides[0]?.drift, 'unsettled', 'the finding was about no position of the book')
})

test('an ignored position is shown and told, and is no drift while it is as it was ignored', () => {
  const ignored = { 'ETH-PERP': { side: 'long', size: d('2'), by: 'olga', at: NOW, why: 'hedge' } as IgnoredPosition }
  const as = overviewOf([], { 'ETH-PERP': '2' }, { ignored })
  assert.match(said(as), /^equal: .*; 1 ignored$/)
  assert.deepEqual(
    as.accounts[0]?.sides.map(({ drift, ignored: by }) => [drift, by?.by]),
    [['unexpected', 'olga']],
  )
  assert.match(said(overviewOf([], { 'ETH-PERP': '3' }, { ignored })), /^drift/)
})

test('an unresolved position has a row of its own and is compared with nothing', () => {
  const { sides } = overviewOf([aPosition({ state: 'unresolved' }), aPosition()], { 'BTC-PERP': '1' }).accounts[0]!
  assert.deepEqual(
    sides.map(({ book, drift, broker }) => [book?.state, drift, broker?.size]),
    [
      ['open', null, '1'],
      ['unresolved', null, undefined],
    ],
  )
})

test('the screen calls equal exactly what the sweep found without findings', () => {
  const sizes = fc.integer({ min: -3, max: 3 })
  fc.assert(
    fc.property(sizes, sizes, (book, broker) => {
      const rows = book === 0 ? [] : [aPosition({ side: book < 0 ? 'short' : 'long', size: d(String(Math.abs(book))) })]
      const overview = overviewOf(rows, broker === 0 ? {} : { 'BTC-PERP': String(broker) })
      assert.equal(verdictOf(overview, NOW).state, book === broker ? 'equal' : 'drift')
    }),
  )
})

test('only what changed is sent', () => {
  const before = overviewOf([aPosition()], { 'BTC-PERP': '1' })
  assert.deepEqual(changedParts(before, { ...before, now: NOW + 1000 }), [])
  const after = { ...before, dead_jobs: 2, accounts: [{ ...before.accounts[0]!, open_orders: 3 }] }
  assert.deepEqual(
    changedParts(before, after).map(({ part }) => part),
    ['account', 'dead_jobs'],
  )
})

test('ages are told in the largest unit that says enough', () => {
  const ages = [-5, 4_400, 99_000, 101_000, 2 * 3_600_000, 100 * 3_600_000].map(ageText)
  assert.deepEqual(ages, ['0 s', '4 s', '99 s', '2 min', '2 h', '4 d'])
})

test('latency is of nearest rank, by venue; evidence found later does not count', () => {
  assert.deepEqual(spreadOf([]), { p50: null, p99: null })
  assert.deepEqual(spreadOf([30, 10, 20]), { p50: 20, p99: 30 })
  const entry = (venue: string, sentAt: number | null, kind: 'acknowledgement' | 'fill') => ({
    venue,
    receivedAt: 100,
    intent: { sentAt, evidence: [{ kind, at: 190, detail: '' }] },
  })
  const { venues } = latencyOf([entry('b', 140, 'acknowledgement'), entry('a', 150, 'fill'), entry('a', null, 'fill')])
  assert.deepEqual(venues, [
    {
      venue: 'a',
      entries: 1,
      signal_to_sent: { p50: 50, p99: 50 },
      sent_to_acknowledged: { p50: null, p99: null },
      newest_at: 150,
    },
    {
      venue: 'b',
      entries: 1,
      signal_to_sent: { p50: 40, p99: 40 },
      sent_to_acknowledged: { p50: 50, p99: 50 },
      newest_at: 140,
    },
  ])
})
