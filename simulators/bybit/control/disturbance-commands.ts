/** Control commands that do to an account what the world does: hand trades, stops, forced closes, a restart. */
import { z } from 'zod'
import { command } from './control-command.ts'
import { account, decimalText, orderReference, symbol } from './control-fields.ts'

const place = z.strictObject({ account, symbol })
const order = z.strictObject({ account, ...orderReference })

/** Commands by name. Those that trade return the id of the order they made. */
export const disturbanceCommands = {
  /** A market order by hand, without orderLinkId. */
  tradeByHand: command(
    z.strictObject({ account, symbol, side: z.enum(['Buy', 'Sell']), qty: decimalText }),
    (args, { venue }) => ({ orderId: venue.operator.tradeByHand(args.account, args.symbol, args.side, args.qty) }),
  ),
  /** Closes a whole position by hand. */
  closeByHand: command(place, (args, { venue }) => ({
    orderId: venue.operator.closeByHand(args.account, args.symbol),
  })),
  /** Cancels an order by hand. */
  cancelByHand: command(order, ({ account: name, ...reference }, { venue }) => {
    venue.operator.cancelByHand(name, reference)
    return { cancelled: true }
  }),
  /** Fills part of an order in the book at its own price. */
  fillByHand: command(order.extend({ qty: decimalText }), ({ account: name, qty, ...reference }, { venue }) => {
    venue.operator.fillByHand(name, reference, qty)
    return { filled: qty }
  }),
  /** Moves the price through the account's nearest stop and back. Returns the ids of the orders that fired. */
  tripStop: command(place, (args, { venue }) => ({ orderIds: venue.operator.tripStop(args.account, args.symbol) })),
  /** Liquidates a position now (BustTrade). */
  liquidate: command(place, (args, { venue }) => ({ orderId: venue.operator.liquidate(args.account, args.symbol) })),
  /** Auto-deleverages a position (AdlTrade), wholly without `qty`. */
  autoDeleverage: command(place.extend({ qty: decimalText.optional() }), (args, { venue }) => ({
    orderId: venue.operator.autoDeleverage(args.account, args.symbol, args.qty),
  })),
  /** An administrator closes a position (CreateByAdminClosing). */
  adminClose: command(place, (args, { venue }) => ({ orderId: venue.operator.adminClose(args.account, args.symbol) })),
  /** The venue's service restarts: lists of recently closed orders are empty. */
  restart: command(z.strictObject({}), (_, { venue }) => {
    venue.operator.restart()
    return { restarted: true }
  }),
} as const
