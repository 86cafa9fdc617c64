/** Control commands on accounts: create, fund, agents, vaults, modes. */
import { z } from 'zod'
import { milliseconds } from '#simulators/venue/control-fields.ts'
import { command } from './control-command.ts'
import { address, decimalText } from './control-fields.ts'

/** Commands by name. */
export const accountCommands = {
  /** Creates an account; idempotent. */
  createAccount: command(z.strictObject({ user: address }), ({ user }, { venue }) => {
    venue.operator.createAccount(user)
    return { user }
  }),
  /** Credits USDC as a deposit; creates the account. */
  deposit: command(z.strictObject({ user: address, usdc: decimalText }), ({ user, usdc }, { venue }) => {
    venue.operator.deposit(user, usdc)
    return { user, accountValue: venue.account.clearinghouse(user).marginSummary.accountValue }
  }),
  /** Approves an agent without a signature. No name = the unnamed agent; no validUntil = never expires. */
  approveAgent: command(
    z.strictObject({
      master: address,
      agent: address,
      name: z.string().nullable().default(null),
      validUntil: milliseconds.nullable().default(null),
    }),
    ({ master, agent, name, validUntil }, { venue }) => {
      venue.operator.approveAgent(master, agent, name, validUntil)
      return venue.account.agents(master)
    },
  ),
  /** Drops an agent silently, as the venue's pruning does. */
  pruneAgent: command(z.strictObject({ agent: address }), ({ agent }, { venue }) => {
    venue.operator.pruneAgent(agent)
    return { agent }
  }),
  /** Creates a vault that vaultTransfer can pay into. */
  createVault: command(z.strictObject({ vault: address }), ({ vault }, { venue }) => {
    venue.operator.createVault(vault)
    return { vault }
  }),
  /** Sets the account's abstraction mode (reference section 4.4). */
  setAbstraction: command(
    z.strictObject({ user: address, mode: z.enum(['default', 'disabled', 'unifiedAccount', 'portfolioMargin']) }),
    ({ user, mode }, { venue }) => {
      venue.operator.setAbstraction(user, mode)
      return { user, mode: venue.account.abstraction(user) }
    },
  ),
  /** Sets the lifetime volume in USD. */
  setVolume: command(z.strictObject({ user: address, usd: decimalText }), ({ user, usd }, { venue }) => {
    venue.operator.setVolume(user, usd)
    return { user, volume: venue.account.volume(user) }
  }),
} as const
