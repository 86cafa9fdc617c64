/** Control commands on markets: prices, funding, depth, the delay of acknowledgements. */
import { z } from 'zod'
import { milliseconds } from '#simulators/venue/control-fields.ts'
import { command } from './control-command.ts'
import { decimalText, symbol } from './control-fields.ts'

/** Commands by name. */
export const marketCommands = {
  /** Moves mark, last and index price together: orders fill, triggers fire, broke accounts are liquidated. */
  setMark: command(z.strictObject({ symbol, price: decimalText }), (args, { venue }) => {
    venue.operator.setPrices(args.symbol, { mark: args.price })
    return venue.market.prices(args.symbol) ?? null
  }),
  /** Moves prices apart from each other; what is not given stays. */
  setPrices: command(
    z.strictObject({
      symbol,
      mark: decimalText.optional(),
      last: decimalText.optional(),
      index: decimalText.optional(),
    }),
    ({ symbol: name, mark, last, index }, { venue }) => {
      const now = venue.market.prices(name)
      venue.operator.setPrices(name, { mark: mark ?? now?.mark, last: last ?? now?.last, index: index ?? now?.index })
      return venue.market.prices(name) ?? null
    },
  ),
  /** Rate of the next settlements; positive: longs pay. */
  setFundingRate: command(z.strictObject({ symbol, rate: decimalText }), (args, { venue }) => {
    venue.operator.setFundingRate(args.symbol, args.rate)
    return venue.market.prices(args.symbol) ?? null
  }),
  /** Fixes the depth: so many levels of so many contracts a side (0 levels: nobody quotes); without them the usual one. */
  setDepth: command(
    z.strictObject({ symbol, levels: z.int().nonnegative().optional(), qty: decimalText.optional() }),
    ({ symbol: name, levels, qty }, { venue }) => {
      venue.operator.setDepth(name, levels === undefined ? undefined : { levels, qty: qty ?? '0' })
      return venue.market.prices(name) ?? null
    },
  ),
  /** ms between an acknowledgement and its effect. */
  setAckDelay: command(z.strictObject({ ms: milliseconds }), ({ ms }, { venue }) => {
    venue.operator.setAckDelay(ms)
    return { ms }
  }),
  /** Prices of one symbol. */
  market: command(z.strictObject({ symbol }), (args, { venue }) => venue.market.prices(args.symbol) ?? null),
} as const
