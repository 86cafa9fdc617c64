/** Control commands that do to an account what the world does: stops, hand trades, liquidation, recorded history. */
import { z } from 'zod'
import { command } from './control-command.ts'
import { address, coin, decimalText } from './control-fields.ts'
import { importFillRows } from './fill-import.ts'

const place = z.strictObject({ user: address, coin })

/** Commands by name. */
export const disturbanceCommands = {
  /** Trades at market by hand: no signature, no client order id. Returns the fills. */
  tradeByHand: command(
    z.strictObject({
      user: address,
      coin,
      side: z.enum(['B', 'A']),
      sz: decimalText,
      reduceOnly: z.boolean().default(false),
    }),
    (args, { venue }) => venue.operator.trade(args),
  ),
  /** Closes a whole position by hand. Returns the fills. */
  closeByHand: command(place, (args, { venue }) => venue.operator.closeByHand(args.user, args.coin)),
  /** Cancels an order by hand. */
  cancelByHand: command(z.strictObject({ user: address, oid: z.int() }), (args, { venue }) => ({
    cancelled: venue.operator.cancelByHand(args.user, args.oid),
  })),
  /** Moves the price through the account's nearest stop and back. Returns the oids that fired. */
  tripStop: command(place, (args, { venue }) => ({ oids: venue.operator.tripStop(args.user, args.coin) })),
  /** Liquidates a position now. Returns the fills. */
  liquidate: command(
    z.strictObject({ user: address, coin, method: z.enum(['market', 'backstop']).default('market') }),
    (args, { venue }) => venue.operator.liquidate(args.user, args.coin, args.method),
  ),
  /** Auto-deleverages a position, wholly without `sz`. Returns the fills. */
  autoDeleverage: command(z.strictObject({ user: address, coin, sz: decimalText.optional() }), (args, { venue }) =>
    venue.operator.autoDeleverage(args.user, args.coin, args.sz),
  ),
  /** Serves recorded fills (CSV with the header of the recorded-fills file) as their accounts' history. */
  importFills: command(z.strictObject({ csv: z.string() }), ({ csv }, { venue }) => importFillRows(venue, csv)),
} as const
