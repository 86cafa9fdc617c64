/** Instruments and tickers as the venue writes them (reference section B5). */
import { Decimal } from '#domain/decimal.ts'
import type { Instrument } from '#simulators/bybit/engine/instrument.ts'
import type { PriceView } from '#simulators/bybit/engine/record.ts'
import { decimals, price } from './number.ts'

/** A row of `market/instruments-info`. */
export function instrumentRow(instrument: Instrument): object {
  return {
    symbol: instrument.symbol,
    symbolId: instrument.symbolId,
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin: instrument.baseCoin,
    quoteCoin: 'USDT',
    launchTime: '1585526400000',
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: String(decimals(instrument.tickSize)),
    leverageFilter: {
      minLeverage: '1',
      maxLeverage: new Decimal(instrument.maxLeverage).toFixed(2),
      leverageStep: '0.01',
    },
    priceFilter: {
      minPrice: instrument.minPrice,
      maxPrice: instrument.maxPrice,
      tickSize: instrument.tickSize,
    },
    lotSizeFilter: {
      maxOrderQty: lots(instrument, instrument.maxOrderQty),
      minOrderQty: instrument.minOrderQty,
      qtyStep: instrument.qtyStep,
      postOnlyMaxOrderQty: lots(instrument, instrument.maxOrderQty),
      maxMktOrderQty: lots(instrument, instrument.maxMktOrderQty),
      minNotionalValue: instrument.minNotional,
    },
    unifiedMarginTrade: true,
    fundingInterval: instrument.fundingInterval,
    settleCoin: 'USDT',
    copyTrading: 'both',
    upperFundingRate: '0.00375',
    lowerFundingRate: '-0.00375',
    isPreListing: false,
    preListingInfo: null,
    riskParameters: {
      priceLimitRatioX: instrument.priceLimitRatioX,
      priceLimitRatioY: instrument.priceLimitRatioY,
    },
    symbolType: '',
  }
}

/** A row of `market/tickers`. The simulator has no day's history: yesterday's prices are today's. */
export function tickerRow(instrument: Instrument, prices: PriceView): object {
  const last = price(instrument, prices.last)
  return {
    symbol: instrument.symbol,
    lastPrice: last,
    indexPrice: price(instrument, prices.index),
    markPrice: price(instrument, prices.mark),
    prevPrice24h: last,
    price24hPcnt: '0',
    highPrice24h: last,
    lowPrice24h: last,
    prevPrice1h: last,
    openInterest: '0',
    openInterestValue: '0',
    turnover24h: '0',
    volume24h: '0',
    fundingRate: prices.fundingRate,
    nextFundingTime: String(prices.nextFundingTime),
    predictedDeliveryPrice: '',
    basisRate: '',
    deliveryFeeRate: '',
    deliveryTime: '0',
    ask1Size: prices.askQty,
    bid1Price: price(instrument, prices.bid),
    ask1Price: price(instrument, prices.ask),
    bid1Size: prices.bidQty,
    basis: '',
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
    fundingIntervalHour: String(instrument.fundingInterval / 60),
    fundingCap: '0.00375',
  }
}

/** What a `tickers` delta says: the prices that moved. */
export function tickerDelta(instrument: Instrument, prices: PriceView): object {
  return {
    symbol: instrument.symbol,
    lastPrice: price(instrument, prices.last),
    indexPrice: price(instrument, prices.index),
    markPrice: price(instrument, prices.mark),
    bid1Price: price(instrument, prices.bid),
    bid1Size: prices.bidQty,
    ask1Price: price(instrument, prices.ask),
    ask1Size: prices.askQty,
  }
}

function lots(instrument: Instrument, value: string): string {
  return new Decimal(value).toFixed(decimals(instrument.qtyStep))
}
