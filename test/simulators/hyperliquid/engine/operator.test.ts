/** The operator's controls: paths, trades by hand, imports of recorded fills, refusals. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalString } from '#domain/decimal.ts'
import type { Fill } from '#simulators/hyperliquid/engine/record.ts'
import { AGENT, BTC, MASTER, OTHER, START, limit, openDesk } from './trader.ts'

test('a recorded path is followed at its own times', () => {
  const desk = openDesk()
  const oid = desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  const points = [
    { time: START - 1, px: '1' },
    { time: START + 10, px: '99500' },
    { time: START + 20, px: '98000' },
  ]
  desk.venue.operator.follow({ kind: 'recorded', coin: 'BTC', points })
  desk.advance(15)
  assert.equal(desk.venue.market.context('BTC')?.markPx, '99500')
  desk.advance(100)
  assert.equal(desk.venue.market.context('BTC')?.markPx, '98000')
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.statusTimestamp, START + 20)
  assert.throws(
    () => desk.venue.operator.follow({ kind: 'recorded', coin: 'BTC', points: [...points].toReversed() }),
    /Expected path points in time order/,
  )
})

test('a walk is the same for the same seed, however the clock is looked at', () => {
  const marks = (jumps: readonly number[], seed: number): unknown => {
    const desk = openDesk()
    desk.venue.operator.follow({ kind: 'walk', coin: 'BTC', stepMs: 100, stepBps: 20, seed, until: START + 5_000 })
    for (const jump of jumps) {
      desk.advance(jump)
      desk.venue.settle()
    }
    return desk.venue.market.marks('BTC')
  }
  const once = marks([6_000], 3)
  assert.deepEqual(marks([50, 1_950, 17, 3_983], 3), once)
  assert.notDeepEqual(marks([6_000], 4), once)
  assert.equal((once as readonly unknown[]).length, 51)
})

test('a position opened and closed by hand leaves fills without cloid', () => {
  const desk = openDesk()
  const opened = desk.venue.operator.trade({ user: MASTER, coin: 'BTC', side: 'A', sz: '0.2' })
  assert.deepEqual(
    opened.map(({ dir, sz }) => [dir, sz]),
    [['Open Short', '0.2']],
  )
  const closed = desk.venue.operator.closeByHand(MASTER, 'BTC')
  assert.deepEqual(
    closed.map(({ dir }) => dir),
    ['Close Short'],
  )
  assert.ok([...opened, ...closed].every((fill) => !('cloid' in fill)))
  assert.equal(desk.venue.oracle.ledger(MASTER).orders[0]?.origin.kind, 'hand')
  assert.throws(() => desk.venue.operator.closeByHand(MASTER, 'BTC'), /it is flat/)
})

test('a hand closes more than the book shows at once', () => {
  const desk = openDesk({ quotes: { levels: 1, levelUsd: '10000', jitter: '0', refill: 'step' } })
  const fills = desk.venue.operator.trade({ user: MASTER, coin: 'BTC', side: 'B', sz: '0.45' })
  assert.deepEqual(
    fills.map(({ sz }) => sz),
    ['0.1', '0.1', '0.1', '0.1', '0.05'],
  )
})

test('a hand without counterparty says what was left', () => {
  const desk = openDesk()
  desk.venue.operator.setQuoting('BTC', false)
  assert.throws(
    () => desk.venue.operator.trade({ user: MASTER, coin: 'BTC', side: 'B', sz: '0.4' }),
    /0\.4 of it found no counterparty or margin/,
  )
})

test('cancelling by hand ends an order like its owner would', () => {
  const desk = openDesk()
  const oid = desk.oid(limit(BTC, 'buy', '99000', '0.1', 'Gtc'))
  assert.equal(desk.venue.operator.cancelByHand(MASTER, oid), true)
  assert.equal(desk.venue.operator.cancelByHand(MASTER, oid), false)
  assert.equal(desk.venue.account.orderStatus(MASTER, oid)?.status, 'canceled')
})

function recorded(
  row: Partial<Fill> & Pick<Fill, 'coin' | 'side' | 'time'>,
  numbers: readonly [string, string, string, string],
): Fill {
  const [px, sz, startPosition, closedPnl] = numbers.map(decimalString)
  assert.ok(px !== undefined && sz !== undefined && startPosition !== undefined && closedPnl !== undefined)
  const fee = decimalString('0.01')
  return {
    dir: 'x',
    hash: '0x1',
    oid: 5,
    crossed: true,
    fee,
    tid: row.time,
    feeToken: 'USDC',
    twapId: null,
    px,
    sz,
    startPosition,
    closedPnl,
    ...row,
  }
}

test('imported fills are served as they are and leave their last position, with the house on the other side', () => {
  const desk = openDesk()
  const fills = [
    recorded({ coin: 'AAVE', side: 'B', time: 100 }, ['250', '2', '0', '0']),
    recorded({ coin: '@107', side: 'B', time: 100, feeToken: 'HYPE' }, ['8', '10', '0', '0']),
    recorded({ coin: 'AAVE', side: 'A', time: 200 }, ['260', '1.5', '2', '15']),
  ]
  desk.venue.operator.importFills({ user: OTHER, fills })
  assert.deepEqual(desk.venue.account.fillsByTime(OTHER, { startTime: 0 }), fills)
  const ledger = desk.venue.oracle.ledger(OTHER)
  assert.deepEqual(ledger.positions, [{ coin: 'AAVE', szi: '0.5', entryPx: '250' }])
  assert.equal(desk.venue.oracle.netPosition('AAVE'), '0')
  assert.deepEqual(
    [ledger.equity.closedPnl, ledger.equity.fees, ledger.equity.unrealized, ledger.equity.accountValue],
    ['15', '0.02', '5', '100019.98'],
  )
  const [closed] = desk.venue.operator.closeByHand(OTHER, 'AAVE')
  assert.equal(closed?.startPosition, '0.5', 'the chain goes on')
})

test('a gap in an import starts over from what the next row says', () => {
  const desk = openDesk()
  const fills = [
    recorded({ coin: 'ETH', side: 'B', time: 100 }, ['2500', '2', '0', '0']),
    recorded({ coin: 'ETH', side: 'A', time: 200 }, ['2600', '1', '5', '80']),
  ]
  desk.venue.operator.importFills({ user: OTHER, fills })
  assert.deepEqual(desk.venue.oracle.ledger(OTHER).positions, [{ coin: 'ETH', szi: '4', entryPx: '2520' }])
})

test('an import without its deposits is funded rather than liquidated', () => {
  const desk = openDesk()
  const user = `0x${'88'.repeat(20)}`
  const fills = [recorded({ coin: 'BTC', side: 'B', time: 100 }, ['100000', '3', '0', '0'])]
  desk.venue.operator.importFills({ user, fills })
  desk.venue.operator.setMark('BTC', '99000')
  assert.equal(desk.venue.oracle.ledger(user).positions[0]?.szi, '3')
  assert.equal(desk.venue.account.ledgerUpdates(user, { startTime: 0 })[0]?.time, 100)
})

test('imports out of time order, or onto a held coin, are refused', () => {
  const desk = openDesk()
  const late = recorded({ coin: 'ETH', side: 'B', time: 200 }, ['2500', '2', '0', '0'])
  const early = recorded({ coin: 'ETH', side: 'B', time: 100 }, ['2500', '2', '0', '0'])
  assert.throws(
    () => desk.venue.operator.importFills({ user: OTHER, fills: [late, early] }),
    /Expected fills oldest first/,
  )
  desk.venue.operator.importFills({ user: OTHER, fills: [early] })
  assert.throws(
    () => desk.venue.operator.importFills({ user: OTHER, fills: [late] }),
    /to be flat in ETH before an import/,
  )
})

test('controls refuse what cannot be, naming it', () => {
  const { operator } = openDesk().venue
  assert.throws(() => operator.setMark('XYZ', '1'), /Expected one of BTC, ETH, SOL, HYPE, saw coin XYZ/)
  assert.throws(() => operator.setMark('BTC', '0'), /Expected a positive price, saw 0/)
  assert.throws(() => operator.deposit(AGENT, '5'), /is an agent/)
  assert.throws(
    () => operator.addInstrument({ name: 'BTC', szDecimals: 2, maxLeverage: 5, markPx: '1' }),
    /listed already/,
  )
  assert.throws(() => operator.liquidate(MASTER, 'BTC'), /it is flat/)
})

test('a new instrument is quoted and traded at once', () => {
  const desk = openDesk()
  const { asset } = desk.venue.operator.addInstrument({
    name: 'kPEPE',
    szDecimals: 0,
    maxLeverage: 10,
    markPx: '0.0123',
  })
  assert.equal(asset, 4)
  assert.equal(desk.placeOne(limit(asset, 'buy', '0.0125', '10000')).kind, 'filled')
})
