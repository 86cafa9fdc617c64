/** Control commands that do to an account what the world does behind a client's back. */
import { z } from 'zod'
import { command } from './control-command.ts'
import { account, contract } from './control-fields.ts'

/** Commands by name; those that trade return the trades they made. */
export const disturbanceCommands = {
  /** Trades at market by hand, without a tag. */
  tradeByHand: command(
    z.strictObject({ account, contract, side: z.enum(['buy', 'sell']), size: z.int().positive() }),
    (args, { venue }) => venue.operator.trade(args),
  ),
  /** Closes a whole position by hand; its stops and targets stay. */
  closeByHand: command(z.strictObject({ account, contract }), (args, { venue }) =>
    venue.operator.closeByHand(args.account, args.contract),
  ),
  /** Cancels an order by hand. */
  cancelByHand: command(z.strictObject({ account, orderId: z.int() }), (args, { venue }) => ({
    cancelled: venue.operator.cancelByHand(args.account, args.orderId),
  })),
  /** Moves the price through the account's nearest stop and back. */
  tripStop: command(z.strictObject({ account, contract }), (args, { venue }) =>
    venue.operator.tripStop(args.account, args.contract),
  ),
  /** Takes a trade back (or, with `voided` false, in again): position, balance and later results become what they are without it. */
  voidTrade: command(z.strictObject({ tradeId: z.int(), voided: z.boolean().default(true) }), (args, { venue }) =>
    venue.operator.voidTrade(args.tradeId, args.voided),
  ),
  /** Flattens an account now, as the firm does at its end of the day. */
  liquidate: command(z.strictObject({ account }), (args, { venue }) => venue.operator.liquidate(args.account)),
} as const
