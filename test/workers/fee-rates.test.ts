/**
 * Fees in another coin than the account settles in, over the real adapter: the result says amount, coin, rate and whose word the rate
 * is; without a rate it is provisional, flagged and alerted, and becomes final once.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { feesEnvelope, reconcileEnvelope } from '#domain/envelopes.ts'
import { Decimal, decimalString, toDecimalString } from '#domain/decimal.ts'
import type { PositionRow } from '#domain/position.ts'
import { TRADER, openSimulatedAccount } from '#test/brokers/bybit/simulated-account.ts'
import { entryOf, idOf } from '#test/brokers/orders.ts'
import { POSITION, aPosition, anAccount } from '#test/domain/samples.ts'
import { episodesOf } from '#workers/position-episode.ts'
import { reconcilePosition } from '#workers/reconcile.ts'
import { feeTermsOf } from '#workers/settle-fees.ts'
import { openLedgerDesk } from './ledger-desk.ts'

const MNT_PRICE = '0.8'

/** An account that pays its fees in MNT has bought 0.01 BTC and somebody has sold it: what is left is to book it. */
async function closedInMnt(t: TestContext) {
  const { broker, venue } = await openSimulatedAccount(t, {
    venue: { clock: { kind: 'manual' }, engine: { mntPrice: MNT_PRICE } },
  })
  const { operator, oracle } = venue.engine
  operator.createAccount(TRADER, 'MNT')
  operator.deposit(TRADER, '100', 'MNT')
  const now = () => venue.clock.now()
  const desk = await openLedgerDesk(t, broker, now)
  await desk.sweep()
  venue.clock.advance(60_000)
  const order = entryOf('a', { limitPrice: decimalString('101000') })
  assert.equal((await broker.send(await broker.prepare(order, { nonce: 1, now: now() }), order)).kind, 'accepted')
  const { account } = broker
  const about = { positionId: POSITION, account }
  const row = aPosition({
    account,
    size: order.size,
    orders: [{ clientOrderId: idOf('a'), event: 'entry', leg: 0 }],
    nativeStop: null,
    createdAt: now(),
  })
  await desk.book.commit([
    { op: 'create', kind: 'positions', id: POSITION, row },
    { op: 'put', kind: 'accounts', id: account, row: anAccount({ account }) },
  ])
  venue.clock.advance(60_000)
  operator.setPrices('BTCUSDT', { mark: '100500' })
  operator.closeByHand(TRADER, 'BTCUSDT')
  venue.clock.advance(60_000)
  return {
    desk,
    operator,
    advance: (ms: number): void => venue.clock.advance(ms),
    /** What the venue's own ledger says of both trades. */
    truth() {
      const executions = oracle.ledger(TRADER).executions
      const sum = (field: 'execPnl' | 'execFee') =>
        executions.reduce((total, execution) => total.plus(execution[field]), new Decimal(0))
      return { gross: toDecimalString(sum('execPnl')), mnt: toDecimalString(sum('execFee')), executions }
    },
    reconcile: async () => await reconcilePosition(reconcileEnvelope(about, 'sweep', now()), desk.tools),
    settle: async () => await reconcilePosition(feesEnvelope(about, now()), desk.tools),
    position: async (): Promise<PositionRow> =>
      (await desk.book.load('positions', POSITION))?.row ?? assert.fail('a position'),
    pending: async () => (await desk.alerts()).filter(({ kind }) => kind === 'fee-pending'),
    feeRows: async () => (await desk.ledger()).filter(({ kind }) => kind === 'fee'),
  }
}

test('F5: fees in MNT are in the result at the value that Bybit states, with that statement as their source', async (t) => {
  const { desk, truth, reconcile, position, pending, feeRows } = await closedInMnt(t)
  await reconcile()
  const { gross, mnt, executions } = truth()
  assert.deepEqual(
    executions.map(({ feeCurrency }) => feeCurrency),
    ['MNT', 'MNT'],
  )
  const { realised, state } = await position()
  const { otherFees = [], ...sums } = realised ?? assert.fail('a result')
  assert.deepEqual([state, otherFees.length], ['closed', 1])
  const { token, amount, rate, source } = otherFees[0] ?? assert.fail('a fee')
  const value = toDecimalString(new Decimal(mnt).times(rate ?? 0))
  assert.deepEqual([token, amount], ['MNT', mnt])
  assert.equal(new Decimal(rate ?? 0).toDecimalPlaces(6).toFixed(), MNT_PRICE)
  assert.match(source ?? '', /^bybit wallet-balance: usdValue [\d.]+ of [\d.]+ MNT$/)
  const net = toDecimalString(new Decimal(gross).minus(value))
  assert.deepEqual(sums, { gross, fees: value, funding: '0', net, provisional: false })
  const [row] = await feeRows()
  assert.deepEqual([row?.fees, row?.conversion], [value, otherFees[0]])
  assert.deepEqual(await pending(), [])
  await desk.sweep()
  assert.equal((await desk.equity()).unexplained, '0', 'no USDT paid them')
})

test('F5, B22, B23: without a rate the fee is pending and the result provisional; the rate makes it final, once', async (t) => {
  const { desk, operator, advance, truth, reconcile, settle, position, pending, feeRows } = await closedInMnt(t)
  operator.setCollateral('MNT', false)
  await reconcile()
  const { gross, mnt } = truth()
  const open = (await position()).realised
  const unrated = { token: 'MNT', amount: mnt, rate: null, source: null, ratedAt: null, value: null }
  assert.deepEqual(open, { gross, fees: '0', otherFees: [unrated], funding: '0', net: gross, provisional: true })
  const [alert] = await pending()
  assert.deepEqual([alert?.severity, alert?.active, alert?.positionId], ['warning', true, POSITION])
  assert.match(alert?.detail ?? '', new RegExp(`${mnt} MNT`))
  assert.equal((await settle()).kind, 'again')
  assert.deepEqual([(await position()).realised, await feeRows()], [open, []])
  const owed = await desk.book.load('outbox', `${POSITION}.fees`)
  assert.equal(owed?.row.stage, 'reconcile', 'looked at again whatever Redis loses')

  operator.setCollateral('MNT', true)
  advance(60_000)
  await Promise.all([settle(), settle()])
  const final = await position()
  assert.equal(final.realised?.provisional, false)
  const [fee, ...others] = await feeRows()
  assert.deepEqual([fee?.conversion, others], [final.realised.otherFees?.[0], []])
  assert.equal(final.realised.net, toDecimalString(new Decimal(gross).minus(fee?.fees ?? 0)))
  assert.deepEqual(
    (await pending()).map(({ active }) => active),
    [false],
  )
  advance(60_000)
  await settle()
  await reconcile()
  assert.equal(await desk.book.load('outbox', `${POSITION}.fees`), null)
  assert.deepEqual([await position(), await feeRows()], [final, [fee]])
})

test('F5: a rate that a result was booked with stays, whatever the coin is worth when another fee becomes known', async (t) => {
  const { desk, operator, reconcile, position } = await closedInMnt(t)
  await reconcile()
  const row = await position()
  const [booked] = row.realised?.otherFees ?? []
  const fills = await desk.fills()
  const [episode] = episodesOf(row, fills, 'USDT')
  operator.setCollateral('MNT', false)
  const { rates } = await feeTermsOf(episode ?? assert.fail('an episode'), row, desk.tools)
  assert.deepEqual(rates.get('MNT'), { rate: booked?.rate, source: booked?.source, ratedAt: booked?.ratedAt })
})
