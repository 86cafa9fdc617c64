/** Every promise that a storm holds against its evidence can be seen broken: one fabricated ledger each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Deed } from '#storm/evidence.ts'
import type { Invariant } from '#storm/invariants/breach.ts'
import { checkEvidence } from '#storm/invariants/check.ts'
import { openDifferences } from '#storm/invariants/positions.ts'
import { measure } from '#storm/measures.ts'
import { NOW, d } from '#test/domain/samples.ts'
import {
  type Change,
  ENTERED,
  EXITED,
  ENTRY,
  POSITION,
  SWEEP,
  aFill,
  anAlert,
  anOrder,
  evidenceWith,
} from './fabricated.ts'

const HAND: Deed = {
  kind: 'open-by-hand',
  account: 'one',
  symbol: 'BTC',
  at: NOW,
  endedAt: NOW + 20_000,
  orderIds: ['77'],
  detail: '',
}
const BY_HAND = aFill({ orderId: '77', clientOrderId: null })
const CLOSED_BY_HAND = { ...EXITED, orderId: '77', clientOrderId: null }
const ENTRY_ORDER = anOrder()
const EXIT_ORDER = anOrder({ orderId: '2', clientOrderId: EXITED.clientOrderId, side: 'sell' })

/** What is wrong with the evidence, and which promise that breaks; null: none. */
const CASES: readonly (readonly [string, Invariant | null, Change])[] = [
  ['everything is as it must be', null, {}],
  [
    'an order landed twice',
    'one-order-per-intent',
    { truth: { orders: [ENTRY_ORDER, anOrder({ orderId: '3' }), EXIT_ORDER] } },
  ],
  [
    'an order that was refused and sent again is one order',
    null,
    { truth: { orders: [anOrder({ orderId: '3', rejected: true }), ENTRY_ORDER, EXIT_ORDER] } },
  ],
  [
    'an order landed that no intent asked for',
    'one-order-per-intent',
    { truth: { orders: [ENTRY_ORDER, EXIT_ORDER, anOrder({ orderId: '3', clientOrderId: `0x${'9'.repeat(32)}` })] } },
  ],
  ['a cent is missing', 'true-pnl', { position: { realised: { ...realised('9.79') } } }],
  [
    'the missing cent is marked provisional',
    null,
    { position: { realised: { ...realised('9.79'), provisional: true } } },
  ],
  ['an earlier exit was taken back, so the ledger joins two positions', null, joined()],
  [
    'funding was forgotten',
    'true-pnl',
    { truth: { fundingPayments: [{ symbol: 'BTC', time: NOW + 500, amount: '-0.03' }] } },
  ],
  ['closed, and the venue still holds it', 'book-is-broker', { truth: { fills: [ENTERED] } }],
  ['closed, and the venue never had it', 'proven-states', { truth: { fills: [] } }],
  ['canceled, and the venue filled it', 'proven-states', { position: { state: 'canceled', realised: null } }],
  ['still closing at rest', 'rest', { position: { state: 'closing', open: true } }],
  ['an entry filled that no position knows', 'book-is-broker', { book: { positions: [] } }],
  ['settled without evidence', 'proven-states', { intent: { evidence: [] } }],
  ['rejected, and the venue had it', 'proven-states', { intent: { state: 'rejected' } }],
  ['accepted, and the venue never had it', 'proven-states', { truth: { orders: [EXIT_ORDER] } }],
  ['unknown at rest', 'proven-states', { intent: { state: 'unknown', settled: false } }],
  ['acknowledged and not in the book', 'signals-kept', { book: { signals: [] } }],
  ['acknowledged and without an outcome', 'signals-kept', { book: { routed: [] } }],
  [
    'never acknowledged',
    'signals-kept',
    { evidence: { signals: [{ ...evidenceWith().signals[0]!, acknowledged: null }] } },
  ],
  [
    'denied, and sent all the same',
    'signals-kept',
    {
      book: {
        routed: [
          { ...evidenceWith().book.routed[0]!, outcome: { result: 'denied', detail: '', gate: 'session-open' } },
        ],
      },
    },
  ],
  [
    'more value than the gate of one order allows',
    'gates',
    { account: { limits: limits({ maxOrderNotional: '90' }) } },
  ],
  ['more exposure than equity allows', 'gates', { account: { limits: limits({ maxExposure: '0.05' }) } }],
  ['more positions than allowed', 'gates', { account: { limits: limits({ maxPositions: 0 }) } }],
  ['more contracts than a programme allows', 'gates', { account: { limits: limits({ maxContracts: 0 }) } }],
  ['closed by hand and told of', null, orphan([anAlert('orphan', { positionId: POSITION })])],
  ['closed by hand and not told of', 'alerts', orphan([])],
  [
    'closed by hand and told of twice',
    'alerts',
    orphan([
      anAlert('orphan', { positionId: POSITION }),
      anAlert('orphan', { positionId: POSITION, alertId: 'again' }),
    ]),
  ],
  ['told as an orphan and none', 'alerts', { book: { alerts: [anAlert('orphan', { positionId: POSITION })] } }],
  ['opened by hand, seen and told of', null, stranger([anAlert('unexpected-position')], [])],
  [
    'opened by hand beside ours, told as drift and, once ours ended, as unexpected',
    null,
    stranger([anAlert('side-drift'), anAlert('unexpected-position')], []),
  ],
  [
    'opened by hand and told of twice',
    'alerts',
    stranger([anAlert('unexpected-position'), anAlert('unexpected-position')], []),
  ],
  ['opened by hand, seen and not told of', 'alerts', stranger([], [])],
  [
    'opened by hand and closed by us',
    'nothing-unknown-closed',
    stranger([anAlert('unexpected-position')], [{ ...EXITED, time: NOW + 30_000 }]),
  ],
  [
    'something is unexplained',
    'equity-explained',
    { account: { equity: { ...evidenceWith().accounts[0]!.equity!, unexplained: d('0.01') } } },
  ],
  ['nothing is known of equity', 'equity-explained', { account: { equity: null } }],
  ['equity is another one', 'equity-explained', { truth: { equity: '1009.81' } }],
  ['a replay changed a row', 'replay-is-harmless', { evidence: { changedByReplay: ['position'] } }],
  ['a record was altered', 'records-proven', { evidence: { recordFaults: ['positions one: the hash differs'] } }],
  ['rest was not reached', 'rest', { evidence: { unrest: { open: [], flat: ['monitor is owed'] } } }],
  ['a process ended by itself', 'no-crash', { evidence: { crashes: [{ name: 'worker', log: 'log', exit: '1' }] } }],
]

for (const [what, invariant, change] of CASES) {
  test(`${what}: ${invariant ?? 'no promise is broken'}`, () => {
    const broken = new Set(checkEvidence(evidenceWith(change)).map((breach) => breach.invariant))
    if (invariant === null) assert.deepEqual([...broken], [])
    else assert.ok(broken.has(invariant), `saw ${[...broken].join(', ') || 'none'}`)
  })
}

test('book and broker differ by size, by side and by absence, and not when they agree', () => {
  const positions = (size: string) => [{ symbol: 'BTC', size }]
  const [account] = evidenceWith().accounts
  const [row] = evidenceWith({ position: { state: 'open', open: true, size: d('1') } }).book.positions
  const differ = (held: readonly { symbol: string; size: string }[]): number =>
    openDifferences({ ...account!, truth: { ...account!.truth, positions: held } }, [row!]).length
  assert.deepEqual([positions('1'), positions('2'), positions('-1'), []].map(differ), [0, 1, 1, 1])
})

test('duplicates are counted per million landed orders', () => {
  const { orders } = measure(evidenceWith({ truth: { orders: [ENTRY_ORDER, anOrder({ orderId: '3' }), EXIT_ORDER] } }))
  assert.deepEqual(
    [orders.landed, orders.mostPerIntent, orders.duplicates, orders.duplicatesPerMillion],
    [3, 2, 1, 333_333],
  )
})

test('an orphan is detected from the venue time of its exit, the error of that clock taken away', () => {
  const alerts = [anAlert('orphan', { positionId: POSITION, raisedAt: NOW + 2000 })]
  const change = orphan(alerts)
  const skews = [{ venue: 'hyperliquid', from: NOW - 60_000, aheadMs: 300 }] as const
  const { orphanDetection } = measure(evidenceWith({ ...change, evidence: { ...change.evidence, skews } }))
  assert.deepEqual([orphanDetection.count, orphanDetection.p50], [1, 1300])
})

function realised(net: string) {
  return { gross: d('10'), fees: d('0.2'), funding: d('0'), net: d(net), provisional: false }
}

function limits(change: object) {
  return { maxPositions: 1, maxOrderNotional: null, maxExposure: null, maxContracts: null, ...change }
}

/** The exit of an earlier position is void: what it held stands again beneath ours. */
function joined(): Change {
  const earlier = { orderId: '8', clientOrderId: `0x${'8'.repeat(32)}`, time: NOW - 2000 }
  const end = { ...earlier, side: 'sell', orderId: '9', clientOrderId: `0x${'9'.repeat(32)}`, voided: true } as const
  const held = aFill({ ...EXITED, orderId: '77', clientOrderId: null, time: NOW + 9000 })
  const [position] = evidenceWith().book.positions
  return {
    truth: { fills: [aFill(earlier), aFill(end), ENTERED, EXITED, held] },
    evidence: { deeds: [{ ...HAND, kind: 'close-by-hand' }] },
    account: { limits: limits({ maxPositions: 2 }) },
    book: { positions: [position!] },
  }
}

function orphan(alerts: ReturnType<typeof anAlert>[]): Change {
  return {
    truth: { fills: [ENTERED, CLOSED_BY_HAND], orders: [ENTRY_ORDER, EXIT_ORDER] },
    position: { orphaned: true },
    book: { alerts },
    evidence: { deeds: [{ ...HAND, kind: 'close-by-hand' }] },
  }
}

/** After our position somebody buys by hand; a sweep sees it. */
function stranger(alerts: ReturnType<typeof anAlert>[], more: readonly ReturnType<typeof aFill>[]): Change {
  return {
    truth: { fills: [ENTERED, EXITED, { ...BY_HAND, time: NOW + 1500 }, ...more] },
    book: { alerts, sweeps: [SWEEP] },
    evidence: { deeds: [HAND] },
  }
}

test('the entry of the fabricated life is the one its position asks for', () => {
  assert.equal(ENTERED.clientOrderId, `0x${ENTRY}`)
})
