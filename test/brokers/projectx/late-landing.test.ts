/** A request that reaches the venue long after its sender gave up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalString } from '#domain/decimal.ts'
import { faultRule } from '#simulators/projectx/faults/fault.ts'
import { entryOf } from '#test/brokers/orders.ts'
import { eventually } from '#test/support/eventually.ts'
import { ACCOUNT_NAME, openSimulatedAccount } from './simulated-account.ts'

const PATIENCE_MS = 500
const LATE_MS = 1_500
const entry = entryOf('a', { instrument: 'NQZ6', size: decimalString('2'), limitPrice: decimalString('20000') })

for (const fenced of [false, true]) {
  test(`A2, A4: an entry that lands after it was ${fenced ? 'fenced' : 'sent again'} makes no second order`, async (t) => {
    const timeouts = { sendMs: PATIENCE_MS, readMs: 3_000 }
    const { venue, broker } = await openSimulatedAccount(t, { broker: { timeouts } })
    const { oracle, trading } = venue.engine
    const { place } = trading
    let arrivals = 0
    const counted: typeof place = (...args) => {
      arrivals += 1
      return place(...args)
    }
    Object.assign(trading, { place: counted })
    const fault = { kind: 'delay', when: 'before', ms: LATE_MS } as const
    venue.faults.add(faultRule.parse({ match: { path: '/api/Order/place' }, fault }))
    const request = await broker.prepare(entry, { nonce: 1, now: venue.clock.now() })
    assert.equal((await broker.send(request, entry)).kind, 'unknown')
    const terms = { now: venue.clock.now(), resend: true }
    if (fenced) assert.equal((await broker.fence(request, venue.clock.now())).kind, 'absent')
    else assert.equal((await broker.resolve(request, entry, terms)).kind, 'accepted')
    const orders = oracle.ledger(ACCOUNT_NAME).orders.length
    await eventually(() => arrivals === 2, { what: 'the late copy' })
    assert.equal(oracle.ledger(ACCOUNT_NAME).orders.length, orders)
    assert.equal(oracle.ledger(ACCOUNT_NAME).positions[0]?.size ?? 0, fenced ? 0 : 2)
    assert.equal((await broker.resolve(request, entry, terms)).kind, fenced ? 'rejected' : 'accepted')
  })
}
