/** Control commands that read the venue's own complete ledger, the truth tests compare with. */
import { z } from 'zod'
import { command } from './control-command.ts'
import { address, coin } from './control-fields.ts'

/** Commands by name. */
export const oracleCommands = {
  /** All accounts. */
  accounts: command(z.strictObject({}), (_, { venue }) => venue.oracle.accounts()),
  /** Everything about one account: orders with history, fills, funding, movements, positions, the equity identity. */
  ledger: command(z.strictObject({ user: address }), ({ user }, { venue }) => venue.oracle.ledger(user)),
  /** Every order that ever carried a client order id. */
  ordersByCloid: command(
    z.strictObject({
      user: address,
      cloid: z
        .string()
        .regex(/^0x[0-9a-fA-F]{32}$/)
        .toLowerCase(),
    }),
    ({ user, cloid }, { venue }) => venue.oracle.ordersByCloid(user, cloid),
  ),
  /** Every signed action as the venue saw it. */
  actions: command(z.strictObject({}), (_, { venue }) => venue.oracle.actions()),
  /** Signed contracts of a coin over all participants; "0" always. */
  netPosition: command(z.strictObject({ coin }), (args, { venue }) => ({ szi: venue.oracle.netPosition(args.coin) })),
} as const
