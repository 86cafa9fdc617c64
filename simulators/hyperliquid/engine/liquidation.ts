/**
 * Liquidation and auto-deleveraging. Below maintenance margin an account's orders are cancelled and its positions sold into the book;
 * below two thirds of it, or when the book has too little, the house takes the rest at the price that leaves the account nothing
 * (its collateral goes with the position, as a worse price instead of a transfer: a choice that keeps every dollar in a fill row).
 */
import { Decimal, toDecimalString } from '#domain/decimal.ts'
import { accountOf, leverageOf } from './account.ts'
import { cancelAll } from './cancel-action.ts'
import type { TradeNature } from './fill.ts'
import { isolatedEquity, maintenanceMargin, marginFigures } from './margin.ts'
import { matchOrder, recordTrade } from './match.ts'
import { closeOrder, recordOrder } from './order-record.ts'
import { coinOf } from './place-order.ts'
import { priceDecimals } from './price-rules.ts'
import { refillQuotes, refreshQuotes } from './quotes.ts'
import { sweepReduceOnly } from './reduce-only.ts'
import type { AccountState, CoinState, Order, Position, VenueState } from './state.ts'
import { currentHash, emit } from './step.ts'

export type LiquidationMethod = 'market' | 'backstop'

/** Checks every account with a position in the coin and liquidates those below maintenance. */
export function liquidateHolders(state: VenueState, coin: CoinState): void {
  for (const address of coin.holders) {
    const account = accountOf(state, address)
    const position = account.positions.get(coin.instrument.name)
    if (position === undefined || position.szi.isZero()) continue
    if (leverageOf(account, position.instrument).isCross) liquidateCrossIfDue(state, account)
    else liquidateIsolatedIfDue(state, account, position, coin)
  }
}

function liquidateCrossIfDue(state: VenueState, account: AccountState): void {
  const before = marginFigures(state, account)
  if (before.crossValue.gte(before.crossMaintenance)) return
  const crossPositions = [...account.positions.values()].filter(
    (position) => !position.szi.isZero() && leverageOf(account, position.instrument).isCross,
  )
  announce(state, account, crossPositions, before.crossValue, 'Cross')
  cancelAll(state, account, 'liquidatedCanceled')
  for (const method of ['market', 'backstop'] as const) {
    for (const position of crossPositions) {
      if (position.szi.isZero()) continue
      const figures = marginFigures(state, account)
      if (figures.crossValue.gte(figures.crossMaintenance)) return
      const deep = figures.crossValue.lt(figures.crossMaintenance.times(2).div(3))
      if (method === 'market' && deep) continue
      forceClose(state, account, position, method)
    }
  }
}

function liquidateIsolatedIfDue(state: VenueState, account: AccountState, position: Position, coin: CoinState): void {
  const equity = isolatedEquity(position, coin.mark)
  const maintenance = maintenanceMargin(position.szi.abs().times(coin.mark), position.instrument)
  if (equity.gte(maintenance)) return
  announce(state, account, [position], equity, 'Isolated')
  cancelAll(state, account, 'liquidatedCanceled', coin.instrument.name)
  if (equity.gte(maintenance.times(2).div(3))) forceClose(state, account, position, 'market')
  if (!position.szi.isZero()) forceClose(state, account, position, 'backstop')
}

/** Liquidates one position on the operator's word, whatever the margin says. */
export function liquidatePosition(
  state: VenueState,
  account: AccountState,
  position: Position,
  method: LiquidationMethod,
): void {
  const coin = coinOf(state, position.instrument.name)
  const isCross = leverageOf(account, position.instrument).isCross
  const equity = isCross ? marginFigures(state, account).crossValue : isolatedEquity(position, coin.mark)
  announce(state, account, [position], equity, isCross ? 'Cross' : 'Isolated')
  cancelAll(state, account, 'liquidatedCanceled', coin.instrument.name)
  forceClose(state, account, position, method)
}

/** Takes up to `sz` contracts off the position at the mark, against the house, without a fee. */
export function deleverage(state: VenueState, account: AccountState, position: Position, sz: Decimal): void {
  const coin = coinOf(state, position.instrument.name)
  const closing = Decimal.min(sz, position.szi.abs())
  const nature: TradeNature = {
    liquidation: {
      liquidatedUser: state.house.address,
      markPx: toDecimalString(coin.mark),
      method: 'backstop',
    },
    dir: { user: account.address, text: 'Auto-Deleveraging' },
    freeOfFee: true,
  }
  closeAgainstHouse(state, account, position, { sz: closing, px: coin.mark, nature })
}

function announce(
  state: VenueState,
  account: AccountState,
  positions: readonly Position[],
  accountValue: Decimal,
  leverageType: 'Cross' | 'Isolated',
): void {
  let notional = new Decimal(0)
  for (const { szi, instrument } of positions) {
    notional = notional.plus(szi.abs().times(coinOf(state, instrument.name).mark))
  }
  const ntl = toDecimalString(notional)
  const value = toDecimalString(accountValue)
  const update = {
    time: state.time,
    hash: currentHash(state),
    delta: {
      type: 'liquidation' as const,
      liquidatedNtlPos: ntl,
      accountValue: value,
      leverageType,
      liquidatedPositions: positions.map(({ szi, instrument }) => ({
        coin: instrument.name,
        szi: toDecimalString(szi),
      })),
    },
    effect: toDecimalString(new Decimal(0)),
  }
  account.updates.push(update)
  const notice = {
    lid: state.nextLid++,
    liquidator: state.house.address,
    liquidated_user: account.address,
    liquidated_ntl_pos: ntl,
    liquidated_account_value: value,
  }
  emit(state, () => ({ type: 'ledgerUpdate', user: account.address, update }))
  emit(state, () => ({ type: 'liquidation', user: account.address, notice }))
}

function forceClose(state: VenueState, account: AccountState, position: Position, method: LiquidationMethod): void {
  const coin = coinOf(state, position.instrument.name)
  const isCross = leverageOf(account, position.instrument).isCross
  const side = position.szi.isNegative() ? 'Short' : 'Long'
  const nature: TradeNature = {
    liquidation: { liquidatedUser: account.address, markPx: toDecimalString(coin.mark), method },
    dir: { user: account.address, text: `Liquidated ${isCross ? 'Cross' : 'Isolated'} ${side}` },
    ...(method === 'backstop' ? { freeOfFee: true } : {}),
  }
  if (method === 'backstop') {
    const px = bankruptcyPrice(state, account, position, coin)
    closeAgainstHouse(state, account, position, { sz: position.szi.abs(), px, nature })
    return
  }
  refreshQuotes(state, coin)
  const order = venueOrder(state, account, position, position.szi.abs(), marketLimit(position, coin))
  matchOrder(state, coin, order, nature)
  closeOrder(state, order, order.filledSz.isZero() ? 'marketOrderNoLiquidityRejected' : 'filled')
  sweepReduceOnly(state, account, coin.instrument.name)
  if (!order.filledSz.isZero()) refillQuotes(state, coin)
}

/** As far through the book as an order may go. */
function marketLimit(position: Position, coin: CoinState): Decimal {
  return coin.mark.times(position.szi.isNegative() ? '1.8' : '0.2')
}

/** The price that uses up this position's share of the equity; at least one tick above zero. */
function bankruptcyPrice(state: VenueState, account: AccountState, position: Position, coin: CoinState): Decimal {
  const isCross = leverageOf(account, position.instrument).isCross
  const figures = marginFigures(state, account)
  const notional = position.szi.abs().times(coin.mark)
  const equity = isCross
    ? figures.crossValue.times(notional).div(figures.crossNotional)
    : isolatedEquity(position, coin.mark)
  const decimals = priceDecimals(position.instrument.szDecimals)
  const px = coin.mark.minus(equity.div(position.szi)).toDecimalPlaces(decimals, Decimal.ROUND_HALF_EVEN)
  return Decimal.max(px, new Decimal(10).pow(-decimals))
}

function venueOrder(
  state: VenueState,
  account: AccountState,
  position: Position,
  sz: Decimal,
  limitPx: Decimal,
): Order {
  const draft = {
    instrument: position.instrument,
    isBuy: position.szi.isNegative(),
    limitPx,
    sz,
    reduceOnly: true,
    tif: 'LiquidationMarket' as const,
    trigger: null,
    isPositionTpsl: false,
    cloid: null,
    builder: null,
  }
  return recordOrder(state, account, draft, { kind: 'venue' })
}

function closeAgainstHouse(
  state: VenueState,
  account: AccountState,
  position: Position,
  deal: { readonly sz: Decimal; readonly px: Decimal; readonly nature: TradeNature },
): void {
  const coin = coinOf(state, position.instrument.name)
  const order = venueOrder(state, account, position, deal.sz, deal.px)
  const draft = { ...order, isBuy: !order.isBuy, sz: deal.sz, reduceOnly: false, tif: 'Gtc' as const }
  const counter = recordOrder(state, state.house, draft, { kind: 'venue' })
  order.remaining = order.remaining.minus(deal.sz)
  recordTrade(state, coin, { taker: order, maker: counter, px: deal.px, sz: deal.sz, nature: deal.nature })
  closeOrder(state, order, 'filled')
  sweepReduceOnly(state, account, coin.instrument.name)
}
