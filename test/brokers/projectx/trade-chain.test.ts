/** Start positions counted back from what is held. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DecimalString, decimalString } from '#domain/decimal.ts'
import { chainTrades } from '#brokers/projectx/trade-chain.ts'
import type { WireTrade } from '#brokers/projectx/wire.ts'

const ENQ = 'CON.F.US.ENQ.Z26'
const FEE = decimalString('1.4')

interface HalfTurn {
  readonly start: number
  readonly signed: number
  readonly closes: boolean
}

/** Half-turns of orders on one contract, as a FIFO venue makes them: a flip is a closing and an opening row of one order. */
function halfTurns(opening: number, orders: readonly number[]): (HalfTurn & { readonly order: number })[] {
  const rows: (HalfTurn & { readonly order: number })[] = []
  let position = opening
  for (const [order, signed] of orders.entries()) {
    const opposes = position !== 0 && Math.sign(position) !== Math.sign(signed)
    const closing = opposes ? Math.sign(signed) * Math.min(Math.abs(signed), Math.abs(position)) : 0
    for (const [part, closes] of [
      [closing, true],
      [signed - closing, false],
    ] as const) {
      if (part === 0) continue
      rows.push({ start: position, signed: part, closes, order })
      position += part
    }
  }
  return rows
}

function tradeOf(row: HalfTurn & { readonly order: number }, index: number, contractId = ENQ): WireTrade {
  return {
    id: String(1_000 + index),
    contractId,
    creationTimestamp: { ms: 5_000 + row.order, below: row.order % 3 },
    price: decimalString('20000'),
    profitAndLoss: row.closes ? decimalString('5') : null,
    fees: FEE,
    commissions: null,
    side: row.signed > 0 ? 'buy' : 'sell',
    size: decimalString(String(Math.abs(row.signed))),
    voided: false,
    orderId: String(50 + row.order),
  }
}

const startsOf = ({ trades }: ReturnType<typeof chainTrades>): ReadonlyMap<string, string> =>
  new Map(trades.map(({ trade, startPosition }) => [trade.id, startPosition]))
const held = (size: number, contractId = ENQ): ReadonlyMap<string, DecimalString> =>
  new Map(size === 0 ? [] : [[contractId, decimalString(String(size))]])
const signed = fc.integer({ min: -5, max: 5 }).filter((size) => size !== 0)
const history = fc.record({ opening: fc.integer({ min: -6, max: 6 }), orders: fc.array(signed, { maxLength: 30 }) })
const endOf = (rows: readonly HalfTurn[], opening: number): number =>
  rows.reduce((sum, row) => sum + row.signed, opening)

test('whatever was traded, counting back finds every start, in any order of the rows', () => {
  fc.assert(
    fc.property(history, fc.integer(), ({ opening, orders }, seed) => {
      const rows = halfTurns(opening, orders)
      const trades = rows.map((row, index) => tradeOf(row, index))
      const shuffled = trades.toSorted(
        (a, b) => ((Number(a.id) * 7919 + seed) % 97) - ((Number(b.id) * 7919 + seed) % 97),
      )
      const chain = chainTrades(shuffled, held(endOf(rows, opening)))
      assert.equal(chain.contradiction, null)
      assert.deepEqual(
        rows.map((row) => String(row.start)),
        trades.map(({ id }) => startsOf(chain).get(id)),
      )
      assert.deepEqual(
        chain.trades.map(({ trade }) => trade.id),
        trades.map(({ id }) => id),
      )
      assert.equal(chain.openings.get(ENQ) ?? '0', String(opening))
    }),
  )
})

test('contracts do not disturb each other', () => {
  fc.assert(
    fc.property(history, history, (one, other) => {
      const mine = halfTurns(one.opening, one.orders).map((row, index) => tradeOf(row, 2 * index))
      const theirs = halfTurns(other.opening, other.orders).map((row, index) =>
        tradeOf(row, 2 * index + 1, 'CON.F.US.EP.Z26'),
      )
      const positions = new Map([
        ...held(endOf(halfTurns(one.opening, one.orders), one.opening)),
        ...held(endOf(halfTurns(other.opening, other.orders), other.opening), 'CON.F.US.EP.Z26'),
      ])
      const both = chainTrades([...theirs, ...mine], positions)
      const alone = chainTrades(mine, positions)
      assert.equal(both.contradiction, null)
      for (const { id } of mine) assert.equal(startsOf(both).get(id), startsOf(alone).get(id))
    }),
  )
})

test('a history that begins flat and does not fit what is held is a contradiction, never a guess', () => {
  const nonEmpty = fc.array(signed, { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(nonEmpty, signed, (orders, error) => {
      const rows = halfTurns(0, orders)
      const end = endOf(rows, 0)
      const chain = chainTrades(
        rows.map((row, index) => tradeOf(row, index)),
        held(end + error),
      )
      // The first row opens from flat. Counted from a wrong end it starts from `error`; only on its own side does that look like more.
      const extends_ = Math.sign(error) === Math.sign(rows[0]?.signed ?? 0)
      if (!extends_) assert.notEqual(chain.contradiction, null)
      else assert.ok(chain.contradiction !== null || chain.openings.get(ENQ) === String(error))
    }),
  )
})

test('the newest trade missing shows in what the others say of themselves', () => {
  const rows = halfTurns(0, [2, 1, -3])
  const [first, second] = rows.map((row, index) => tradeOf(row, index))
  assert.ok(first !== undefined && second !== undefined)
  const chain = chainTrades([first, second], held(0))
  assert.match(chain.contradiction ?? '', /trade 1000 .*says that it opened.*started from -3/)
})

test('void trades count for nothing, and the rows of their contract are no longer held against the count', () => {
  const rows = halfTurns(0, [1, 1, -2]).map((row, index) => tradeOf(row, index))
  const [first, ...rest] = rows
  assert.ok(first !== undefined)
  const chain = chainTrades([{ ...first, voided: true }, ...rest], held(-1))
  assert.equal(chain.contradiction, null)
  assert.equal(startsOf(chain).has(first.id), false)
  assert.deepEqual(
    rest.map(({ id }) => startsOf(chain).get(id)),
    ['0', '1'],
  )
})

test('what is held without any trade stands before the time', () => {
  assert.deepEqual([...chainTrades([], held(2)).openings], [[ENQ, '2']])
})

test('within one instant an order closes before it opens, whatever its ids are', () => {
  const [open, close, flip] = halfTurns(0, [2, -3]).map((row, index) => tradeOf(row, index))
  assert.ok(open !== undefined && close !== undefined && flip !== undefined)
  const chain = chainTrades([open, { ...close, id: '1009' }, { ...flip, id: '1008' }], held(-1))
  assert.equal(chain.contradiction, null)
  assert.deepEqual(
    [...startsOf(chain)],
    [
      ['1000', '0'],
      ['1009', '2'],
      ['1008', '0'],
    ],
  )
})
