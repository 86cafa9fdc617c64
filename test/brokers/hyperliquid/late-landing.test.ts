/** Requests that arrive late. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalString } from '#domain/decimal.ts'
import { faultRule } from '#simulators/hyperliquid/faults/fault.ts'
import { entryOf } from '#test/brokers/orders.ts'
import { MASTER, openSimulatedAccount } from './simulated-account.ts'

test('A2, A4: an order held up in the network and sent again lands once, whichever copy comes first', async (t) => {
  const { venue, broker, nonce } = await openSimulatedAccount(t, {
    broker: { timeouts: { readMs: 5_000, sendMs: 500 } },
  })
  const held = { match: { path: '/exchange' }, fault: { kind: 'delay', when: 'before', ms: 1_500 } } as const
  venue.faults.add(faultRule.parse(held))
  const entry = entryOf('late', { limitPrice: decimalString('105000') })
  const request = await broker.prepare(entry, { nonce: nonce(), now: venue.clock.now() })
  assert.equal((await broker.send(request, entry)).kind, 'unknown')
  const resolution = await broker.resolve(request, entry, { now: venue.clock.now(), resend: true })
  assert.equal(resolution.kind, 'accepted', JSON.stringify(resolution))
  // The held copy has arrived once the venue has seen the nonce twice.
  const limit = Date.now() + 20_000
  const arrivals = (): number => venue.engine.oracle.actions().filter((action) => action.nonce === request.nonce).length
  while (arrivals() < 2 && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(arrivals(), 2)
  assert.equal(venue.engine.oracle.ordersByCloid(MASTER, `0x${entry.clientOrderId}`).length, 1)
})
