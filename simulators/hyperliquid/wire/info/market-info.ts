/** /info on instruments, prices, books and trades (reference section 4.2). */
import { z } from 'zod'
import {
  allMids,
  assetContext,
  l2Book,
  perpMeta,
  spotContexts,
  spotMeta,
} from '#simulators/hyperliquid/wire/render/market.ts'
import { fundingRateRow } from '#simulators/hyperliquid/wire/render/ledger.ts'
import { tradeRow } from '#simulators/hyperliquid/wire/render/fill.ts'
import { absentable } from '#simulators/hyperliquid/wire/scalars.ts'
import { aggregateBook } from './book-aggregation.ts'
import { dex, timeRange } from './info-fields.ts'
import { type InfoContext, InfoFailure, infoRequest } from './info-request.ts'

const coin = z.string()

/** Aligned rows of metaAndAssetCtxs. */
export function assetContexts({ venue }: Pick<InfoContext, 'venue'>): object[] {
  return venue.market.contexts().map((context) => assetContext(context, venue.market.book(context.coin, 1)))
}

function refuseOtherDex(name: string | undefined): void {
  if (name !== undefined && name !== '') throw new InfoFailure(`no such dex: ${name}`)
}

/** Request types of this group. */
export const marketInfo = {
  meta: infoRequest({ schema: z.object({ dex }) }, (request, { venue }) => {
    refuseOtherDex(request.dex)
    return perpMeta(venue.market.perps())
  }),
  metaAndAssetCtxs: infoRequest({ schema: z.object({ dex }) }, (request, context) => {
    refuseOtherDex(request.dex)
    return [perpMeta(context.venue.market.perps()), assetContexts(context)]
  }),
  spotMeta: infoRequest({ schema: z.object({}) }, (_, { venue }) => spotMeta(venue.market.spotPairs())),
  spotMetaAndAssetCtxs: infoRequest({ schema: z.object({}) }, (_, { venue }) => {
    const pairs = venue.market.spotPairs()
    return [spotMeta(pairs), spotContexts(pairs, venue.market)]
  }),
  perpDexs: infoRequest({ schema: z.object({}) }, () => [null]),
  outcomeMeta: infoRequest({ schema: z.object({}) }, () => ({ outcomes: [], questions: [] })),
  allMids: infoRequest({ schema: z.object({ dex }), weight: 2 }, (request, { venue }) => {
    refuseOtherDex(request.dex)
    return allMids(venue.market)
  }),
  l2Book: infoRequest(
    {
      schema: z.object({
        coin,
        nSigFigs: absentable(z.int().min(2).max(5)),
        mantissa: absentable(z.union([z.literal(1), z.literal(2), z.literal(5)])),
      }),
      weight: 2,
    },
    (request, { venue }) => {
      if (request.mantissa !== undefined && request.nSigFigs !== 5) throw new InfoFailure('mantissa needs nSigFigs 5')
      const book = venue.market.book(request.coin)
      if (book === undefined) return null
      return l2Book(
        request.nSigFigs === undefined ? book : aggregateBook(book, request.nSigFigs, request.mantissa ?? 1),
      )
    },
  ),
  recentTrades: infoRequest({ schema: z.object({ coin }), rowsPerWeight: 20 }, (request, { venue }) =>
    venue.market.trades(request.coin).map(tradeRow),
  ),
  fundingHistory: infoRequest({ schema: z.object({ coin, ...timeRange }), rowsPerWeight: 20 }, (request, { venue }) =>
    venue.market.fundingHistory(request.coin, request.startTime, request.endTime).map(fundingRateRow),
  ),
  exchangeStatus: infoRequest({ schema: z.object({}), weight: 2 }, (_, { venue }) => ({
    specialStatuses: null,
    time: venue.now(),
  })),
} as const
