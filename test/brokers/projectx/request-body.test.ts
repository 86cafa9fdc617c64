/** Commands as the venue takes them, and what is refused before anything is sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CommandRefused } from '#brokers/errors.ts'
import { contractOf } from '#brokers/projectx/contracts.ts'
import { cancelBody, placeBody, tagBurningBody } from '#brokers/projectx/request-body.ts'
import { ownerOf, tagOf } from '#brokers/projectx/tags.ts'
import { decimalString } from '#domain/decimal.ts'
import type { NewOrder } from '#domain/order.ts'
import { cancelOf, entryOf, idOf } from '#test/brokers/orders.ts'
import { NOW, NQ } from './scripted-venue.ts'

const row = { ...NQ, tickSize: decimalString('0.25'), tickValue: decimalString('5') }
const contract = contractOf(row, NOW)
assert.ok('contractId' in contract && 'instrument' in contract && typeof contract.instrument !== 'string')
const NQZ6 = contract as Exclude<typeof contract, { reason: string }>
const d = decimalString
const entry = (change: Partial<NewOrder> = {}): NewOrder =>
  entryOf('a', { instrument: 'NQZ6', size: d('2'), limitPrice: d('20000.25'), ...change })
const bodyOf = (change: Partial<NewOrder> = {}): Record<string, unknown> =>
  JSON.parse(placeBody(entry(change), NQZ6, '7')) as Record<string, unknown>

const PLAIN = {
  accountId: 7,
  contractId: 'CON.F.US.ENQ.Z26',
  side: 0,
  size: 2,
  trailPrice: null,
  customTag: `${idOf('a')}.0`,
  stopLossBracket: null,
  takeProfitBracket: null,
}

test('an immediate order is a market order, a resting one a limit, a stop a stop; the side is always said', () => {
  assert.deepEqual(bodyOf(), { ...PLAIN, type: 2, limitPrice: null, stopPrice: null })
  assert.deepEqual(bodyOf({ timeInForce: 'gtc', side: 'sell' }), {
    ...PLAIN,
    side: 1,
    type: 1,
    limitPrice: 20000.25,
    stopPrice: null,
  })
  const trigger = { kind: 'stop', triggerPrice: d('19950.5') } as const
  assert.deepEqual(bodyOf({ timeInForce: 'gtc', side: 'sell', reduceOnly: true, trigger }), {
    ...PLAIN,
    side: 1,
    type: 4,
    limitPrice: null,
    stopPrice: 19950.5,
  })
})

test('prices and ids go out with the digits they have', () => {
  const text = placeBody(entry({ timeInForce: 'gtc', size: d('3') }), NQZ6, '12345678901234567890')
  assert.match(text, /"accountId":12345678901234567890,/)
  assert.match(text, /"limitPrice":20000.25,/)
  const cancel = { ...cancelOf('a'), targetVenueOrderId: '98765432109876543210' }
  assert.equal(cancelBody(cancel, '7'), '{"accountId":7,"orderId":98765432109876543210}')
})

test('an attached stop is signed ticks from the entry, never farther than asked', () => {
  const price = fc.integer({ min: 40_000, max: 120_000 }).map((ticks) => ticks / 4)
  const distance = fc.integer({ min: 1, max: 4_000 })
  fc.assert(
    fc.property(price, distance, fc.constantFrom('buy', 'sell'), fc.nat({ max: 24 }), (from, ticks, side, cents) => {
      const trigger = side === 'buy' ? from - ticks / 4 : from + ticks / 4
      // The reference may lie off the grid: a mark is no price of an order.
      const reference = side === 'buy' ? from + cents / 100 : from - cents / 100
      const attachedStop = {
        clientOrderId: idOf('a-stop'),
        triggerPrice: d(String(trigger)),
        limitPrice: d('1'),
        entryReference: d(String(reference)),
      }
      const bracket = bodyOf({ side, attachedStop })['stopLossBracket'] as { ticks: number; type: number }
      assert.deepEqual([Math.abs(bracket.ticks), bracket.type], [ticks, 4])
      assert.equal(Math.sign(bracket.ticks), side === 'buy' ? -1 : 1)
    }),
  )
})

test('what the venue cannot express is refused', () => {
  const stop = { clientOrderId: idOf('s'), limitPrice: d('1'), entryReference: d('20000') }
  const refused: Partial<NewOrder>[] = [
    { timeInForce: 'alo' },
    { size: d('1.5') },
    { size: d('0') },
    { limitPrice: d('20000.1') },
    { trigger: { kind: 'stop', triggerPrice: d('19950') } },
    { reduceOnly: true, trigger: { kind: 'take-profit', triggerPrice: d('20100') } },
    { reduceOnly: true, trigger: { kind: 'stop', triggerPrice: d('19950.1') } },
    { attachedStop: { ...stop, triggerPrice: d('20000') } },
    { attachedStop: { ...stop, triggerPrice: d('20050') } },
    { side: 'sell', attachedStop: { ...stop, triggerPrice: d('19950') } },
    { reduceOnly: true, attachedStop: { ...stop, triggerPrice: d('19950') } },
    { clientOrderId: 'short' as NewOrder['clientOrderId'] },
  ]
  for (const change of refused) {
    assert.throws(() => placeBody(entry(change), NQZ6, '7'), CommandRefused, JSON.stringify(change))
  }
  for (const targetVenueOrderId of [null, '', '7,"x":1', '-7']) {
    assert.throws(() => cancelBody({ ...cancelOf('a'), targetVenueOrderId }, '7'), /cancels by its own order id/)
  }
})

test('the order that uses a tag up is one contract with a stop on the wrong side', () => {
  const burning = JSON.parse(
    tagBurningBody({ accountId: '7', contractId: NQ.id, customTag: tagOf(idOf('a'), 0) }),
  ) as Record<string, unknown>
  assert.deepEqual(burning, {
    ...PLAIN,
    type: 1,
    size: 1,
    limitPrice: 1,
    stopPrice: null,
    stopLossBracket: { ticks: 10, type: 4 },
  })
})

test('tags: every attempt and every child says whose it is, anything else is somebody else’s', () => {
  const id = idOf('a')
  const none = { clientOrderId: null, attachedTo: null }
  for (const attempt of [0, 1, 27]) {
    assert.deepEqual(ownerOf(tagOf(id, attempt)), { clientOrderId: id, attachedTo: null })
    assert.deepEqual(ownerOf(`${tagOf(id, attempt)}-SL`), { clientOrderId: null, attachedTo: id })
    assert.deepEqual(ownerOf(`${tagOf(id, attempt)}-TP`), { clientOrderId: null, attachedTo: id })
  }
  for (const tag of [
    null,
    undefined,
    '',
    id,
    `${id}.`,
    `${id}.x`,
    `x${id}.0`,
    `${id}.0-XX`,
    'glt-123',
    `${id}.0-SL-SL`,
  ]) {
    assert.deepEqual(ownerOf(tag), none, String(tag))
  }
})
