/** The control endpoint through its typed client: what happens behind a client's back, and the oracle that knows all of it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { VenueEvent } from '#simulators/projectx/engine/event.ts'
import { startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'
import { ControlError } from '#simulators/venue/control-client.ts'
import { Collected } from '#test/simulators/collected.ts'
import { NAME, NQ, START, rowsOf, runVenue } from '#test/simulators/projectx/running-venue.ts'

describe('the control endpoint', () => {
  test('creates, funds and changes accounts', async (t) => {
    const venue = await runVenue(t)
    const { control } = venue
    const made = await control.call('createAccount', {
      name: '50KTC-V2-2',
      userName: 'second',
      apiKey: 'x',
      balance: '50000',
      brackets: 'position',
      dailyLoss: '1000',
    })
    assert.equal(typeof made.id, 'number')
    assert.equal((await control.call('deposit', { account: made.id, amount: '0.5' })).balance, '50000.5')
    assert.equal((await control.call('setAccount', { account: '50KTC-V2-2', canTrade: false })).canTrade, false)
    await control.call('setLimits', { account: made.id, maxLoss: '2000', dailyLoss: null })
    assert.deepEqual(
      (await control.call('accounts', {})).map(({ name, userName }) => [name, userName]),
      [
        [NAME, 'trader'],
        ['50KTC-V2-2', 'second'],
      ],
    )
  })

  test('trades, closes, cancels, trips and voids behind the client’s back; the ledger holds all of it', async (t) => {
    const venue = await runVenue(t)
    const { control } = venue
    const [opened] = await control.call('tradeByHand', { account: NAME, contract: 'NQ', side: 'buy', size: 2 })
    assert.partialDeepStrictEqual(opened, { contractId: NQ, size: 2, price: '20000' })
    await venue.place({ side: 1, type: 4, stopPrice: 19_990, customTag: 'stop' })
    const tripped = await control.call('tripStop', { account: NAME, contract: NQ })
    assert.partialDeepStrictEqual(tripped, [{ price: '19990', profitAndLoss: '-200', size: 1 }])
    assert.equal((await control.call('market', { contract: 'NQ' })).lastPrice, '20000')
    const resting = await venue.place({ type: 1, limitPrice: 19_000 })
    const orderId = Number(resting.body['orderId'])
    assert.deepEqual(await control.call('cancelByHand', { account: NAME, orderId }), { cancelled: true })
    assert.deepEqual(await control.call('cancelByHand', { account: NAME, orderId }), { cancelled: false })
    assert.equal((await control.call('voidTrade', { tradeId: tripped[0]?.id ?? 0 })).voided, true)
    assert.equal((await control.call('closeByHand', { account: NAME, contract: 'NQH6' }))[0]?.size, 2)
    const ledger = await control.call('ledger', { account: NAME })
    assert.deepEqual(
      ledger.orders.map(({ origin, order }) => [origin, order.status]),
      [
        ['hand', 2],
        ['api', 2],
        ['api', 3],
        ['hand', 2],
      ],
    )
    assert.deepEqual(
      ledger.trades.map(({ voided, profitAndLoss }) => [voided, profitAndLoss]),
      [
        [false, null],
        [true, '-200'],
        [false, '0'],
      ],
    )
    assert.partialDeepStrictEqual(ledger.equity, {
      profitAndLoss: '0',
      fees: '5.6',
      commissions: '2',
      equity: '49992.4',
    })
    assert.equal((await control.call('ordersByTag', { account: NAME, customTag: 'stop' })).length, 1)
    assert.deepEqual(await control.call('netPosition', { contract: NQ }), { size: 0 })
    const searched = await venue.post('/api/Trade/search', { accountId: venue.account })
    assert.partialDeepStrictEqual(rowsOf(searched, 'trades')[1], { voided: true })
  })

  test('moves time and prices, thins depth, switches rules, flattens', async (t) => {
    const venue = await runVenue(t)
    const { control } = venue
    assert.deepEqual(await control.call('status', {}), {
      clock: 'manual',
      now: START,
      nextDue: Date.parse('2026-01-06T21:10:00Z'),
    })
    await control.call('setLiquidity', { contract: 'NQ', perLevel: 1, levels: 2 })
    await venue.place({ size: 3 })
    assert.partialDeepStrictEqual((await control.call('ledger', { account: NAME })).positions, [{ size: 2 }])
    await control.call('setMark', { contract: NQ, price: '20001.25' })
    assert.partialDeepStrictEqual((await control.call('ledger', { account: NAME })).positions, [{ size: 3 }])
    assert.equal((await control.call('liquidate', { account: NAME })).length, 3)
    await control.call('setClock', { time: Date.parse('2026-01-10T12:00:00Z') })
    assert.equal((await venue.place({})).status, 401, 'the token is of last week')
    await control.call('setRule', { rule: 'session', value: 'open' })
    await control.call('tradeByHand', { account: NAME, contract: 'NQ', side: 'sell', size: 1 })
  })

  test('needs nobody to ask: on a real clock the firm flattens when its time comes', async (t) => {
    const flatBy = Date.parse('2030-01-08T21:10:00Z')
    const venue = await startProjectXVenue({ clock: { kind: 'real', offsetMs: flatBy - 500 - Date.now() } })
    t.after(() => venue.stop())
    const { operator } = venue.engine
    const { id } = operator.createAccount({ name: '50KTC-V2-1', userName: 'real', balance: '50000' })
    const seen = new Collected<VenueEvent>()
    venue.engine.subscribe((events) => {
      for (const event of events) seen.add(event)
    })
    operator.trade({ account: id, contract: 'NQ', side: 'buy', size: 1 })
    await seen.first((event) => event.type === 'position' && event.change === 2)
    assert.equal(venue.engine.oracle.ledger(id).orders.at(-1)?.origin, 'venue')
  })

  test('scripts faults and takes them back', async (t) => {
    const venue = await runVenue(t)
    const { control } = venue
    const { id } = await control.call('addFault', { match: { customTag: 'a.1' }, fault: { kind: 'lose-response' } })
    await assert.rejects(() => venue.place({ customTag: 'a.1' }))
    assert.partialDeepStrictEqual(await control.call('faults', {}), [{ id, hits: 1, matches: 1, count: 1 }])
    assert.deepEqual(await control.call('clearFaults', { id }), [])
  })

  test('refuses what cannot be done with a sentence that says why', async (t) => {
    const venue = await runVenue(t)
    const { control } = venue
    const again = { name: NAME, userName: 'x', apiKey: 'x' }
    for (const [call, message] of [
      [() => control.call('setMark', { contract: 'CL', price: '1' }), /setMark: Expected a contract id, .* saw CL/],
      [() => control.call('setMark', { contract: 'NQ', price: '20000.1' }), /multiple of the tick size/],
      [() => control.call('setMark', { contract: 'NQ', price: '2e4' }), /expected a decimal text/],
      [() => control.call('ledger', { account: 7 }), /Expected an account, one of PRAC-V2-1 \(\d+\); saw 7/],
      [() => control.call('createAccount', again), /Expected a new name/],
      [() => control.call('closeByHand', { account: NAME, contract: 'NQ' }), /it is flat/],
      [() => control.call('tripStop', { account: NAME, contract: 'NQ' }), /it has none/],
      [() => control.call('voidTrade', { tradeId: 1 }), /Expected the id of a trade/],
      [() => control.call('setClock', { time: 0 }), /never runs back/],
      [() => control.call('nothing' as 'status', {}), /Unknown command "nothing"/],
    ] as const) {
      await assert.rejects(call, (error: unknown) => error instanceof ControlError && message.test(error.message))
    }
    await control.call('setClock', { time: Date.parse('2026-01-10T12:00:00Z') })
    const trade = { account: NAME, contract: 'NQ', side: 'buy', size: 1 } as const
    await assert.rejects(() => control.call('tradeByHand', trade), /Expected an open market/)
  })
})
