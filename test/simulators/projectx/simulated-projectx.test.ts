/** The venue in venue-free words: what the demo and the storms hold against our book. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedProjectX } from '#simulators/projectx/simulated-projectx.ts'
import { NAME, NQ, START, runVenue } from './running-venue.ts'

test('the venue-free view moves prices and time, trades by hand, and tells the whole truth', async (t) => {
  const running = await runVenue(t)
  const venue = simulatedProjectX(running)
  venue.setMark(NQ, '20010')
  assert.equal(venue.mark(NQ), '20010')
  venue.advance(1000)
  assert.equal(venue.now(), START + 1000)
  await running.place({ size: 2, customTag: 'a.1', stopLossBracket: { ticks: -40, type: 4 } })
  venue.tradeByHand(NAME, NQ, 'buy', '1')
  venue.tripStop(NAME, NQ)
  await running.place({ size: 0, customTag: 'a.2' })
  assert.deepEqual(venue.truth(NAME).positions, [{ symbol: NQ, size: '1' }])
  venue.closeByHand(NAME, NQ)
  const { positions, fills, orders, equity, funding } = venue.truth(NAME)
  assert.deepEqual([positions, funding], [[], '0'])
  // Two at 20010 stopped at 20000, one at 20010 closed there; six sides at 1.9.
  assert.equal(equity, '49588.6')
  assert.partialDeepStrictEqual(fills, [
    { side: 'buy', price: '20010', size: '2', closedPnl: '0', fee: '3.8', clientOrderId: 'a.1', voided: false },
    { side: 'buy', size: '1', clientOrderId: null },
    { side: 'sell', price: '20000', size: '2', closedPnl: '-400', clientOrderId: 'a.1-SL' },
    { side: 'sell', size: '1', closedPnl: '0', time: START + 1000 },
  ])
  assert.deepEqual(
    orders.map(({ clientOrderId, working, rejected }) => [clientOrderId, working, rejected]),
    [
      ['a.1', false, false],
      ['a.1-SL', false, false],
      [null, false, false],
      ['a.2', false, true],
      [null, false, false],
    ],
  )
})

test('the next order is carried out and never answered when it is told to be silent', async (t) => {
  const running = await runVenue(t)
  const venue = simulatedProjectX(running)
  venue.silenceNextOrder()
  const giveUp = new AbortController()
  const request = fetch(`${venue.url}/api/Order/place`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${running.token}` },
    body: JSON.stringify({ accountId: running.account, contractId: NQ, type: 2, side: 0, size: 1 }),
    signal: giveUp.signal,
  })
  while (running.faults.list()[0]?.hits === 0) await running.post('/api/Account/search', {})
  assert.equal(venue.truth(NAME).fills.length, 1)
  giveUp.abort()
  await assert.rejects(request, { name: 'AbortError' })
})
