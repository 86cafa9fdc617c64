/** An exit takes what the broker holds on the lot, never more, and knows dust. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal } from '#domain/decimal.ts'
import { exitSizeOf } from '#domain/exit-size.ts'
import { BTC, d } from './samples.ts'

const sized = (held: string, reduceTo = '0'): string => {
  const exit = exitSizeOf(decimal(d(held)), decimal(d(reduceTo)), BTC)
  return exit.kind === 'order' ? exit.size.toFixed() : exit.kind
}

test('E3: a whole exit takes every lot; below one lot it is dust, while a partial exit has reached its target', () => {
  for (const [held, reduceTo, expected] of [
    ['1', '0', '1'],
    ['-1', '0', '1'],
    ['1.000004', '0', '1'],
    ['0.00001', '0', '0.00001'],
    ['0.000009', '0', 'dust'],
    ['-0.000009', '0', 'dust'],
    ['1', '0.4', '0.6'],
    ['1', '1', 'reached'],
    ['0.3', '0.4', 'reached'],
  ] as const)
    assert.equal(sized(held, reduceTo), expected, `${held} to ${reduceTo}`)
})

test('E4: whatever is held and asked for, an exit is on the lot and never more than what is held', () => {
  const micros = fc.integer({ min: -5_000_000, max: 5_000_000 })
  fc.assert(
    fc.property(micros, fc.integer({ min: 0, max: 5_000_000 }), (held, reduceTo) => {
      const [size, left] = [new Decimal(held).div(1e6), new Decimal(reduceTo).div(1e6)]
      const exit = exitSizeOf(size, left, BTC)
      if (exit.kind !== 'order') return
      assert.ok(exit.size.gt(0) && exit.size.lte(size.abs().minus(left)))
      assert.ok(exit.size.mod(BTC.lot).isZero())
    }),
  )
})
