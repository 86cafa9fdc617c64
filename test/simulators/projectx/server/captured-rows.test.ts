/** Rows captured at the venue and quoted in the reference (C4, C5) have the keys and formats of the simulator's. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ES, NAME, NQ, rowsOf, runVenue, type TestVenue } from '#test/simulators/projectx/running-venue.ts'

/** Every key of an object of the reference, as text: numbers keep their digits. */
const CAPTURED = {
  account:
    '{"id":25775680,"name":"50KTC-V2-DLL-645601-97590973","balance":49989.34,"canTrade":true,"isVisible":true,"simulated":true}',
  contract:
    '{"id":"CON.F.US.ENQ.H25","name":"NQH5","description":"E-mini NASDAQ-100: March 2025","tickSize":0.25,"tickValue":5,"activeContract":false,"symbolId":"F.US.ENQ"}',
  order:
    '{"id":36598,"accountId":704,"contractId":"CON.F.US.EP.U25","symbolId":"F.US.EP","creationTimestamp":"2025-07-18T21:00:01.268009+00:00","updateTimestamp":"2025-07-18T21:00:01.268009+00:00","status":2,"type":2,"side":0,"size":1,"limitPrice":null,"stopPrice":null,"fillVolume":1,"filledPrice":6335.250000000,"customTag":null}',
  position:
    '{"id":6124,"accountId":536,"contractId":"CON.F.US.GMET.J25","contractDisplayName":"…","creationTimestamp":"2025-04-21T19:52:32.175721+00:00","type":1,"size":2,"averagePrice":1575.75}',
  trade:
    '{"id":8604,"accountId":203,"contractId":"CON.F.US.EP.H25","creationTimestamp":"2025-01-21T16:13:52.523293+00:00","price":6065.25,"profitAndLoss":50.0,"fees":1.4,"side":1,"size":1,"voided":false,"orderId":14328}',
  bar: '{"t":"2024-12-20T14:00:00+00:00","o":2208.1,"h":2217.0,"l":2206.7,"c":2210.1,"v":87}',
} as const
/** Fields that live rows carry and the documentation lacks. */
const LIVE_EXTRAS: Readonly<Record<string, readonly string[]>> = {
  order: ['trailDistance', 'trailPrice', 'parentOrderId', 'linkedOrderId'],
  trade: ['commissions'],
}

function keysOf(name: keyof typeof CAPTURED): readonly string[] {
  const documented = Object.keys(JSON.parse(CAPTURED[name]) as object)
  return [...documented, ...(LIVE_EXTRAS[name] ?? [])].toSorted()
}

async function tradeOnce(venue: TestVenue): Promise<void> {
  await venue.control.call('setMark', { contract: 'ES', price: '6064.25' })
  await venue.place({ contractId: ES })
  await venue.control.call('setMark', { contract: 'ES', price: '6065.25' })
  await venue.place({ contractId: ES, side: 1 })
  await venue.place({ contractId: NQ })
}

describe('rows', () => {
  test('have the captured key sets', async (t) => {
    const venue = await runVenue(t)
    await tradeOnce(venue)
    const account = { accountId: venue.account, startTimestamp: '2026-01-01T00:00:00Z' }
    const bars = { contractId: ES, unit: 1, unitNumber: 1, limit: 1, includePartialBar: true }
    for (const [name, path, key, body] of [
      ['account', '/api/Account/search', 'accounts', {}],
      ['contract', '/api/Contract/available', 'contracts', {}],
      ['order', '/api/Order/search', 'orders', account],
      ['position', '/api/Position/searchOpen', 'positions', account],
      ['trade', '/api/Trade/search', 'trades', account],
      ['bar', '/api/History/retrieveBars', 'bars', bars],
    ] as const) {
      const rows = rowsOf(await venue.post(path, body), key)
      assert.ok(rows.length > 0, name)
      for (const row of rows) assert.deepEqual(Object.keys(row).toSorted(), keysOf(name), name)
    }
  })

  test('hold the arithmetic of the captured round trip, newest first', async (t) => {
    const venue = await runVenue(t)
    await tradeOnce(venue)
    const answer = await venue.post('/api/Trade/search', { accountId: venue.account })
    assert.partialDeepStrictEqual(
      rowsOf(answer, 'trades').filter(({ contractId }) => contractId === ES),
      [
        { price: 6065.25, profitAndLoss: 50, fees: 1.4, side: 1, size: 1, voided: false },
        { price: 6064.25, profitAndLoss: null, fees: 1.4, side: 0, size: 1, voided: false },
      ],
    )
    // 50 gross, two sides of ES and one of NQ at 1.4 + 0.5 each.
    const accounts = await venue.post('/api/Account/search', {})
    assert.match(accounts.text, /"balance":50044\.3,/)
  })

  test('write numbers as numbers in their own digits, and times with seven of them', async (t) => {
    const venue = await runVenue(t)
    await tradeOnce(venue)
    const orders = await venue.post('/api/Order/search', { accountId: venue.account })
    assert.match(orders.text, /"filledPrice":6064\.250000000,/)
    assert.match(orders.text, /"creationTimestamp":"2026-01-06T15:00:00\.\d{7}\+00:00"/)
    const ids = rowsOf(orders, 'orders').map(({ id }) => id as number)
    assert.ok(Math.min(...ids) > 2 ** 31, 'ids are beyond 32 bits, as live')
  })

  test('of one search fit its bounds to the last digit', async (t) => {
    const venue = await runVenue(t)
    await tradeOnce(venue)
    const all = rowsOf(await venue.post('/api/Trade/search', { accountId: venue.account }), 'trades')
    const [newest] = all
    const bounded = await venue.post('/api/Trade/search', {
      accountId: venue.account,
      startTimestamp: newest?.['creationTimestamp'],
      endTimestamp: newest?.['creationTimestamp'],
    })
    assert.deepEqual(rowsOf(bounded, 'trades'), [newest])
    const { trades } = await venue.control.call('ledger', { account: NAME })
    assert.equal(trades.length, all.length)
  })
})
