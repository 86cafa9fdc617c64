/** Margin, leverage, funding, liquidation, auto-deleveraging. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BTC, ETH, MASTER, OTHER, START, limit, newestFill, openDesk, trigger, type Desk } from './trader.ts'

const HOUR = 3_600_000
const NEXT_HOUR = Math.ceil(START / HOUR) * HOUR

function equityHolds(desk: Desk, user = MASTER): void {
  const { transfers, closedPnl, fees, funding, unrealized, accountValue } = desk.venue.oracle.ledger(user).equity
  const micro = (text: string): bigint => {
    const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
    const units = BigInt(whole + fraction.padEnd(12, '0'))
    return text.startsWith('-') ? -units : units
  }
  assert.equal(
    micro(transfers) + micro(closedPnl) - micro(fees) + micro(funding) + micro(unrealized),
    micro(accountValue),
  )
}

test('clearinghouse figures of one long', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  const view = desk.venue.account.clearinghouse(MASTER)
  assert.equal(view.marginSummary.accountValue, '99994.49955')
  assert.equal(view.marginSummary.totalNtlPos, '10000')
  assert.equal(view.marginSummary.totalRawUsd, '89994.49955')
  const [position] = view.positions
  assert.deepEqual(
    [position?.szi, position?.entryPx, position?.unrealizedPnl, position?.marginUsed, position?.leverage],
    ['0.1', '100010', '-1', '500', { type: 'cross', value: 20 }],
  )
  assert.equal(view.withdrawable, '98994.49955')
  assert.equal(view.crossMaintenanceMarginUsed, '125')
})

test('the liquidation price is where it happens', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '108000', '5'))
  desk.placeOne(limit(BTC, 'buy', '108000', '5'))
  const [position] = desk.venue.account.clearinghouse(MASTER).positions
  const at = Number(position?.liquidationPx)
  assert.ok(at > 89_000 && at < 92_000, `saw ${at}`)
  desk.venue.operator.setMark('BTC', String(Math.ceil(at) + 1))
  assert.equal(desk.venue.account.clearinghouse(MASTER).positions.length, 1)
  desk.venue.operator.setMark('BTC', String(Math.floor(at) - 1))
  assert.equal(desk.venue.account.fills(MASTER)[0]?.liquidation?.method, 'market')
})

test('a market liquidation cancels the orders, sells into the book and says so everywhere', () => {
  const desk = openDesk({ quotes: { levelUsd: '2000000' } })
  desk.placeOne(limit(BTC, 'buy', '108000', '10'))
  const stop = desk.oid(trigger(BTC, 'sell', 'sl', '50000', '10'))
  const [before] = desk.venue.account.clearinghouse(MASTER).positions
  const mark = String(Math.floor(Number(before?.liquidationPx)))
  desk.venue.operator.setMark('BTC', mark)
  const fill = newestFill(desk, MASTER)
  assert.deepEqual(
    [fill.dir, fill.side, fill.liquidation],
    ['Liquidated Cross Long', 'A', { liquidatedUser: MASTER, markPx: mark, method: 'market' }],
  )
  assert.equal('cloid' in fill, false)
  assert.equal(desk.venue.account.orderStatus(MASTER, stop)?.status, 'liquidatedCanceled')
  assert.equal(desk.venue.account.orderStatus(MASTER, fill.oid)?.order.tif, 'LiquidationMarket')
  const notice = desk.events.find((event) => event.type === 'liquidation')
  assert.equal(notice?.type === 'liquidation' && notice.notice.liquidated_user, MASTER)
  const [row] = desk.venue.account.ledgerUpdates(MASTER, { startTime: START }).slice(-1)
  assert.equal(row?.delta.type, 'liquidation')
  assert.deepEqual(desk.venue.account.clearinghouse(MASTER).positions, [])
  equityHolds(desk)
})

test('a gap far below maintenance goes to the backstop and leaves nothing, not a debt', () => {
  const desk = openDesk({ quotes: { levelUsd: '2000000' } })
  desk.placeOne(limit(BTC, 'buy', '108000', '10'))
  desk.venue.operator.setMark('BTC', '80000')
  const [fill] = desk.venue.account.fills(MASTER)
  assert.deepEqual([fill?.liquidation?.method, fill?.dir, fill?.fee], ['backstop', 'Liquidated Cross Long', '0'])
  const left = Number(desk.venue.account.clearinghouse(MASTER).marginSummary.accountValue)
  assert.ok(Math.abs(left) <= 1, `saw ${left}`)
  equityHolds(desk)
})

test('liquidation of an isolated short touches only that coin', () => {
  const desk = openDesk()
  desk.submit({ type: 'updateLeverage', asset: ETH, isCross: false, leverage: 10 })
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.placeOne(limit(ETH, 'sell', '3400', '10'))
  const btcStop = desk.oid(trigger(BTC, 'sell', 'sl', '50000', '0.1'))
  const isolated = desk.venue.account.clearinghouse(MASTER).positions.find(({ coin }) => coin === 'ETH')
  assert.equal(isolated?.leverage.type, 'isolated')
  desk.venue.operator.setMark('ETH', String(Math.ceil(Number(isolated?.liquidationPx)) + 1))
  const [fill] = desk.venue.account.fills(MASTER)
  assert.deepEqual([fill?.coin, fill?.dir], ['ETH', 'Liquidated Isolated Short'])
  assert.equal(desk.venue.account.orderStatus(MASTER, btcStop)?.status, 'open')
  assert.deepEqual(
    desk.venue.oracle.ledger(MASTER).positions.map(({ coin }) => coin),
    ['BTC'],
  )
  equityHolds(desk)
})

test('the counterparty of a liquidation sees whose it was, not its own', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.oid(limit(BTC, 'buy', '99995', '0.1', 'Gtc'), OTHER)
  desk.venue.operator.liquidate(MASTER, 'BTC')
  const [fill] = desk.venue.account.fills(OTHER)
  assert.deepEqual([fill?.dir, fill?.liquidation?.liquidatedUser], ['Open Long', MASTER])
})

test('the operator liquidates either way', () => {
  for (const method of ['market', 'backstop'] as const) {
    const desk = openDesk()
    desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
    const fills = desk.venue.operator.liquidate(MASTER, 'BTC', method)
    assert.deepEqual(
      fills.map(({ liquidation }) => liquidation?.method),
      [method],
    )
    assert.deepEqual(desk.venue.oracle.ledger(MASTER).positions, [])
    equityHolds(desk)
  }
})

test('auto-deleveraging takes contracts at the mark, without fee', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.3'))
  desk.venue.operator.setMark('BTC', '120000')
  const [fill] = desk.venue.operator.autoDeleverage(MASTER, 'BTC', '0.1')
  assert.deepEqual(
    [fill?.dir, fill?.px, fill?.sz, fill?.fee, fill?.startPosition, fill?.closedPnl],
    ['Auto-Deleveraging', '120000', '0.1', '0', '0.3', '1999'],
  )
  assert.equal(desk.venue.oracle.ledger(MASTER).positions[0]?.szi, '0.2')
  assert.equal(desk.venue.oracle.netPosition('BTC'), '0')
  equityHolds(desk)
})

test('funding is paid on the hour, by longs when the rate is positive, on the oracle price', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.placeOne(limit(BTC, 'sell', '99000', '0.1'), OTHER)
  desk.venue.operator.setFundingRate('BTC', '0.0001')
  desk.venue.operator.setOracle('BTC', '90000')
  desk.advance(NEXT_HOUR - START - 1)
  assert.deepEqual(desk.venue.account.funding(MASTER, { startTime: 0 }), [])
  assert.equal(desk.venue.nextDue(), NEXT_HOUR)
  desk.advance(1)
  const [paid] = desk.venue.account.funding(MASTER, { startTime: 0 })
  assert.deepEqual([paid?.time, paid?.usdc, paid?.szi, paid?.fundingRate], [NEXT_HOUR, '-0.9', '0.1', '0.0001'])
  assert.equal(desk.venue.account.funding(OTHER, { startTime: 0 })[0]?.usdc, '0.9')
  assert.equal(desk.venue.account.clearinghouse(MASTER).positions[0]?.cumFunding.sinceOpen, '0.9')
  equityHolds(desk)
  equityHolds(desk, OTHER)
})

test('a clock that jumps settles every hour in between at its own time', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.venue.operator.setFundingRate('BTC', '0.0001')
  desk.advance(NEXT_HOUR - START + 5 * HOUR)
  assert.deepEqual(
    desk.venue.account.funding(MASTER, { startTime: 0 }).map(({ time }) => time),
    [0, 1, 2, 3, 4, 5].map((n) => NEXT_HOUR + n * HOUR),
  )
  assert.equal(desk.venue.market.fundingHistory('BTC', 0).length, 6)
})

test('leverage: bounds, margin, no switch of mode while a position is open', () => {
  const desk = openDesk()
  const set = (isCross: boolean, leverage: number) => {
    const result = desk.submit({ type: 'updateLeverage', asset: BTC, isCross, leverage })
    return result.kind === 'err' ? result.message : result.kind
  }
  assert.equal(set(true, 41), 'Invalid leverage value')
  assert.equal(set(true, 0), 'Invalid leverage value')
  assert.equal(set(true, 40), 'default')
  assert.equal(desk.placeOne(limit(BTC, 'buy', '108000', '7')).kind, 'filled')
  assert.equal(desk.placeOne(limit(BTC, 'buy', '108000', '7')).kind, 'filled')
  assert.equal(set(false, 40), 'Cannot switch leverage type with open position.')
  assert.equal(set(true, 5), 'Insufficient margin to change leverage.')
  assert.deepEqual(desk.venue.account.leverage(MASTER, 'BTC'), { type: 'cross', value: 40 })
})

test('isolated margin is set apart, can be added to, and comes back on close', () => {
  const desk = openDesk()
  desk.submit({ type: 'updateLeverage', asset: BTC, isCross: false, leverage: 10 })
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  const before = desk.venue.account.clearinghouse(MASTER)
  assert.equal(before.positions[0]?.marginUsed, '999.1')
  assert.deepEqual(desk.submit({ type: 'updateIsolatedMargin', asset: BTC, isBuy: true, ntli: 500_000_000 }), {
    kind: 'default',
  })
  const more = desk.venue.account.clearinghouse(MASTER)
  assert.equal(more.positions[0]?.marginUsed, '1499.1')
  assert.equal(more.marginSummary.accountValue, before.marginSummary.accountValue)
  assert.equal(desk.submit({ type: 'updateIsolatedMargin', asset: BTC, isBuy: true, ntli: -600_000_000 }).kind, 'err')
  desk.venue.operator.closeByHand(MASTER, 'BTC')
  const after = desk.venue.account.clearinghouse(MASTER)
  assert.equal(after.crossMarginSummary.accountValue, after.marginSummary.accountValue)
  equityHolds(desk)
})

test('between two thirds of maintenance and nothing the backstop takes over, book or no book', () => {
  const desk = openDesk({ quotes: { levelUsd: '2000000' } })
  desk.placeOne(limit(BTC, 'buy', '108000', '10'))
  desk.venue.operator.setMark('BTC', '90455')
  assert.equal(newestFill(desk, MASTER).liquidation?.method, 'backstop')
})

test('an isolated liquidation cancels the orders of its coin', () => {
  const desk = openDesk()
  desk.submit({ type: 'updateLeverage', asset: ETH, isCross: false, leverage: 10 })
  desk.placeOne(limit(ETH, 'sell', '3400', '10'))
  const resting = desk.oid(limit(ETH, 'buy', '2000', '1', 'Gtc'))
  desk.venue.operator.setMark('ETH', '3850')
  assert.equal(desk.venue.account.orderStatus(MASTER, resting)?.status, 'liquidatedCanceled')
})

test('closing half an isolated position gives half of what was set apart back to the free balance', () => {
  const desk = openDesk()
  desk.submit({ type: 'updateLeverage', asset: BTC, isCross: false, leverage: 10 })
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.placeOne(limit(BTC, 'sell', '99000', '0.05'))
  const view = desk.venue.account.clearinghouse(MASTER)
  assert.equal(view.positions[0]?.marginUsed, '499.55')
  assert.equal(view.crossMarginSummary.accountValue, '99492.199775', '100000 - 6.750225 fees - 1 lost - 500.05 apart')
})

test('an isolated position pays its funding from what is set apart', () => {
  const desk = openDesk()
  desk.submit({ type: 'updateLeverage', asset: BTC, isCross: false, leverage: 10 })
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  const before = desk.venue.account.clearinghouse(MASTER)
  desk.venue.operator.setFundingRate('BTC', '0.0001')
  desk.advance(NEXT_HOUR - START)
  const after = desk.venue.account.clearinghouse(MASTER)
  assert.equal(after.crossMarginSummary.accountValue, before.crossMarginSummary.accountValue)
  assert.deepEqual([before.positions[0]?.marginUsed, after.positions[0]?.marginUsed], ['999.1', '998.1'])
})

test('who is flat pays no funding', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '101000', '0.1'))
  desk.placeOne(limit(BTC, 'sell', '99000', '0.1'))
  desk.venue.operator.setFundingRate('BTC', '0.0001')
  desk.advance(NEXT_HOUR - START)
  assert.deepEqual(desk.venue.account.funding(MASTER, { startTime: 0 }), [])
})

test('an account short of initial margin can still reduce, without a reduce-only flag', () => {
  const desk = openDesk({ quotes: { levelUsd: '2000000' } })
  desk.placeOne(limit(BTC, 'buy', '108000', '10'))
  desk.venue.operator.setMark('BTC', '93000')
  assert.equal(desk.venue.account.clearinghouse(MASTER).withdrawable, '0')
  assert.equal(desk.placeOne(limit(BTC, 'buy', '99000', '0.01')).kind, 'error')
  assert.equal(desk.placeOne(limit(BTC, 'sell', '90000', '0.01')).kind, 'filled')
})
