/** clearinghouseState as plain data. Money is exact; only ratios and requirements, which divide, are rounded to micro-USDC. */
import { Decimal, ZERO, toDecimalString } from '#domain/decimal.ts'
import { leverageOf } from './account.ts'
import { isolatedEquity, liquidationPrice, marginFigures, markOf, withdrawable, type MarginFigures } from './margin.ts'
import { entryPrice, unrealized } from './position.ts'
import { priceDecimals } from './price-rules.ts'
import type { ClearinghouseView, PositionView } from './record.ts'
import type { AccountState, Position, VenueState } from './state.ts'

const micro = (value: Decimal): ReturnType<typeof toDecimalString> => toDecimalString(value.toDecimalPlaces(6))

/** USD of cash left if every position were valued at nothing: account value minus signed position values. */
function rawUsd(state: VenueState, account: AccountState, crossOnly: boolean, value: Decimal): Decimal {
  let raw = value
  for (const [coin, position] of account.positions) {
    if (crossOnly && !leverageOf(account, position.instrument).isCross) continue
    raw = raw.minus(position.szi.times(markOf(state, coin)))
  }
  return raw
}

export function clearinghouseView(state: VenueState, account: AccountState): ClearinghouseView {
  const figures = marginFigures(state, account)
  const held = [...account.positions.values()]
    .filter((position) => !position.szi.isZero())
    .toSorted((left, right) => left.instrument.asset - right.instrument.asset)
  return {
    marginSummary: {
      accountValue: toDecimalString(figures.accountValue),
      totalNtlPos: toDecimalString(figures.notional),
      totalRawUsd: toDecimalString(rawUsd(state, account, false, figures.accountValue)),
      totalMarginUsed: micro(figures.marginUsed),
    },
    crossMarginSummary: {
      accountValue: toDecimalString(figures.crossValue),
      totalNtlPos: toDecimalString(figures.crossNotional),
      totalRawUsd: toDecimalString(rawUsd(state, account, true, figures.crossValue)),
      totalMarginUsed: micro(figures.crossMarginUsed),
    },
    crossMaintenanceMarginUsed: micro(figures.crossMaintenance),
    withdrawable: toDecimalString(withdrawable(figures).toDecimalPlaces(6, Decimal.ROUND_DOWN)),
    positions: held.map((position) => positionView(state, account, position, figures)),
    time: state.time,
  }
}

function positionView(
  state: VenueState,
  account: AccountState,
  position: Position,
  figures: MarginFigures,
): PositionView {
  const { instrument, szi, cost } = position
  const mark = markOf(state, instrument.name)
  const value = szi.abs().times(mark)
  const gain = unrealized(position, mark)
  const { isCross, value: leverage } = leverageOf(account, instrument)
  const margin = isCross ? value.div(leverage) : isolatedEquity(position, mark)
  const initial = cost.div(leverage)
  const liquidation = liquidationPrice(state, account, position, figures)
  return {
    coin: instrument.name,
    szi: toDecimalString(szi),
    leverage: isCross
      ? { type: 'cross', value: leverage }
      : { type: 'isolated', value: leverage, rawUsd: toDecimalString(margin.minus(szi.times(mark))) },
    entryPx: toDecimalString(entryPrice(position, instrument.szDecimals)),
    positionValue: toDecimalString(value),
    unrealizedPnl: toDecimalString(gain),
    returnOnEquity: micro(initial.isZero() ? ZERO : gain.div(initial)),
    liquidationPx:
      liquidation === null ? null : toDecimalString(liquidation.toDecimalPlaces(priceDecimals(instrument.szDecimals))),
    marginUsed: micro(margin),
    maxLeverage: instrument.maxLeverage,
    cumFunding: {
      allTime: toDecimalString(position.cumFundingAllTime),
      sinceOpen: toDecimalString(position.cumFundingSinceOpen),
      sinceChange: toDecimalString(position.cumFundingSinceChange),
    },
  }
}
