/** Instruments, prices and books as the wire prints them (reference section 4.2). */
import type {
  BookLevel,
  BookSnapshot,
  MarketContext,
  PerpInstrument,
  SpotPair,
} from '#simulators/hyperliquid/engine/instrument.ts'
import type { MarketReads } from '#simulators/hyperliquid/engine/venue.ts'
import { wireNumber, wireNumberOrNull } from './number.ts'

/** meta: the universe of perpetuals. Every instrument has a one-tier margin table named by its leverage. */
export function perpMeta(perps: readonly PerpInstrument[]): object {
  const leverages = [...new Set(perps.map((perp) => perp.maxLeverage))].toSorted((a, b) => a - b)
  return {
    universe: perps.map((perp) => ({
      szDecimals: perp.szDecimals,
      name: perp.name,
      maxLeverage: perp.maxLeverage,
      marginTableId: perp.maxLeverage,
      ...(perp.onlyIsolated === true ? { onlyIsolated: true } : {}),
      ...(perp.isDelisted === true ? { isDelisted: true } : {}),
    })),
    marginTables: leverages.map((maxLeverage) => [
      maxLeverage,
      { description: '', marginTiers: [{ lowerBound: '0.0', maxLeverage }] },
    ]),
    collateralToken: 0,
  }
}

/** One row of metaAndAssetCtxs and of the activeAssetCtx stream. */
export function assetContext(context: MarketContext, book: BookSnapshot | undefined): object {
  const bid = book?.bids[0]
  const ask = book?.asks[0]
  return {
    funding: wireNumber(context.funding),
    openInterest: wireNumber(context.openInterest),
    prevDayPx: wireNumber(context.prevDayPx),
    dayNtlVlm: wireNumber(context.dayNtlVlm),
    premium: context.midPx === null ? null : '0.0',
    oraclePx: wireNumber(context.oraclePx),
    markPx: wireNumber(context.markPx),
    midPx: wireNumberOrNull(context.midPx),
    impactPxs: bid === undefined || ask === undefined ? null : [wireNumber(bid.px), wireNumber(ask.px)],
    dayBaseVlm: wireNumber(context.dayBaseVlm),
  }
}

/** spotMeta: tokens in order of first mention, USDC first. */
export function spotMeta(pairs: readonly SpotPair[]): object {
  const tokens = new Map<string, { szDecimals: number; index: number }>([['USDC', { szDecimals: 8, index: 0 }]])
  for (const pair of pairs) {
    if (!tokens.has(pair.quote)) tokens.set(pair.quote, { szDecimals: 8, index: tokens.size })
    if (!tokens.has(pair.base)) tokens.set(pair.base, { szDecimals: pair.szDecimals, index: tokens.size })
  }
  const indexOf = (token: string) => tokens.get(token)?.index ?? 0
  return {
    universe: pairs.map((pair) => ({
      tokens: [indexOf(pair.base), indexOf(pair.quote)],
      name: pair.name,
      index: pair.index,
      isCanonical: pair.name.includes('/'),
    })),
    tokens: [...tokens].map(([name, { szDecimals, index }]) => ({
      name,
      szDecimals,
      weiDecimals: 8,
      index,
      tokenId: `0x${index.toString(16).padStart(32, '0')}`,
      isCanonical: true,
      evmContract: null,
      fullName: null,
      deployerTradingFeeShare: '0.0',
    })),
  }
}

/** The contexts beside spotMeta. Spot is listed but not traded here, so prices are those last known or zero. */
export function spotContexts(pairs: readonly SpotPair[], market: MarketReads): object[] {
  return pairs.map((pair) => {
    const context = market.context(pair.name)
    return {
      prevDayPx: context === undefined ? '0.0' : wireNumber(context.prevDayPx),
      dayNtlVlm: '0.0',
      markPx: context === undefined ? '0.0' : wireNumber(context.markPx),
      midPx: null,
      circulatingSupply: '0.0',
      coin: pair.name,
      totalSupply: '0.0',
      dayBaseVlm: '0.0',
    }
  })
}

/** l2Book. */
export function l2Book(book: BookSnapshot): object {
  return { coin: book.coin, time: book.time, levels: [book.bids.map(levelRow), book.asks.map(levelRow)] }
}

/** bbo stream: best bid and ask, null for an empty side. */
export function bestBidAsk(book: BookSnapshot): object {
  const [bid, ask] = [book.bids[0], book.asks[0]]
  return {
    coin: book.coin,
    time: book.time,
    bbo: [bid === undefined ? null : levelRow(bid), ask === undefined ? null : levelRow(ask)],
  }
}

/** allMids. */
export function allMids(market: MarketReads): Record<string, string> {
  return Object.fromEntries([...market.mids()].map(([coin, px]) => [coin, wireNumber(px)]))
}

function levelRow(level: BookLevel): object {
  return { px: wireNumber(level.px), sz: wireNumber(level.sz), n: level.n }
}
