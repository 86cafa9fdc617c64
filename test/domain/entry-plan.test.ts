/** Sizes on the lot, prices on the tick, never beyond what the signal allows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal } from '#domain/decimal.ts'
import { planEntry, slippedPrice } from '#domain/entry-plan.ts'
import { roundPrice, roundSizeDown } from '#domain/instrument.ts'
import { BTC, aSignal, d } from './samples.ts'

const mark = new Decimal('100000')
const plan = (change: object, equity: Decimal | null = null) => {
  const signal = aSignal(change)
  assert.ok(signal.size !== undefined)
  return planEntry({ signal, size: signal.size, instrument: BTC, mark, equity })
}

test('each way to size gives contracts on the lot', () => {
  const sizes = [
    [{ type: 'contracts', value: '0.0500049' }, '0.05'],
    [{ type: 'notional_usd', value: '2500' }, '0.025'],
    [{ type: 'risk_usd', value: '100' }, '0.05'],
    [{ type: 'equity_fraction', value: '0.5' }, '0.1'],
  ] as const
  for (const [size, contracts] of sizes) {
    const planned = plan({ size }, new Decimal('20000'))
    assert.ok('size' in planned)
    assert.equal(planned.size, contracts)
  }
})

test('a long stop stands below and a short stop above the mark, else the gate says so', () => {
  const planned = plan({})
  assert.ok('stopLoss' in planned)
  assert.equal(planned.stopLoss, '98000')
  const short = plan({ side: 'short' })
  assert.ok('stopLoss' in short)
  assert.equal(short.stopLoss, '102000')
  assert.deepEqual(plan({ stop_loss: { price: '100000' } }), {
    gate: 'stop-side',
    limit: 'below mark 100000',
    observed: '100000',
  })
  const limitBelow = { entry: { type: 'limit', price: '97000' } }
  assert.deepEqual(plan(limitBelow), { gate: 'stop-side', limit: 'below entry 97000', observed: '98000' })
  const limitAbove = { side: 'short', entry: { type: 'limit', price: '103000' }, stop_loss: { price: '103000' } }
  assert.deepEqual(plan(limitAbove), { gate: 'stop-side', limit: 'above entry 103000', observed: '103000' })
  assert.equal((plan({ take_profit: { price: '99000' } }) as { gate: string }).gate, 'target-side')
  assert.equal((plan({ size: { type: 'contracts', value: '0.00001' } }) as { gate: string }).gate, 'minimum-size')
})

test('prices follow the venue: five significant figures, integers always legal', () => {
  const perp = (decimals: number) => ({ ...BTC, priceDecimals: decimals })
  assert.equal(roundPrice(perp(1), new Decimal('1234.56'), 'down'), '1234.5')
  assert.equal(roundPrice(perp(1), new Decimal('123456'), 'down'), '123456')
  assert.equal(roundPrice(perp(1), new Decimal('12345.6'), 'up'), '12346')
  assert.equal(roundPrice(perp(6), new Decimal('0.0012345'), 'down'), '0.001234')
  assert.equal(roundPrice(perp(5), new Decimal('0.012345'), 'up'), '0.01235')
})

const prices = fc.integer({ min: 1, max: 10_000_000_000 }).map((n) => new Decimal(n).div(100_000))

test('rounding never crosses its direction and is on the grid', () => {
  fc.assert(
    fc.property(
      prices,
      fc.constantFrom('up' as const, 'down' as const),
      fc.integer({ min: 0, max: 6 }),
      (price, direction, decimals) => {
        const rounded = decimal(roundPrice({ ...BTC, priceDecimals: decimals }, price, direction))
        assert.ok(direction === 'up' ? rounded.gte(price) : rounded.lte(price))
        assert.ok(rounded.isInteger() || (rounded.decimalPlaces() <= decimals && rounded.precision() <= 5))
      },
    ),
  )
})

test('an order never pays more than the slippage allows, and sizes never round up', () => {
  fc.assert(
    fc.property(prices, fc.integer({ min: 1, max: 500 }), (price, bps) => {
      const away = new Decimal(bps).div(10_000)
      assert.ok(decimal(slippedPrice(BTC, price, 'buy', bps)).lte(price.times(away.plus(1))))
      assert.ok(decimal(slippedPrice(BTC, price, 'sell', bps)).gte(price.times(new Decimal(1).minus(away))))
      const size = decimal(roundSizeDown(BTC, price))
      assert.ok(size.lte(price) && size.div(d('0.00001')).isInteger())
    }),
  )
})
