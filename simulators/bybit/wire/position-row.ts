/** Positions and wallets as REST and the stream write them (reference sections B5 and B9). */
import { Decimal, type DecimalString } from '#domain/decimal.ts'
import { MAINTENANCE_RATE } from '#simulators/bybit/engine/account.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import type { CoinBalance, PositionView } from '#simulators/bybit/engine/record.ts'
import { price } from './number.ts'

/** A position with what its row needs beside it. */
export interface PositionSubject {
  readonly instrument: Instrument
  readonly position: PositionView
  /** USDT. */
  readonly mark: DecimalString
}

/** A row of `position/list`. */
export function positionRow(subject: PositionSubject): object {
  const row = fields(subject)
  const byMark = { positionMMByMp: row.positionMM, positionIMByMp: row.positionIM }
  return { ...row, ...byMark, avgPrice: subject.position.avgPrice, mmrSysUpdateTime: '' }
}

/** A row of the `position` topic: entryPrice where REST says avgPrice. */
export function positionPush(subject: PositionSubject): object {
  const { position } = subject
  return { ...fields(subject), entryPrice: position.avgPrice, category: 'linear', mmrSysUpdatedTime: '' }
}

function fields({ instrument, position, mark }: PositionSubject) {
  const size = new Decimal(position.size)
  const value = size.abs().times(mark)
  const open = size.isNegative() ? new Decimal(position.cost).minus(value) : value.minus(position.cost)
  const margin = text8(value.div(position.leverage))
  const maintenance = text8(value.times(MAINTENANCE_RATE))
  return {
    positionIdx: 0,
    riskId: 1,
    riskLimitValue: '2000000',
    symbol: position.symbol,
    side: size.isZero() ? '' : size.isNegative() ? 'Sell' : 'Buy',
    size: size.abs().toFixed(),
    positionValue: text8(new Decimal(position.cost)),
    tradeMode: 0,
    positionStatus: 'Normal',
    autoAddMargin: 0,
    adlRankIndicator: size.isZero() ? 0 : 2,
    leverage: position.leverage,
    breakEvenPrice: '',
    positionBalance: margin,
    markPrice: price(instrument, mark),
    liqPrice: '',
    bustPrice: '',
    positionMM: maintenance,
    positionIM: margin,
    tpslMode: 'Full',
    takeProfit: exitText(instrument, position.takeProfit),
    stopLoss: exitText(instrument, position.stopLoss),
    trailingStop: '0',
    unrealisedPnl: text8(open),
    curRealisedPnl: position.curRealisedPnl,
    cumRealisedPnl: position.cumRealisedPnl,
    seq: position.seq,
    isReduceOnly: position.isReduceOnly,
    leverageSysUpdatedTime: '',
    sessionAvgPrice: '',
    createdTime: String(position.createdTime),
    updatedTime: String(position.updatedTime),
  }
}

/** The account of `account/wallet-balance` and of the `wallet` topic. Account totals are in USD. */
export function walletRow(balances: readonly CoinBalance[]): object {
  const usdt = balances.find(({ coin }) => coin === 'USDT')
  const sum = (pick: (balance: CoinBalance) => DecimalString) =>
    balances.reduce((total, balance) => total.plus(pick(balance)), new Decimal(0))
  const equity = sum(({ usdValue }) => usdValue)
  const initial = sum(({ orderMargin }) => orderMargin).plus(usdt?.positionMargin ?? 0)
  const maintenance = new Decimal(usdt?.maintenanceMargin ?? 0)
  const open = new Decimal(usdt?.unrealisedPnl ?? 0)
  const rate = (part: Decimal) => (equity.gt(0) ? part.div(equity).toDecimalPlaces(4).toFixed() : '0')
  return {
    totalEquity: text8(equity),
    accountIMRate: rate(initial),
    totalMarginBalance: text8(equity),
    totalInitialMargin: text8(initial),
    accountType: 'UNIFIED',
    totalAvailableBalance: text8(equity.minus(initial)),
    accountMMRate: rate(maintenance),
    totalPerpUPL: text8(open),
    totalWalletBalance: text8(equity.minus(open)),
    accountLTV: '0',
    totalMaintenanceMargin: text8(maintenance),
    coin: balances.map(coinRow),
  }
}

function coinRow(balance: CoinBalance): object {
  return {
    availableToBorrow: '',
    bonus: '0',
    accruedInterest: '0',
    availableToWithdraw: '',
    totalOrderIM: balance.orderMargin,
    equity: balance.equity,
    totalPositionMM: balance.maintenanceMargin,
    usdValue: balance.usdValue,
    unrealisedPnl: balance.unrealisedPnl,
    collateralSwitch: true,
    spotHedgingQty: '0',
    borrowAmount: '0',
    totalPositionIM: balance.positionMargin,
    walletBalance: balance.walletBalance,
    cumRealisedPnl: balance.cumRealisedPnl,
    locked: '0',
    marginCollateral: true,
    coin: balance.coin,
  }
}

function exitText(instrument: Instrument, value: string): string {
  return value === '0' ? '' : price(instrument, value)
}

function text8(value: Decimal): string {
  return value.toDecimalPlaces(8).toFixed()
}
