/** Control commands on users and accounts. */
import { z } from 'zod'
import { command } from './control-command.ts'
import { account, decimalText } from './control-fields.ts'

const flags = {
  canTrade: z.boolean().optional(),
  isVisible: z.boolean().optional(),
  simulated: z.boolean().optional(),
  follower: z.boolean().optional(),
  brackets: z.enum(['auto-oco', 'position']).optional(),
  autoLiquidate: z.boolean().optional(),
}

const limits = { dailyLoss: decimalText.nullable().optional(), maxLoss: decimalText.nullable().optional() }

/** Commands by name. */
export const accountCommands = {
  /** Creates an account of a user, who signs in with the key. Returns its row; `id` is the number the interface knows it by. */
  createAccount: command(
    z.strictObject({
      name: z.string().min(1),
      userName: z.string().min(1),
      apiKey: z.string().min(1),
      balance: decimalText.default('50000'),
      ...flags,
      ...limits,
    }),
    ({ name, userName, apiKey, balance, dailyLoss, maxLoss, ...changes }, { venue, sessions }) => {
      const { id } = venue.operator.createAccount({ name, userName, balance })
      sessions.setKey(userName, apiKey)
      venue.operator.setLimits(id, { dailyLoss, maxLoss })
      return venue.operator.setAccount(id, changes)
    },
  ),
  /** Puts money in. */
  deposit: command(z.strictObject({ account, amount: decimalText }), (args, { venue }) =>
    venue.operator.deposit(args.account, args.amount),
  ),
  /** Changes what an account is; `canTrade` true also lifts a lock of the firm. */
  setAccount: command(
    z.strictObject({ account, name: z.string().min(1).optional(), ...flags }),
    ({ account: which, ...changes }, { venue }) => venue.operator.setAccount(which, changes),
  ),
  /** Loss limits in USD, null for none: the daily one locks until 17:00 in Chicago, the maximum one for good. */
  setLimits: command(z.strictObject({ account, ...limits }), ({ account: which, ...given }, { venue }) =>
    venue.operator.setLimits(which, given),
  ),
  /** Has Auth/loginKey refuse a user with a code of LoginErrorCode; 0 lets it in again. */
  setLoginError: command(
    z.strictObject({ userName: z.string(), errorCode: z.int().min(0).max(10) }),
    (args, { sessions }) => {
      sessions.setLoginError(args.userName, args.errorCode)
      return args
    },
  ),
  /** Ends all tokens, of one user or of all: the next request gets 401. */
  expireTokens: command(z.strictObject({ userName: z.string().optional() }), ({ userName }, { sessions }) => ({
    expired: sessions.expire(userName),
  })),
} as const
