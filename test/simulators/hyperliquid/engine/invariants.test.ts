/** What must hold whatever happens: money adds up exactly, chains are unbroken, positions sum to zero, the same run is the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal, decimal } from '#domain/decimal.ts'
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import { AGENT, BTC, ETH, MASTER, OTHER, THIRD, limit, openDesk, trigger, type Desk } from './trader.ts'

const USERS = [MASTER, OTHER, THIRD]
const SIGNERS = [AGENT, OTHER, THIRD]
const COINS = ['BTC', 'ETH'] as const
const BASE = { BTC: 100_000, ETH: 3_500 }

type Step = (desk: Desk) => void

const who = fc.integer({ min: 0, max: 2 })
const side = fc.constantFrom('buy' as const, 'sell' as const)
const asset = fc.constantFrom(BTC, ETH)

function near(assetId: number, percent: number): string {
  const base = assetId === BTC ? BASE.BTC : BASE.ETH
  return Math.round((base * (100 + percent)) / 100).toString()
}

const order: fc.Arbitrary<Step> = fc
  .record({
    who,
    side,
    asset,
    percent: fc.integer({ min: -4, max: 4 }),
    lots: fc.integer({ min: 1, max: 4_000 }),
    tif: fc.constantFrom('Ioc' as const, 'Gtc' as const, 'Alo' as const),
    reduceOnly: fc.boolean(),
  })
  .map((pick) => (desk) => {
    const sz = new Decimal(pick.lots).div(pick.asset === BTC ? 1_000 : 40).toDecimalPlaces(3)
    const wire = limit(pick.asset, pick.side, near(pick.asset, pick.percent), sz.toString(), pick.tif)
    desk.placeOne({ ...wire, r: pick.reduceOnly && pick.lots % 3 === 0 }, SIGNERS[pick.who])
  })

const stop: fc.Arbitrary<Step> = fc
  .record({
    who,
    side,
    asset,
    percent: fc.integer({ min: -8, max: 8 }),
    tpsl: fc.constantFrom('tp' as const, 'sl' as const),
  })
  .map((pick) => (desk) => {
    desk.placeOne(trigger(pick.asset, pick.side, pick.tpsl, near(pick.asset, pick.percent), '0.5'), SIGNERS[pick.who])
  })

const bracket: fc.Arbitrary<Step> = fc
  .record({ who, percent: fc.integer({ min: -3, max: 1 }) })
  .map((pick) => (desk) => {
    const parent = limit(BTC, 'buy', near(BTC, pick.percent), '0.4', 'Gtc')
    const children = [trigger(BTC, 'sell', 'tp', near(BTC, 5), '0.4'), trigger(BTC, 'sell', 'sl', near(BTC, -5), '0.4')]
    desk.place([parent, ...children], 'normalTpsl', SIGNERS[pick.who])
  })

const cancelAny: fc.Arbitrary<Step> = fc.record({ who, nth: fc.nat(10) }).map((pick) => (desk) => {
  const open = desk.venue.account.openOrders(USERS[pick.who] ?? MASTER)
  const target = open[pick.nth % Math.max(1, open.length)]
  if (target !== undefined) {
    desk.submit(
      { type: 'cancel', cancels: [{ a: target.asset, o: target.oid }] },
      { signer: SIGNERS[pick.who] ?? AGENT },
    )
  }
})

const move: fc.Arbitrary<Step> = fc
  .record({ coin: fc.constantFrom(...COINS), percent: fc.integer({ min: -15, max: 15 }) })
  .map((pick) => (desk) => {
    desk.venue.operator.setMark(pick.coin, Math.round((BASE[pick.coin] * (100 + pick.percent)) / 100).toString())
  })

const hours: fc.Arbitrary<Step> = fc
  .record({ ms: fc.integer({ min: 1, max: 8_000_000 }), rate: fc.integer({ min: -50, max: 50 }) })
  .map((pick) => (desk) => {
    desk.venue.operator.setFundingRate('BTC', new Decimal(pick.rate).div(100_000).toString())
    desk.advance(pick.ms)
  })

const leverage: fc.Arbitrary<Step> = fc
  .record({ who, asset, isCross: fc.boolean(), leverage: fc.integer({ min: 1, max: 25 }) })
  .map((pick) => (desk) => {
    const { asset: target, isCross, leverage: value } = pick
    desk.submit(
      { type: 'updateLeverage', asset: target, isCross, leverage: value },
      { signer: SIGNERS[pick.who] ?? AGENT },
    )
  })

const disturb: fc.Arbitrary<Step> = fc
  .record({ who, coin: fc.constantFrom(...COINS), kind: fc.constantFrom('market', 'backstop', 'adl', 'close') })
  .map((pick) => (desk) => {
    const user = USERS[pick.who] ?? MASTER
    const held = desk.venue.oracle.ledger(user).positions.some(({ coin }) => coin === pick.coin)
    if (!held) return
    if (pick.kind === 'adl') desk.venue.operator.autoDeleverage(user, pick.coin, '0.1')
    else if (pick.kind === 'close') desk.venue.operator.closeByHand(user, pick.coin)
    else desk.venue.operator.liquidate(user, pick.coin, pick.kind === 'market' ? 'market' : 'backstop')
  })

const step = fc.oneof(
  { weight: 8, arbitrary: order },
  { weight: 2, arbitrary: stop },
  { weight: 1, arbitrary: bracket },
  { weight: 2, arbitrary: cancelAny },
  { weight: 3, arbitrary: move },
  { weight: 1, arbitrary: hours },
  { weight: 1, arbitrary: leverage },
  { weight: 1, arbitrary: disturb },
)

function checkMoney(venue: Venue, user: string): void {
  const { equity } = venue.oracle.ledger(user)
  const sum = decimal(equity.transfers)
    .plus(equity.closedPnl)
    .minus(equity.fees)
    .plus(equity.funding)
    .plus(equity.unrealized)
  assert.equal(sum.toFixed(), decimal(equity.accountValue).toFixed(), `equity of ${user}`)
}

function checkChains(venue: Venue, user: string): void {
  const { fills, positions } = venue.oracle.ledger(user)
  const at = new Map<string, Decimal>()
  for (const fill of fills) {
    const before = at.get(fill.coin) ?? new Decimal(0)
    assert.equal(fill.startPosition, before.toFixed(), `chain of ${user} in ${fill.coin} at tid ${fill.tid}`)
    at.set(fill.coin, fill.side === 'B' ? before.plus(fill.sz) : before.minus(fill.sz))
  }
  for (const [coin, szi] of at) {
    assert.equal(positions.find((position) => position.coin === coin)?.szi ?? '0', szi.toFixed())
  }
}

function checkOrders(venue: Venue, user: string): void {
  const { orders, fills } = venue.oracle.ledger(user)
  const live = new Set(venue.account.openOrders(user).map(({ oid }) => oid))
  for (const { order: shown, filledSz, statuses } of orders) {
    const filled = fills.filter(({ oid }) => oid === shown.oid).reduce((sum, { sz }) => sum.plus(sz), new Decimal(0))
    assert.equal(filledSz, filled.toFixed(), `fills of oid ${shown.oid}`)
    assert.ok(filled.lte(shown.origSz), `oid ${shown.oid} is not overfilled`)
    assert.equal(live.has(shown.oid), ['open', 'triggered'].includes(statuses.at(-1)?.status ?? ''), `oid ${shown.oid}`)
  }
}

function checkBook(venue: Venue): void {
  for (const coin of COINS) {
    assert.equal(venue.oracle.netPosition(coin), '0')
    const book = venue.market.book(coin)
    const [bid, ask] = [book?.bids[0], book?.asks[0]]
    if (bid !== undefined && ask !== undefined) assert.ok(decimal(bid.px).lt(ask.px), `${coin} book is crossed`)
  }
}

function run(steps: readonly Step[]): Desk {
  const desk = openDesk({ quotes: { levels: 3, levelUsd: '200000' } })
  for (const act of steps) act(desk)
  return desk
}

test('after any history money adds up exactly, chains are whole, positions sum to zero, books are sane', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
      const { venue } = run(steps)
      for (const user of USERS) {
        checkMoney(venue, user)
        checkChains(venue, user)
        checkOrders(venue, user)
      }
      checkBook(venue)
    }),
    { numRuns: 120 },
  )
})

test('the same calls give the same venue, to the byte, and the same events', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
      const [first, second] = [run(steps), run(steps)]
      const shot = ({ venue, events }: Desk): string =>
        JSON.stringify([USERS.map((user) => venue.oracle.ledger(user)), events])
      assert.equal(shot(first), shot(second))
    }),
    { numRuns: 25 },
  )
})

test('the random histories reach what they are meant to shake', () => {
  const seen = new Set<string>()
  for (const steps of fc.sample(fc.array(step, { minLength: 40, maxLength: 60 }), { numRuns: 150, seed: 11 })) {
    const { venue } = run(steps)
    for (const user of USERS) {
      const { orders, fills, funding } = venue.oracle.ledger(user)
      for (const { statuses } of orders) for (const { status } of statuses) seen.add(status)
      for (const { dir, crossed } of fills) seen.add(dir).add(crossed ? 'taker' : 'maker')
      if (funding.length > 0) seen.add('funding')
    }
  }
  const meant = `maker taker funding filled canceled triggered liquidatedCanceled reduceOnlyCanceled selfTradeCanceled
    siblingFilledCanceled perpMarginRejected badAloPxRejected iocCancelRejected`.split(/\s+/)
  meant.push('Open Long', 'Close Short', 'Long > Short', 'Short > Long', 'Auto-Deleveraging')
  for (const mode of ['Cross', 'Isolated']) meant.push(`Liquidated ${mode} Long`, `Liquidated ${mode} Short`)
  assert.deepEqual(
    meant.filter((name) => !seen.has(name)),
    [],
  )
})
