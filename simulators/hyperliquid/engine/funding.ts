/** Hourly funding: every holder pays position x oracle price x rate to, or receives it from, the other side. */
import { toDecimalString } from '#domain/decimal.ts'
import { accountOf, leverageOf } from './account.ts'
import { liquidateHolders } from './liquidation.ts'
import { truncateUsd } from './price-rules.ts'
import type { CoinState, Position, AccountState, VenueState } from './state.ts'
import { currentHash, emit, touchAccount } from './step.ts'

const HOUR_MS = 3_600_000
const HISTORY_KEPT = 5_000

/** The first full hour after a moment. */
export function nextHour(now: number): number {
  return (Math.floor(now / HOUR_MS) + 1) * HOUR_MS
}

/** Settles one hour for every coin at the venue's current time. */
export function settleFunding(state: VenueState): void {
  for (const coin of state.coins.values()) {
    const rate = toDecimalString(coin.fundingRate)
    coin.fundingHistory.push({ coin: coin.instrument.name, fundingRate: rate, premium: rate, time: state.time })
    if (coin.fundingHistory.length > 2 * HISTORY_KEPT) coin.fundingHistory.splice(0, HISTORY_KEPT)
    if (coin.fundingRate.isZero()) continue
    for (const address of coin.holders) {
      const account = accountOf(state, address)
      const position = account.positions.get(coin.instrument.name)
      if (position !== undefined) pay(state, account, position, coin)
    }
  }
  for (const coin of state.coins.values()) if (coin.holders.size > 0) liquidateHolders(state, coin)
}

function pay(state: VenueState, account: AccountState, position: Position, coin: CoinState): void {
  const usdc = truncateUsd(position.szi.times(coin.oracle).times(coin.fundingRate).neg())
  account.cash = account.cash.plus(usdc)
  // An isolated position pays from, and receives into, what is set apart for it.
  if (!leverageOf(account, position.instrument).isCross) position.isolatedMargin = position.isolatedMargin.plus(usdc)
  // The venue shows what was paid as positive.
  position.cumFundingAllTime = position.cumFundingAllTime.minus(usdc)
  position.cumFundingSinceOpen = position.cumFundingSinceOpen.minus(usdc)
  position.cumFundingSinceChange = position.cumFundingSinceChange.minus(usdc)
  const payment = {
    time: state.time,
    hash: currentHash(state),
    coin: coin.instrument.name,
    usdc: toDecimalString(usdc),
    szi: toDecimalString(position.szi),
    fundingRate: toDecimalString(coin.fundingRate),
    nSamples: null,
  }
  account.funding.push(payment)
  emit(state, () => ({ type: 'funding', user: account.address, payment }))
  touchAccount(state, account.address)
}
