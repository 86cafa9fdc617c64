/** Where no order is reduce-only, a price that gaps through everything must find one stop at most: a second one would open the other side. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { faultRule } from '#simulators/projectx/faults/fault.ts'
import { assertGone, assertNeverShort } from '#test/support/prop-truth.ts'
import { eventually } from '#test/support/eventually.ts'
import { type PropDesk, type Seat, contracts, openPropDesk } from '#test/support/prop-desk.ts'

let desk: PropDesk
let topstep: Seat

before(async () => {
  desk = await openPropDesk({ accounts: [{ id: 'topstep', venue: 'projectx' }] })
  topstep = desk.seat('topstep')
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

test('E5: a gap while a stop is being moved closes the position and opens nothing', async () => {
  const { faults, engine } = desk.projectx
  const slow = { kind: 'delay', when: 'before', ms: 1500 } as const
  const id = faults.add(faultRule.parse({ match: { path: '/api/Order/cancel' }, fault: slow }))
  const position = await topstep.open('NQZ6', contracts('1'))
  await topstep.until(position, 'open')
  await topstep.signal({ kind: 'adjust', instrument: 'NQ', stop_loss: { distance_bps: 60 } })
  await eventually(() => faults.list().some((rule) => rule.id === id && rule.hits === 1), {
    what: 'the old stop to be taken down',
    withinMs: 5000,
  })
  engine.operator.setMark('NQ', '19000')
  const closed = await topstep.until(position, 'closed')
  assert.deepEqual(topstep.truth().positions, [])
  assert.equal(closed.realised?.net, topstep.netOf(closed))
  const alerts = await topstep.alerts()
  assert.ok(alerts.every(({ kind }) => kind !== 'unexpected-position'))
})

test('E4: a gap during a partial exit leaves the rest or nothing, never the other side', async () => {
  const { faults, engine } = desk.projectx
  engine.operator.setMark('NQ', '20000')
  const position = await topstep.open('NQ', contracts('2'))
  await topstep.until(position, 'open')
  const slow = { kind: 'delay', when: 'before', ms: 800 } as const
  const id = faults.add(faultRule.parse({ match: { path: '/api/Order/place' }, fault: slow }))
  await topstep.signal({ kind: 'adjust', instrument: 'NQ', reduce_to: '1' })
  await eventually(() => faults.list().some((rule) => rule.id === id && rule.hits === 1), {
    what: 'the partial exit to be on its way',
    withinMs: 5000,
  })
  engine.operator.setMark('NQ', '19000')
  const closed = await topstep.until(position, 'closed')
  assert.equal(closed.exitReason, 'stop_loss')
  // What was held up has landed by now, too.
  await setTimeout(1000)
  assertNeverShort(topstep)
  assert.deepEqual(topstep.truth().positions, [])
  assert.equal(closed.realised?.net, topstep.netOf(closed))
})

test('a partial exit leaves the rest under a stop of its size', async () => {
  desk.projectx.engine.operator.setMark('NQ', '20000')
  const position = await topstep.open('NQ', contracts('2'))
  await topstep.until(position, 'open')
  await topstep.signal({ kind: 'adjust', instrument: 'NQ', reduce_to: '1' })
  await eventually(
    () => {
      const [stop, second] = topstep.truth().orders.filter((order) => order.working)
      return second === undefined && stop?.size === '1' && topstep.truth().positions[0]?.size === '1'
    },
    { what: 'one contract under one stop of one contract', withinMs: 5000 },
  )
  await topstep.close('NQ')
  await topstep.until(position, 'closed')
  await assertGone(topstep)
})
