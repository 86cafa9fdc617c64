/** Episodes: flat to flat from fills, with what is missing said. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { buildEpisodes } from '#domain/build-episodes.ts'
import type { EpisodeOptions } from '#domain/episode-options.ts'
import { type Decimal, ZERO, decimal, decimalString, sumDecimals } from '#domain/decimal.ts'
import { hyperliquidEntry } from '#domain/entry-rule.ts'
import type { Episode } from '#domain/episode.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import { SIZE_DECIMALS, type Trade, fillOf, fillsOf, shuffled, trades } from './trades.ts'

const d = decimalString
const keys = fc.array(fc.integer(), { minLength: 1, maxLength: 60 })
const venueRule: EpisodeOptions = { entryRule: hyperliquidEntry(SIZE_DECIMALS), priceTick: d('0.0001') }

function episodesOf(fills: readonly Fill[], options: EpisodeOptions = venueRule): Episode[] {
  return buildEpisodes(chainFills(fills, { evidence: 'time' }), options)
}

function only(episodes: readonly Episode[]): Episode {
  assert.equal(episodes.length, 1)
  return episodes[0] as Episode
}

function trade(lots: number, ticks: number): Trade {
  return { lots, ticks, later: true }
}

function feeSum(episodes: readonly Episode[]): Decimal {
  return sumDecimals(episodes.flatMap((episode) => Object.values(episode.fees)))
}

test('one round trip: averages, cash, fees of entry and exit, net (B19)', () => {
  const fills = fillsOf([trade(200, 1_000_000), trade(100, 1_030_000), trade(-300, 1_100_000)])
  const episode = only(episodesOf(fills))
  assert.deepEqual(
    [episode.side, episode.status, episode.coverage, episode.openedSize, episode.closedSize, episode.maxSize],
    ['long', 'closed', 'complete', '3', '3', '3'],
  )
  assert.deepEqual([episode.entryAverage, episode.exitAverage], ['101', '110'])
  assert.deepEqual([episode.grossVenue, episode.grossRecomputed, episode.grossCash], ['27', '27', '27'])
  assert.deepEqual(episode.fees, { USDC: '0.28485' })
  assert.equal(episode.net, '26.71515')
  assert.deepEqual([episode.openedAt, episode.closedAt], [fills[0]?.time, fills[2]?.time])
})

test('the entry stays where it was when part of a position is closed', () => {
  const episode = only(episodesOf(fillsOf([trade(100, 100), trade(-50, 300), trade(-50, 200)])))
  assert.equal(episode.check.differences.length, 0)
  assert.deepEqual([episode.entryAverage, episode.exitAverage, episode.grossCash], ['0.01', '0.025', '0.015'])
})

test('a short earns when the price falls', () => {
  const episode = only(episodesOf(fillsOf([trade(-100, 2_000_000), trade(100, 1_500_000)])))
  assert.deepEqual([episode.side, episode.grossCash, episode.grossVenue], ['short', '50', '50'])
})

test('a fill through zero ends one episode and opens the next, sharing the fee (C14)', () => {
  const fills = fillsOf([trade(100, 1_000_000), trade(-300, 1_200_000), trade(200, 1_100_000)])
  const episodes = episodesOf(fills)
  assert.deepEqual(
    episodes.map(({ side, openedSize, closedSize, grossVenue, status }) => [
      side,
      openedSize,
      closedSize,
      grossVenue,
      status,
    ]),
    [
      ['long', '1', '1', '20', 'closed'],
      ['short', '2', '2', '20', 'closed'],
    ],
  )
  assert.equal(episodes[0]?.closedAt, episodes[1]?.openedAt)
  assert.notEqual(episodes[0]?.episodeId, episodes[1]?.episodeId)
  assert.equal(feeSum(episodes).toFixed(), sumDecimals(fills.map((fill) => fill.fee)).toFixed())
})

test("the venue's closed PnL is recomputed to the last digit for any history, in any order of delivery", () => {
  fc.assert(
    fc.property(trades, keys, (history, order) => {
      const fills = fillsOf(history.map((each) => ({ ...each, later: true })))
      for (const episode of episodesOf(shuffled(fills, order))) {
        assert.deepEqual(episode.check.differences, [])
        assert.equal(episode.grossRecomputed, episode.grossVenue)
        assert.equal(episode.coverage, 'complete')
      }
    }),
  )
})

test('whatever is missing, doubled or shuffled, sums over episodes equal sums over fills', () => {
  fc.assert(
    fc.property(trades, keys, fc.array(fc.boolean(), { maxLength: 60 }), (history, order, lost) => {
      const fills = fillsOf(history).filter((_, index) => lost[index] !== true)
      const episodes = episodesOf(shuffled([...fills, ...fills.slice(0, 3)], order))
      const gross = sumDecimals(episodes.map((episode) => episode.grossVenue))
      assert.equal(gross.toFixed(), sumDecimals(fills.map((fill) => fill.closedPnl)).toFixed())
      assert.equal(feeSum(episodes).toFixed(), sumDecimals(fills.map((fill) => fill.fee)).toFixed())
      const seen = new Set(episodes.flatMap((episode) => episode.legs.map((leg) => leg.fill.fillId)))
      assert.equal(seen.size, fills.length)
      for (const episode of episodes) assertAddsUp(episode)
    }),
  )
})

function assertAddsUp(episode: Episode): void {
  const held = decimal(episode.openedSize).minus(episode.closedSize)
  if (episode.coverage === 'complete') assert.equal(held.toFixed(), episode.residual)
  else assert.ok(episode.partialReasons.length > 0)
  if (episode.partialReasons.includes('begins-inside')) assert.equal(episode.entryAverage, null)
  if (episode.coverage === 'partial') assert.equal(episode.grossCash, null)
}

test('a history that begins inside a position is partial with an unknown entry, until it is flat; it opens no other side (C13)', () => {
  const fills = fillsOf([trade(100, 50), trade(100, 60), trade(-200, 70), trade(10, 80), trade(-10, 90)]).slice(1)
  const [inherited, own] = episodesOf(fills)
  assert.deepEqual(inherited?.partialReasons, ['begins-inside'])
  assert.deepEqual([inherited?.entryAverage, inherited?.grossRecomputed, inherited?.check.unknown], [null, null, 1])
  assert.deepEqual([inherited?.maxSize, inherited?.side, inherited?.residual], ['2', 'long', '0'])
  assert.deepEqual([own?.coverage, own?.side], ['complete', 'long'])
})

test('a gap on the same side makes one partial episode, a gap across zero ends it and begins another', () => {
  const all = fillsOf([trade(100, 50), trade(100, 60), trade(-50, 70), trade(-150, 70), trade(30, 90), trade(-30, 95)])
  const [inside] = episodesOf(all.filter((_, index) => index !== 1))
  assert.deepEqual([inside?.partialReasons, inside?.check.unknown, inside?.gaps.length], [['gap-inside'], 2, 1])
  const [cut, next] = episodesOf(all.filter((_, index) => index !== 3))
  assert.deepEqual(
    [cut?.partialReasons, cut?.status, cut?.closedAt, cut?.residual],
    [['ends-in-gap'], 'closed', null, '1.5'],
  )
  assert.deepEqual([next?.coverage, next?.status, next?.openedSize], ['complete', 'closed', '0.3'])
})

test('a position found after a flat moment begins inside, with the gap that hides its entry', () => {
  const all = fillsOf([trade(100, 50), trade(-100, 60), trade(300, 70), trade(-300, 80)])
  const [whole, found] = episodesOf(all.filter((_, index) => index !== 2))
  assert.deepEqual([whole?.coverage, whole?.gaps.length], ['complete', 0])
  assert.deepEqual([found?.partialReasons, found?.gaps.map(({ seen }) => seen)], [['begins-inside'], ['3']])
})

test('differences among fills of one instant are put down to their open order', () => {
  // From 5: a loop down and a loop up in one instant. Which came first decides the entry the other closes against.
  const loops = [-100, 100, 200, -200].map((lots, index): Trade => ({
    lots,
    ticks: 1_000_000 + lots * 1000,
    later: index === 0,
  }))
  const fills = fillsOf([trade(500, 1_000_000), ...loops])
  const differences = episodesOf(fills).flatMap((episode) => episode.check.differences)
  assert.ok(differences.length > 0)
  assert.ok(differences.every(({ cause }) => cause === 'tied-order'))
})

test('missing fills that hide a reversal leave two partial episodes', () => {
  const all = fillsOf([trade(100, 50), trade(-300, 60), trade(200, 70)])
  const [long, short] = episodesOf([all[0] as Fill, all[2] as Fill])
  assert.deepEqual([long?.side, long?.partialReasons], ['long', ['ends-in-gap']])
  assert.deepEqual([short?.side, short?.partialReasons, short?.status], ['short', ['begins-inside'], 'closed'])
})

test('a residual of at most the dust size is dust, not an open position (B18, E3)', () => {
  const fills = fillsOf([trade(100, 50), trade(-99, 60)])
  const dusty = only(episodesOf(fills, { ...venueRule, dustSize: d('0.01') }))
  assert.deepEqual([dusty.status, dusty.residual, dusty.closedAt], ['dust', '0.01', fills[1]?.time])
  assert.equal(only(episodesOf(fills, venueRule)).status, 'open')
  const opening = only(episodesOf(fillsOf([trade(1, 50)]), { ...venueRule, dustSize: d('0.01') }))
  assert.equal(opening.status, 'open')
})

test('an opening fill with PnL and a closing fill with wrong PnL are named', () => {
  const [open, close] = fillsOf([trade(100, 1_000_000), trade(-100, 1_200_000)]) as [Fill, Fill]
  const cause = (fills: Fill[]): string[] =>
    episodesOf(fills).flatMap((episode) => episode.check.differences.map((each) => each.cause))
  assert.deepEqual(cause([{ ...open, closedPnl: d('1') }, close]), ['opening-pnl'])
  assert.deepEqual(cause([open, { ...close, closedPnl: d('19') }]), ['unexplained'])
  assert.deepEqual(cause([open, { ...close, closedPnl: d('19.99995') }]), ['entry-grid'])
  assert.deepEqual(cause([open, close]), [])
})

test('a difference within the resolution of the input is equal', () => {
  const [open, close] = fillsOf([trade(100, 1_000_000), trade(-100, 1_200_000)]) as [Fill, Fill]
  const rounded = [open, { ...close, closedPnl: d('20.000005') }]
  const half = decimal(d('0.000005'))
  assert.equal(only(episodesOf(rounded, { ...venueRule, resolution: () => half })).check.equal, 1)
  assert.equal(only(episodesOf(rounded, { ...venueRule, resolution: () => ZERO })).check.differences.length, 1)
})

test('a fee in another token is kept apart and leaves net unknown (F1, F5)', () => {
  const [open, close] = fillsOf([trade(100, 1_000_000), trade(-100, 1_200_000)]) as [Fill, Fill]
  const episode = only(episodesOf([open, { ...close, fee: d('0.5'), feeToken: 'USDH' }]))
  assert.deepEqual(episode.fees, { USDC: open.fee, USDH: '0.5' })
  assert.equal(episode.net, null)
  const rebate = only(episodesOf([open, { ...close, fee: d('-0.01') }]))
  assert.equal(rebate.net, decimal(d('20.01')).minus(open.fee).toFixed())
})

test('exit orders are listed with their size and with what the venue forced (D9, B17)', () => {
  const [open, first, second] = fillsOf([trade(100, 100), trade(-40, 110), trade(-60, 90)]) as [Fill, Fill, Fill]
  const episode = only(
    episodesOf([
      open,
      { ...first, venueOrderId: '77' },
      { ...second, venueOrderId: '88', liquidation: { method: 'market', markPrice: d('0.009') } },
    ]),
  )
  const late = only(
    episodesOf([open, first, { ...second, venueOrderId: first.venueOrderId, direction: 'Auto-Deleveraging' }]),
  )
  assert.deepEqual(late.exitOrders, [
    { venueOrderId: first.venueOrderId, clientOrderId: null, size: '1', forcedBy: 'adl' },
  ])
  assert.deepEqual(episode.exitOrders, [
    { venueOrderId: '77', clientOrderId: null, size: '0.4', forcedBy: null },
    { venueOrderId: '88', clientOrderId: null, size: '0.6', forcedBy: 'liquidation' },
  ])
})

test('no fills, no episodes', () => {
  assert.deepEqual(episodesOf([]), [])
  assert.equal(fillOf({}).startPosition, '0')
})
