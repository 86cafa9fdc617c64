/** Fills and public trades as the wire prints them (reference section 4.3). */
import type { Trade } from '#simulators/hyperliquid/engine/instrument.ts'
import type { Fill } from '#simulators/hyperliquid/engine/record.ts'
import { wireNumber } from './number.ts'

/** A row of userFills, userFillsByTime and the fill streams. */
export function fillRow(fill: Fill): object {
  return {
    coin: fill.coin,
    px: wireNumber(fill.px),
    sz: wireNumber(fill.sz),
    side: fill.side,
    time: fill.time,
    startPosition: wireNumber(fill.startPosition),
    dir: fill.dir,
    closedPnl: wireNumber(fill.closedPnl),
    hash: fill.hash,
    oid: fill.oid,
    crossed: fill.crossed,
    fee: wireNumber(fill.fee),
    tid: fill.tid,
    ...(fill.cloid === undefined ? {} : { cloid: fill.cloid }),
    ...(fill.liquidation === undefined
      ? {}
      : {
          liquidation: {
            liquidatedUser: fill.liquidation.liquidatedUser,
            markPx: wireNumber(fill.liquidation.markPx),
            method: fill.liquidation.method,
          },
        }),
    feeToken: fill.feeToken,
    ...(fill.builderFee === undefined ? {} : { builderFee: wireNumber(fill.builderFee) }),
    twapId: fill.twapId,
  }
}

/** A row of recentTrades and the trades stream. */
export function tradeRow(trade: Trade): object {
  return {
    coin: trade.coin,
    side: trade.side,
    px: wireNumber(trade.px),
    sz: wireNumber(trade.sz),
    time: trade.time,
    hash: trade.hash,
    tid: trade.tid,
    users: trade.users,
  }
}
