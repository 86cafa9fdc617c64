/** Where no order is reduce-only, a price that gaps through everything must find one stop at most: a second one would open the other side. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { faultRule } from '#simulators/projectx/faults/fault.ts'
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
