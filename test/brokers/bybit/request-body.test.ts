/** Commands as request bodies: exact, on the grid, within the price limits, or refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandRefused } from '#brokers/errors.ts'
import { decimalString } from '#domain/decimal.ts'
import { entryOf, protectedEntryOf } from '#test/brokers/orders.ts'
import { NOW, openScriptedVenue } from './scripted-venue.ts'

async function bodyOf(
  t: Parameters<typeof openScriptedVenue>[0],
  change: Parameters<typeof entryOf>[1],
  marked: boolean,
) {
  const { broker } = await openScriptedVenue(t, {})
  if (marked) await broker.readMarks()
  const { body } = await broker.prepare(entryOf('a', change), { nonce: 1, now: NOW })
  return JSON.parse(body) as Readonly<Record<string, unknown>>
}

test('an immediate entry keeps within the price limits around a fresh mark, a resting one is never touched', async (t) => {
  const far = decimalString('110000')
  const low = decimalString('90000')
  assert.equal((await bodyOf(t, { limitPrice: far }, true))['price'], '101000')
  assert.equal((await bodyOf(t, { side: 'sell', limitPrice: low }, true))['price'], '99000')
  assert.equal((await bodyOf(t, { limitPrice: decimalString('100500') }, true))['price'], '100500')
  assert.equal((await bodyOf(t, { limitPrice: far }, false))['price'], '110000')
  assert.equal((await bodyOf(t, { limitPrice: far, timeInForce: 'gtc' }, true))['price'], '110000')
})

test('an immediate exit is a market order without a price', async (t) => {
  const { orderType, price, reduceOnly } = await bodyOf(t, { side: 'sell', reduceOnly: true }, true)
  assert.deepEqual([orderType, price, reduceOnly], ['Market', undefined, true])
})

test('bodies are exact: no float, one id, one side of the position', async (t) => {
  const { broker } = await openScriptedVenue(t, {})
  const entry = protectedEntryOf('a', { size: decimalString('0.003') })
  const { body } = await broker.prepare(entry, { nonce: 1, now: NOW })
  assert.deepEqual(JSON.parse(body), {
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Buy',
    qty: '0.003',
    positionIdx: 0,
    orderLinkId: entry.clientOrderId,
    reduceOnly: false,
    orderType: 'Limit',
    price: '100000',
    timeInForce: 'IOC',
    stopLoss: '90000',
    slTriggerBy: 'MarkPrice',
    tpslMode: 'Full',
  })
  const stop = entryOf('s', {
    side: 'sell',
    reduceOnly: true,
    trigger: { kind: 'stop', triggerPrice: decimalString('95000') },
  })
  const stopBody = JSON.parse((await broker.prepare(stop, { nonce: 1, now: NOW })).body) as object
  assert.deepEqual(
    { ...stopBody, orderLinkId: '' },
    {
      category: 'linear',
      symbol: 'BTCUSDT',
      side: 'Sell',
      qty: '0.01',
      positionIdx: 0,
      orderLinkId: '',
      reduceOnly: true,
      orderType: 'Market',
      timeInForce: 'IOC',
      triggerPrice: '95000',
      triggerDirection: 2,
      triggerBy: 'MarkPrice',
      closeOnTrigger: true,
    },
  )
  const cancels = [null, 'venue-id'].map((targetVenueOrderId) =>
    broker.prepare(
      { type: 'cancel-order', instrument: 'BTC-PERP', target: entry.clientOrderId, targetVenueOrderId },
      { nonce: 1, now: NOW },
    ),
  )
  assert.deepEqual(
    (await Promise.all(cancels)).map(({ body: text }) => JSON.parse(text) as object),
    [
      { category: 'linear', symbol: 'BTCUSDT', orderLinkId: entry.clientOrderId },
      { category: 'linear', symbol: 'BTCUSDT', orderId: 'venue-id' },
    ],
  )
})

test('what the venue could not take is refused before it is signed', async (t) => {
  const { broker } = await openScriptedVenue(t, {})
  const refused = [
    entryOf('a', { size: decimalString('500.001') }),
    entryOf('a', { size: decimalString('0.0005') }),
    entryOf('a', { limitPrice: decimalString('100000.05') }),
    protectedEntryOf('a', { reduceOnly: true }),
    entryOf('a', { instrument: 'BTCUSDT-26DEC26' }),
  ]
  for (const command of refused) {
    await assert.rejects(broker.prepare(command, { nonce: 1, now: NOW }), CommandRefused)
  }
  const exit = entryOf('x', { side: 'sell', size: decimalString('500.001'), reduceOnly: true })
  assert.ok((await broker.prepare(exit, { nonce: 1, now: NOW })).body.includes('500.001'))
})
