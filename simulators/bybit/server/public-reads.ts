/** Market endpoints: time, instruments, tickers (reference sections B2 and B5). */
import { badParameter, isRefusal } from '#simulators/bybit/engine/refusal.ts'
import { instrumentRow, tickerRow } from '#simulators/bybit/wire/market-row.ts'
import { pageOf } from '#simulators/bybit/wire/page.ts'
import type { PublicEndpoint } from './endpoint.ts'
import type { VenueContext } from './venue-context.ts'

/** Endpoints by path. Other categories than linear are empty here. */
export const PUBLIC_ENDPOINTS: Readonly<Record<string, PublicEndpoint>> = {
  '/v5/market/time': {
    answer: ({ venue }) => {
      const now = venue.now()
      return { result: { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` } }
    },
  },
  '/v5/market/instruments-info': {
    answer: (context, query) => {
      const page = pageOf(listed(context, query), query, { max: 1000, standard: 500 }, ({ symbol }) => symbol)
      if (isRefusal(page)) return page
      const category = query.get('category') ?? ''
      return { result: { category, list: page.list.map(instrumentRow), nextPageCursor: page.nextPageCursor } }
    },
  },
  '/v5/market/tickers': {
    answer: (context, query) => {
      const instruments = listed(context, query)
      if (instruments.length === 0 && query.has('symbol')) return badParameter('symbol invalid')
      const list = instruments.flatMap((instrument) => {
        const prices = context.venue.market.prices(instrument.symbol)
        return prices === undefined ? [] : [tickerRow(instrument, prices)]
      })
      return { result: { category: query.get('category') ?? '', list } }
    },
  },
}

function listed({ venue }: VenueContext, query: URLSearchParams) {
  if (query.get('category') !== 'linear') return []
  const [symbol, baseCoin] = [query.get('symbol') ?? '', query.get('baseCoin') ?? '']
  return venue.market
    .instruments()
    .filter((row) => (symbol === '' || row.symbol === symbol) && (baseCoin === '' || row.baseCoin === baseCoin))
}
