/** Control commands that read the venue's own complete ledger, the truth tests compare with. */
import { z } from 'zod'
import { command } from './control-command.ts'
import { account, contract } from './control-fields.ts'

/** Commands by name. */
export const oracleCommands = {
  /** All accounts of all users. */
  accounts: command(z.strictObject({}), (_, { venue }) => venue.oracle.accounts()),
  /** Everything about one account: orders with history, trades, positions, the equity identity. */
  ledger: command(z.strictObject({ account }), (args, { venue }) => venue.oracle.ledger(args.account)),
  /** Every order that ever carried a tag. */
  ordersByTag: command(z.strictObject({ account, customTag: z.string() }), (args, { venue }) =>
    venue.oracle.ordersByTag(args.account, args.customTag),
  ),
  /** Contracts over all participants; 0 always. */
  netPosition: command(z.strictObject({ contract }), (args, { venue }) => ({
    size: venue.oracle.netPosition(args.contract),
  })),
} as const
