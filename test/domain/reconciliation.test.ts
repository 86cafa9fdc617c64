/** Comparison of book and broker, the end of a position, and the equity identity. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildEpisodes } from '#domain/build-episodes.ts'
import { exitCauseOf, feeRowsOf, ledgerRowOf, realisedOf } from '#domain/closing.ts'
import { compareBookAndBroker, locksEntries, standingFindings } from '#domain/comparison.ts'
import { Decimal, toDecimalString } from '#domain/decimal.ts'
import { equityRowOf } from '#domain/equity.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { trade } from './fill-row.ts'
import { NOW, POSITION, aBrokerOrder, aPosition, d } from './samples.ts'

const compare = (positions: PositionRow[], held: Record<string, string>) =>
  compareBookAndBroker({
    positions,
    held: new Map(Object.entries(held).map(([instrument, size]) => [instrument, d(size)])),
    openOrders: [],
    isOurs: () => true,
  }).map(({ kind, instrument }) => `${kind} ${instrument}`)

test('C3, C4: book and broker are compared over the union of both, in both directions', () => {
  assert.deepEqual(compare([aPosition()], { 'BTC-PERP': '1' }), [])
  assert.deepEqual(compare([aPosition()], {}), ['orphan BTC-PERP'])
  assert.deepEqual(compare([], { 'ETH-PERP': '-2' }), ['unexpected-position ETH-PERP'])
  assert.deepEqual(compare([aPosition()], { 'BTC-PERP': '0.5' }), ['size-drift BTC-PERP'])
  assert.deepEqual(compare([aPosition()], { 'BTC-PERP': '-1' }), ['side-drift BTC-PERP'])
  assert.deepEqual(compare([aPosition({ side: 'short' })], { 'BTC-PERP': '-1' }), [])
})

test('C7: whatever both hold, they are found equal only when they are, and else named by how they differ', () => {
  const sizes = fc.integer({ min: -3, max: 3 }).map((lots) => d(String(lots)))
  fc.assert(
    fc.property(sizes, sizes, (book, broker) => {
      const side = book.startsWith('-') ? 'short' : 'long'
      const rows = book === '0' ? [] : [aPosition({ side, size: d(book.replace('-', '')) })]
      const kind = () => {
        if (book === broker) return null
        if (book === '0') return 'unexpected-position'
        if (broker === '0') return 'orphan'
        return book.startsWith('-') === broker.startsWith('-') ? 'size-drift' : 'side-drift'
      }
      const expected = kind()
      assert.deepEqual(
        compare(rows, broker === '0' ? {} : { 'BTC-PERP': broker }),
        expected === null ? [] : [`${expected} BTC-PERP`],
      )
    }),
  )
})

test('a position that is being entered or closed explains differences of its own', () => {
  assert.deepEqual(compare([aPosition({ state: 'entering', entrySettled: false })], { 'BTC-PERP': '0.3' }), [])
  assert.deepEqual(compare([aPosition({ state: 'closing' })], { 'BTC-PERP': '0.3' }), [])
  assert.deepEqual(compare([aPosition({ state: 'closing' })], {}), ['orphan BTC-PERP'])
})

test('D5: no finding ever asks for a trade; drift and orders of nobody lock entries, orphans do not', () => {
  const findings = compareBookAndBroker({
    positions: [aPosition()],
    held: new Map([['ETH-PERP', d('3')]]),
    openOrders: [aBrokerOrder({ clientOrderId: null })],
    isOurs: (order) => order.clientOrderId !== null,
  })
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['orphan', 'unexpected-position', 'foreign-order'],
  )
  assert.deepEqual(findings.map(locksEntries), [false, true, true])
})

test('only a difference that two looks saw alike stands', () => {
  const [first] = compareBookAndBroker({
    positions: [],
    held: new Map([['BTC-PERP', d('1')]]),
    openOrders: [],
    isOurs: () => true,
  })
  const [second] = compareBookAndBroker({
    positions: [],
    held: new Map([['BTC-PERP', d('2')]]),
    openOrders: [],
    isOurs: () => true,
  })
  assert.ok(first !== undefined && second !== undefined)
  assert.deepEqual(standingFindings([first], [second]), [])
  assert.deepEqual(standingFindings([first], [first]), [first])
  assert.deepEqual(standingFindings([], [first]), [])
})

const ENTRY = clientOrderIdOf(POSITION, 'entry', 0)
const USDC = { settlement: 'USDC', rates: new Map() }
const STOP = clientOrderIdOf(POSITION, 'stop', 0)
const EXIT = clientOrderIdOf(POSITION, 'exit', 0)
const TARGET = clientOrderIdOf(POSITION, 'take-profit', 0)

function closedBy(change: Partial<Fill>) {
  const exit = {
    ...trade({ side: 'sell', size: '1', start: '1', clientOrderId: null, n: 2, closedPnl: '10' }),
    ...change,
  }
  const fills = [trade({ side: 'buy', size: '1', start: '0', clientOrderId: ENTRY, n: 1 }), exit]
  const [episode] = buildEpisodes(chainFills(fills, { evidence: 'time' }))
  assert.ok(episode !== undefined)
  return episode
}

test('D9, B17: the exit reason comes from the order that made the exit', () => {
  const position = aPosition({
    orders: [
      ...aPosition().orders,
      { clientOrderId: EXIT, event: 'exit', leg: 0 },
      { clientOrderId: TARGET, event: 'take-profit', leg: 0 },
    ],
    exit: { reason: 'timeout', requestedAt: NOW, leg: 0 },
    discipline: { ...aPosition().discipline, trail: { distanceBps: 50, activateBps: 0 } },
  })
  const reason = (change: Partial<Fill>, trigger: string | null = '95') =>
    exitCauseOf(position, closedBy(change), () => trigger).reason
  assert.equal(reason({ clientOrderId: EXIT }), 'timeout')
  assert.equal(reason({ clientOrderId: STOP }), 'native_stop')
  assert.equal(reason({ clientOrderId: TARGET }), 'take_profit')
  assert.equal(reason({ clientOrderId: STOP }, '97'), 'trail')
  assert.equal(reason({ clientOrderId: null }), 'operator')
  assert.equal(reason({ liquidation: { method: 'market', markPrice: d('90') } }), 'liquidation')
  assert.equal(reason({ direction: 'Auto-Deleveraging' }), 'adl')
  assert.equal(reason({ direction: 'Settlement' }), 'expiry')
})

test('B19: realised PnL is closedPnl minus the fees of entry and exit plus funding', () => {
  const episode = closedBy({})
  const result = realisedOf(episode, [d('-0.25')], USDC)
  assert.deepEqual(result, { gross: '10', fees: '0.2', funding: '-0.25', net: '9.55', provisional: false })
  assert.ok(result !== null)
  const row = ledgerRowOf(aPosition(), episode, result)
  assert.equal(row.net, '9.8', 'funding has ledger rows of its own')
  assert.equal(row.evidence.length, 2)
  assert.equal(ledgerRowOf(aPosition({ updatedAt: NOW + 5 }), episode, result).ledgerId, row.ledgerId)
})

test('F1, F5: a fee in another coin is in the result at a rate with its source, and a row of its own in the ledger', () => {
  const episode = closedBy({ feeToken: 'MNT', fee: d('0.4') })
  const rate = { rate: d('0.75'), source: 'somebody says so', ratedAt: NOW }
  const result = realisedOf(episode, [], { settlement: 'USDC', rates: new Map([['MNT', rate]]) })
  const otherFees = [{ token: 'MNT', amount: '0.4', ...rate, value: '0.3' }]
  assert.deepEqual(result, { gross: '10', fees: '0.4', otherFees, funding: '0', net: '9.6', provisional: false })
  assert.ok(result !== null)
  const { fees, net } = ledgerRowOf(aPosition(), episode, result)
  assert.deepEqual([fees, net], ['0.1', '9.9'], 'only what moved the settlement currency')
  const [row, ...others] = feeRowsOf(aPosition(), result, NOW)
  assert.deepEqual([row?.kind, row?.fees, row?.net, row?.conversion, others], ['fee', '0.3', '-0.3', otherFees[0], []])
})

test('F5, B22: a fee without a rate, or not stated yet, leaves the result provisional and is never taken for nothing', () => {
  const unrated = realisedOf(closedBy({ feeToken: 'MNT', fee: d('0.4') }), [], USDC)
  const pending = { token: 'MNT', amount: '0.4', rate: null, source: null, ratedAt: null, value: null }
  assert.deepEqual([unrated?.provisional, unrated?.otherFees, unrated?.net], [true, [pending], '9.9'])
  assert.deepEqual(feeRowsOf(aPosition(), unrated ?? assert.fail('a result'), NOW), [])
  assert.equal(realisedOf(closedBy({ feePending: true, fee: d('0') }), [], USDC)?.provisional, true)
})

test('C5: one episode is one ledger row, whoever books it and however late', () => {
  const episode = closedBy({})
  const result = realisedOf(episode, [], USDC)
  assert.ok(result !== null)
  const rows = [
    ledgerRowOf(aPosition(), episode, result),
    ledgerRowOf(aPosition({ updatedAt: NOW + 86_400_000 }), closedBy({}), result),
  ]
  assert.deepEqual(rows[0], rows[1])
})

test('an open or incomplete episode is never booked', () => {
  const open = buildEpisodes(
    chainFills([trade({ side: 'buy', size: '1', start: '0', clientOrderId: ENTRY, n: 1 })], { evidence: 'time' }),
  )
  assert.ok(open[0] !== undefined)
  assert.equal(realisedOf(open[0], [], USDC), null)
  const inside = buildEpisodes(
    chainFills([trade({ side: 'sell', size: '1', start: '1', clientOrderId: EXIT, n: 1 })], { evidence: 'time' }),
  )
  assert.ok(inside[0] !== undefined)
  assert.equal(realisedOf(inside[0], [], USDC), null)
})

const cents = fc.integer({ min: -10_000_000, max: 10_000_000 }).map((n) => new Decimal(n).div(100))

test('the equity identity holds exactly, and names to the cent what nobody explains', () => {
  const sums = fc.record({ closedPnl: cents, fees: cents, funding: cents, transfers: cents })
  const text = (row: Record<string, Decimal>) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, toDecimalString(value)]))
  fc.assert(
    fc.property(
      fc.tuple(cents, cents, cents, cents),
      sums,
      sums,
      ([equity, unrealised, later, missing], first, then) => {
        const cursor = (row: Record<string, Decimal>) =>
          ({
            account: 'a',
            fillsThrough: 0,
            fundingThrough: 0,
            since: 0,
            missing: null,
            sums: text(row),
            updatedAt: 0,
          }) as unknown as Parameters<typeof equityRowOf>[1]['cursor']
        const reading = { account: 'a', itemisesCash: true, cashGap: null, now: NOW }
        const before = equityRowOf(null, {
          ...reading,
          equity: toDecimalString(equity),
          unrealised: toDecimalString(unrealised),
          cursor: cursor(first),
        })
        assert.equal(before.unexplained, '0')
        const cash = (row: typeof then) => row.closedPnl.minus(row.fees).plus(row.funding).plus(row.transfers)
        const now = equity.minus(unrealised).plus(cash(then)).minus(cash(first)).plus(later).plus(missing)
        const after = equityRowOf(before, {
          ...reading,
          equity: toDecimalString(now),
          unrealised: toDecimalString(later),
          cursor: cursor(then),
        })
        assert.equal(after.unexplained, toDecimalString(missing))
      },
    ),
  )
})
