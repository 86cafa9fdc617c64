/** Control commands that read the venue's own complete ledger, the truth tests compare with. */
import { z } from 'zod'
import { command } from './control-command.ts'
import { account, symbol } from './control-fields.ts'

/** Commands by name. */
export const oracleCommands = {
  /** All accounts. */
  accounts: command(z.strictObject({}), (_, { venue }) => venue.oracle.accounts()),
  /** Everything about one account: orders with history, executions, cash rows, positions, the equity identity. */
  ledger: command(z.strictObject({ account }), (args, { venue }) => venue.oracle.ledger(args.account)),
  /** Every order that ever carried an orderLinkId. */
  ordersByLinkId: command(z.strictObject({ account, orderLinkId: z.string() }), (args, { venue }) =>
    venue.oracle.ordersByLinkId(args.account, args.orderLinkId),
  ),
  /** Signed contracts of a symbol over all participants; "0" always. */
  netPosition: command(z.strictObject({ symbol }), (args, { venue }) => ({
    size: venue.oracle.netPosition(args.symbol),
  })),
} as const
