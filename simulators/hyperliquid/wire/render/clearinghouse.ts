/** Perpetual balances and positions as clearinghouseState prints them (reference section 4.1). */
import type {
  ClearinghouseView,
  LeverageView,
  MarginSummary,
  PositionView,
} from '#simulators/hyperliquid/engine/record.ts'
import { wireNumber, wireNumberOrNull } from './number.ts'

/** clearinghouseState. */
export function clearinghouseState(view: ClearinghouseView): object {
  return {
    marginSummary: marginSummary(view.marginSummary),
    crossMarginSummary: marginSummary(view.crossMarginSummary),
    crossMaintenanceMarginUsed: wireNumber(view.crossMaintenanceMarginUsed),
    withdrawable: wireNumber(view.withdrawable),
    assetPositions: view.positions.map((position) => ({ type: 'oneWay', position: positionRow(position) })),
    time: view.time,
  }
}

function marginSummary(summary: MarginSummary): object {
  return {
    accountValue: wireNumber(summary.accountValue),
    totalNtlPos: wireNumber(summary.totalNtlPos),
    totalRawUsd: wireNumber(summary.totalRawUsd),
    totalMarginUsed: wireNumber(summary.totalMarginUsed),
  }
}

function positionRow(position: PositionView): object {
  return {
    coin: position.coin,
    szi: wireNumber(position.szi),
    leverage: leverage(position.leverage),
    entryPx: wireNumber(position.entryPx),
    positionValue: wireNumber(position.positionValue),
    unrealizedPnl: wireNumber(position.unrealizedPnl),
    returnOnEquity: wireNumber(position.returnOnEquity),
    liquidationPx: wireNumberOrNull(position.liquidationPx),
    marginUsed: wireNumber(position.marginUsed),
    maxLeverage: position.maxLeverage,
    cumFunding: {
      allTime: wireNumber(position.cumFunding.allTime),
      sinceOpen: wireNumber(position.cumFunding.sinceOpen),
      sinceChange: wireNumber(position.cumFunding.sinceChange),
    },
  }
}

function leverage(view: LeverageView): object {
  return view.type === 'cross' ? view : { type: view.type, value: view.value, rawUsd: wireNumber(view.rawUsd) }
}
