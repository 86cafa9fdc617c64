/** Positions that somebody else opened, adopted or ignored, held against fabricated evidence: each promise about them can be seen broken. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlertRow, AuditRow } from '#domain/records.ts'
import type { Deed } from '#storm/evidence.ts'
import type { Invariant } from '#storm/invariants/breach.ts'
import { checkEvidence } from '#storm/invariants/check.ts'
import { NOW, d } from '#test/domain/samples.ts'
import {
  type Change,
  ENTERED,
  EXIT,
  EXITED,
  POSITION,
  SWEEP,
  aFill,
  anAlert,
  anOrder,
  evidenceWith,
  record,
} from './fabricated.ts'

const ON_BTC = { account: 'one', instrument: 'BTC-PERP' }

const HAND: Deed = {
  kind: 'open-by-hand',
  account: 'one',
  symbol: 'BTC',
  at: NOW,
  endedAt: null,
  orderIds: ['77'],
  detail: '',
}
const BY_HAND = aFill({ orderId: '77', clientOrderId: null })
const ADOPT = record('adopt', 0, { at: NOW + 5_000, inputs: { target: ON_BTC, confirmation: 'a' } })
const ADOPTED = record('adopted', 1, {
  at: NOW + 6_000,
  actor: 'sweep',
  inputs: { instrument: 'BTC-PERP', positionId: POSITION },
})
const FOUND = anAlert('unexpected-position', { raisedAt: NOW + 4_000, active: false, resolvedAt: NOW + 6_000 })

interface Adoption {
  readonly records?: readonly AuditRow[]
  /** When our exit filled. */
  readonly at?: number
  readonly by?: string
  readonly orders?: readonly never[]
  readonly net?: string
}

/** Bought by hand, found, adopted and closed by us. */
function adopted({
  records = [ADOPT, ADOPTED],
  at = NOW + 30_000,
  by = 'operator',
  orders,
  net = '9.8',
}: Adoption): Change {
  const exit = { ...EXITED, time: at }
  const result = { gross: d('10'), fees: d('0.2'), funding: d('0'), net: d(net), provisional: false }
  const [, exitIntent] = evidenceWith().book.intents
  return {
    truth: {
      fills: [BY_HAND, exit],
      orders: [
        anOrder({ orderId: '77', clientOrderId: null }),
        anOrder({ orderId: '2', clientOrderId: `0x${EXIT}`, side: 'sell' }),
      ],
    },
    position: {
      adopted: { by, at: NOW + 5_000, why: 'ours', openedBy: ['fill'] },
      createdAt: NOW,
      orders: orders ?? [{ clientOrderId: EXIT, event: 'exit', leg: 0 }],
      realised: result,
    },
    book: { signals: [], routed: [], intents: [exitIntent!], alerts: [FOUND], records },
    evidence: { signals: [], deeds: [HAND] },
  }
}

/** Somebody closed what was adopted. */
function adoptedAndClosedByHand(alerts: readonly AlertRow[]): Change {
  const change = adopted({})
  return {
    ...change,
    truth: { ...change.truth, fills: [BY_HAND, { ...EXITED, time: NOW + 30_000, orderId: '78', clientOrderId: null }] },
    position: { ...change.position, orphaned: true },
    book: { ...change.book, alerts: [FOUND, ...alerts] },
    evidence: { ...change.evidence, deeds: [HAND, { ...HAND, kind: 'close-by-hand', orderIds: ['78'] }] },
  }
}

const IGNORED = { side: 'long', size: '1' }
const IGNORE = record('ignore', 3, {
  at: NOW + 10_000,
  inputs: { target: ON_BTC, after: { ignored: IGNORED }, confirmation: 'i' },
})
const UNIGNORE = record('unignore', 6, { at: NOW + 20_000, inputs: { target: ON_BTC, confirmation: 'u' } })

function found(seq: number, broker: string): AuditRow {
  return record('found unexpected-position', seq, {
    at: NOW + 15_000,
    actor: 'sweep',
    inputs: { finding: { kind: 'unexpected-position', instrument: 'BTC-PERP', broker } },
  })
}

/** After our position somebody buys by hand, and it is ignored. */
function ignored(records: readonly AuditRow[], alertsAt: readonly number[], change: Change['account'] = {}): Change {
  const alerts = alertsAt.map((at) => anAlert('unexpected-position', { alertId: `at ${at}`, raisedAt: NOW + at }))
  return {
    truth: { fills: [ENTERED, EXITED, { ...BY_HAND, time: NOW + 1_500 }] },
    account: change,
    book: { alerts, records, sweeps: [SWEEP, { ...SWEEP, startedAt: NOW + 26_000, finishedAt: NOW + 26_500 }] },
    evidence: { deeds: [{ ...HAND, at: NOW + 1_500, endedAt: NOW + 60_000 }] },
  }
}

/** The fabricated position's entry left at `sentAt`, with these records. */
function entered(sentAt: number, ...records: readonly AuditRow[]): Change {
  return { intent: { sentAt }, book: { records } }
}

function changedFrom(side: 'long' | 'short'): ReturnType<typeof record> {
  const inputs = { instrument: 'BTC-PERP', ignored: { side, size: '1' } }
  return record('ignoring ended: it has changed', 5, { at: NOW + 15_000, inputs })
}

/** What is wrong with the evidence, and which promise that breaks; null: none. */
const CASES: readonly (readonly [string, Invariant | null, Change])[] = [
  ['adopted, then closed by us', null, adopted({})],
  ['adopted, and nobody had asked for it', 'records-proven', adopted({ records: [ADOPTED] })],
  ['adopted, and no record tells of it', 'records-proven', adopted({ records: [ADOPT] })],
  ['adopted in the name of somebody who did not ask', 'records-proven', adopted({ by: 'somebody' })],
  [
    'asked for at another instrument',
    'records-proven',
    adopted({ records: [{ ...ADOPT, inputs: { target: { ...ON_BTC, instrument: 'ETH-PERP' } } }, ADOPTED] }),
  ],
  ['closed by us before it was adopted', 'nothing-unknown-closed', adopted({ at: NOW + 2_000 })],
  ['closed by an order that is not of the adopted position', 'nothing-unknown-closed', adopted({ orders: [] })],
  ['a cent of the adopted is missing', 'true-pnl', adopted({ net: '9.79' })],
  [
    'adopted and closed by hand, told as an orphan',
    null,
    adoptedAndClosedByHand([anAlert('orphan', { positionId: POSITION })]),
  ],
  ['adopted and closed by hand, not told', 'alerts', adoptedAndClosedByHand([])],
  ['ignored: told once before it', null, ignored([found(2, '1'), IGNORE], [4_000])],
  ['ignored, and never told', 'alerts', ignored([IGNORE], [])],
  ['ignored, and told again', 'alerts', ignored([found(2, '1'), IGNORE], [4_000, 15_000])],
  ['ignored, and found again in the order of the chain', 'alerts', ignored([IGNORE, found(4, '1')], [4_000])],
  ['ignored and changed: told again', null, ignored([IGNORE, found(4, '2'), changedFrom('long')], [4_000, 15_000])],
  ['ignored and changed, and not told again', 'alerts', ignored([IGNORE, found(4, '2'), changedFrom('long')], [4_000])],
  [
    'an ignoring of the other side, which was before it, ends with it: told once',
    null,
    ignored([IGNORE, found(4, '2'), changedFrom('short')], [15_000]),
  ],
  ['no longer ignored: told again', null, ignored([IGNORE, UNIGNORE], [4_000, 26_000])],
  ['no longer ignored, and not told again', 'alerts', ignored([IGNORE, UNIGNORE], [4_000])],
  ['no longer ignored, and told twice again', 'alerts', ignored([IGNORE, UNIGNORE], [4_000, 26_000, 27_000])],
  [
    'ignored, and its entries are free',
    'operators-word',
    ignored([found(2, '1'), IGNORE], [4_000], { ignored: ['BTC-PERP'] }),
  ],
  [
    'ignored and locked',
    null,
    ignored([found(2, '1'), IGNORE], [4_000], { ignored: ['BTC-PERP'], locked: ['BTC-PERP'] }),
  ],
  ['an entry left while its instrument was ignored', 'gates', entered(NOW + 20_000, IGNORE)],
  ['an entry left after the ignoring', null, entered(NOW + 30_000, IGNORE, UNIGNORE)],
]

for (const [what, invariant, change] of CASES) {
  test(`${what}: ${invariant ?? 'no promise is broken'}`, () => {
    const breaches = checkEvidence(evidenceWith(change))
    const broken = new Set(breaches.map((breach) => breach.invariant))
    if (invariant === null) assert.deepEqual(breaches, [])
    else assert.ok(broken.has(invariant), `saw ${[...broken].join(', ') || 'none'}`)
  })
}
