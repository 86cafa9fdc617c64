/** Entry price rules, on fills recorded from the venue (Hyperliquid mainnet, ENA and BTC). */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { Decimal } from '#domain/decimal.ts'
import { exactEntry, hyperliquidEntry } from '#domain/entry-rule.ts'

const of = (value: string): Decimal => new Decimal(value)

test('the exact entry is the size-weighted average and survives partial closes', () => {
  const entry = exactEntry()
  entry.open(of('1'), of('10'))
  entry.open(of('2'), of('13'))
  assert.equal(entry.close(of('1')).toFixed(), '12')
  entry.open(of('2'), of('14'))
  assert.equal(entry.close(of('4')).toFixed(), '13')
})

test("Hyperliquid's entry is cut to a whole tick, for shorts as for longs", () => {
  const entry = hyperliquidEntry(2)()
  entry.open(of('7.47'), of('235.03'))
  entry.open(of('9.02'), of('235.04'))
  // Exactly 235.035469981807..., ticks are 0.0001.
  assert.equal(entry.close(of('1')).toFixed(), '235.0354')
})

test("Hyperliquid's float step loses a tick exactly where the recorded ENA closes lost it", () => {
  const entry = hyperliquidEntry(0)()
  entry.open(of('20000'), of('0.531'))
  entry.open(of('10000'), of('0.41067'))
  const closes = ['25531', '1468', '1470', '1468', '63'].map((size) => {
    const price = entry.close(of(size))
    return of('0.34').minus(price).times(size).toFixed()
  })
  assert.deepEqual(closes, ['-3852.37259', '-221.50652', '-221.8083', '-221.505052', '-9.506007'])
})
