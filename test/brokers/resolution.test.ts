/** What evidence proves about an unknown request, case by case. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decideResolution, type Fence, type ResolutionEvidence } from '#brokers/resolution.ts'
import { decimalString } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import { cancelOf, entryOf, idOf, protectedEntryOf, recordOf } from '#test/brokers/orders.ts'

const TERMS = { lookups: 3, spanMs: 100 }
const AT = 5_000
const none = { kind: 'complete', found: [] } as const
const failed = { kind: 'unavailable', detail: 'HTTP 502' } as const
const threeLooks = [
  { at: 0, order: null },
  { at: 50, order: null },
  { at: 100, order: null },
]
const closed: Fence = { kind: 'closed', evidence: 'deadline-passed', detail: 'venue time 2 is past the deadline 1' }
const processed: Fence = { kind: 'processed', detail: 'duplicate nonce' }
const entry = entryOf('a')

function evidence(change: Partial<ResolutionEvidence>): ResolutionEvidence {
  return { command: entry, fence: closed, lookups: threeLooks, fills: none, openOrders: none, ...change }
}
const look = (change: Parameters<typeof recordOf>[1]) => [...threeLooks, { at: 120, order: recordOf('a', change) }]
const fill = (size: string, price: string): Fill =>
  ({
    fillId: `f${price}`,
    clientOrderId: idOf('a'),
    venueOrderId: '9',
    size: decimalString(size),
    price: decimalString(price),
  }) as Fill

const CASES: readonly [string, Partial<ResolutionEvidence>, string][] = [
  ['a record of the order', { lookups: look({}) }, 'accepted'],
  ['a record seen once and then not', { lookups: [{ at: 0, order: recordOf('a') }, ...threeLooks] }, 'accepted'],
  [
    'a record that says rejected',
    { lookups: look({ status: 'rejected', venueStatus: 'perpMarginRejected' }) },
    'rejected',
  ],
  ['a record of the other side under our id (A16)', { lookups: look({ side: 'sell' }) }, 'unknown'],
  ['a record of another instrument under our id (A16)', { lookups: look({ instrument: 'ETH-PERP' }) }, 'unknown'],
  [
    'a record of another size under our id (A16)',
    { lookups: look({ originalSize: decimalString('0.02') }) },
    'unknown',
  ],
  [
    'fills without a record (A11, A22, B9)',
    { fills: { kind: 'complete', found: [fill('0.01', '99999')] } },
    'accepted',
  ],
  [
    'an open order without a record',
    { openOrders: { kind: 'complete', found: [recordOf('a', { status: 'working' })] } },
    'accepted',
  ],
  ['nothing anywhere after the deadline (A14)', {}, 'absent'],
  ['nothing anywhere after the venue processed it', { fence: processed }, 'rejected'],
  ['nothing anywhere while it can still land (A4)', { fence: null }, 'unknown'],
  ['one "not found" (A22)', { lookups: threeLooks.slice(0, 1) }, 'unknown'],
  ['looks too close to each other', { lookups: threeLooks.map((_, at) => ({ at, order: null })) }, 'unknown'],
  ['no look at all', { lookups: [] }, 'unknown'],
  ['fills that could not be read (C1)', { fills: failed }, 'unknown'],
  ['open orders that could not be read (C2)', { openOrders: failed }, 'unknown'],
]
for (const [name, change, kind] of CASES) {
  test(`an order with ${name} is ${kind}`, () => {
    const resolution = decideResolution(evidence(change), TERMS, AT)
    assert.equal(resolution.kind, kind, JSON.stringify(resolution))
    if (resolution.kind !== 'unknown') assert.equal(resolution.evidence.at, AT)
  })
}

const CANCEL_CASES: readonly [string, Partial<ResolutionEvidence>, string][] = [
  ['whose target is canceled', { lookups: look({ status: 'canceled', venueStatus: 'canceled' }) }, 'accepted'],
  ['whose target is filled', { lookups: look({}) }, 'accepted'],
  ['whose target works and which can still land', { fence: null, lookups: look({ status: 'working' }) }, 'unknown'],
  ['whose target works after its deadline', { lookups: look({ status: 'working' }) }, 'absent'],
  [
    'whose target works after the venue processed it',
    { fence: processed, lookups: look({ status: 'working' }) },
    'rejected',
  ],
  ['whose target was never seen', {}, 'absent'],
]
for (const [name, change, kind] of CANCEL_CASES) {
  test(`a cancel ${name} is ${kind}`, () => {
    assert.equal(decideResolution(evidence({ command: cancelOf('a'), ...change }), TERMS, AT).kind, kind)
  })
}

test('fills report the filled size and the exact average', () => {
  const found = [fill('0.004', '100000'), fill('0.002', '100003')]
  const resolution = decideResolution(evidence({ fills: { kind: 'complete', found } }), TERMS, AT)
  assert.ok(resolution.kind === 'accepted')
  assert.deepEqual(resolution.reports, [
    {
      result: 'accepted',
      clientOrderId: idOf('a'),
      venueOrderId: '9',
      status: 'filled',
      filledSize: '0.006',
      averagePrice: '100001',
    },
  ])
})

test('a child that waits is reported beside its parent, a child nobody has seen is not', () => {
  const command = protectedEntryOf('a')
  const child = recordOf('a-stop', {
    venueOrderId: '78',
    side: 'sell',
    status: 'working',
    leavesSize: decimalString('0.01'),
  })
  const seen = evidence({ command, lookups: look({}), openOrders: { kind: 'complete', found: [child] } })
  const resolution = decideResolution(seen, TERMS, AT)
  assert.ok(resolution.kind === 'accepted')
  assert.deepEqual(
    resolution.reports.map((report) => report.clientOrderId),
    [idOf('a'), idOf('a-stop')],
  )
  const unseen = decideResolution({ ...seen, openOrders: none }, TERMS, AT)
  assert.ok(unseen.kind === 'accepted')
  assert.equal(unseen.reports.length, 1)
})

test('without a fence, or with any search that failed, nothing is ever absent', () => {
  const looks = fc.array(fc.record({ at: fc.nat(1_000_000), order: fc.constant(null) }))
  const search = fc.constantFrom(none, failed)
  const command = fc.constantFrom(entry, cancelOf('a'))
  fc.assert(
    fc.property(
      fc.constantFrom(null, closed, processed),
      looks,
      search,
      search,
      command,
      (fence, lookups, fills, openOrders, asked) => {
        const { kind } = decideResolution({ command: asked, fence, lookups, fills, openOrders }, TERMS, AT)
        if (fence === null || lookups.length < TERMS.lookups || fills === failed || openOrders === failed)
          assert.equal(kind, 'unknown')
        assert.notEqual(kind, 'accepted')
      },
    ),
  )
})
