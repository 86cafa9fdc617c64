/** Control commands on accounts and their API keys. */
import { z } from 'zod'
import { command, type ControlTarget } from './control-command.ts'
import { account, decimalText, symbol } from './control-fields.ts'

const keyTerms = {
  env: z.enum(['mainnet', 'testnet', 'demo']).optional(),
  readOnly: z.boolean().optional(),
  /** By group; groups not named are empty. Default: ContractTrade Order and Position, Derivatives. */
  permissions: z.record(z.string(), z.array(z.string())).optional(),
  ips: z.array(z.string()).optional(),
  type: z.literal([1, 2]).optional(),
  /** Days; -2 never ends, 0 or -1 has ended. */
  deadlineDay: z.int().optional(),
  isMaster: z.boolean().optional(),
}

function wallet(name: string, { venue }: ControlTarget) {
  return { account: name, uid: venue.account.uid(name), balances: venue.account.balances(name) }
}

/** Commands by name. */
export const accountCommands = {
  /** Creates an account, with a trade-only key when one is given. */
  createAccount: command(
    z.strictObject({
      account,
      apiKey: z.string().min(1).optional(),
      apiSecret: z.string().min(1).optional(),
      /** Coin that fees are paid in. */
      feeCoin: z.enum(['USDT', 'MNT']).optional(),
      ...keyTerms,
    }),
    ({ account: name, apiKey, apiSecret, feeCoin, ...terms }, target) => {
      target.venue.operator.createAccount(name, feeCoin)
      if (apiKey !== undefined) {
        target.keys.put({ account: name, apiKey, secret: apiSecret ?? '', ...terms }, target.venue.now())
      }
      return wallet(name, target)
    },
  ),
  /** Adds a key to an account. */
  createKey: command(
    z.strictObject({ account, apiKey: z.string().min(1), apiSecret: z.string().min(1), ...keyTerms }),
    ({ account: name, apiKey, apiSecret, ...terms }, { keys, venue }) => {
      venue.account.uid(name)
      return keys.put({ account: name, apiKey, secret: apiSecret, ...terms }, venue.now())
    },
  ),
  /** Changes what a key may do; what is not given stays. */
  changeKey: command(z.strictObject({ apiKey: z.string(), ...keyTerms }), ({ apiKey, ...terms }, { keys }) =>
    keys.change(apiKey, terms),
  ),
  deleteKey: command(z.strictObject({ apiKey: z.string() }), ({ apiKey }, { keys }) => {
    keys.delete(apiKey)
    return { deleted: apiKey }
  }),
  /** Credits a coin, USDT by default (TRANSFER_IN). */
  deposit: command(
    z.strictObject({ account, amount: decimalText, coin: z.string().default('USDT') }),
    ({ account: name, amount, coin }, target) => {
      target.venue.operator.deposit(name, amount, coin)
      return wallet(name, target)
    },
  ),
  /** Says whether a coin is collateral: where not, the wallet values it at 0. */
  setCollateral: command(z.strictObject({ coin: z.string(), isCollateral: z.boolean() }), (args, { venue }) => {
    venue.operator.setCollateral(args.coin, args.isCollateral)
    return args
  }),
  /** The venue lets the account only reduce its position in a symbol, or no longer so. */
  setReduceOnly: command(
    z.strictObject({ account, symbol, reduceOnly: z.boolean() }),
    ({ account: name, symbol: coin, reduceOnly }, { venue }) => {
      venue.operator.setReduceOnly(name, coin, reduceOnly)
      return { account: name, symbol: coin, reduceOnly }
    },
  ),
} as const
