/** One account of the configuration as the programme uses it, by venue; credentials only as references to their place. */
import { type DecimalString, decimalString } from '#domain/decimal.ts'
import type { AccountPolicy, GatePolicy, PacePolicy, SizeRule } from '#domain/policy.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import type { AccountFile } from './account-schema.ts'
import { loadProgramme } from './programmes.ts'
import { required } from './required.ts'
import type { SecretRef } from './secret.ts'

/** What every account has. */
interface CommonAccount {
  readonly id: string
  /** Only workers of this site may touch it; null: workers without a site. */
  readonly site: string | null
  readonly policy: AccountPolicy
}

export interface HyperliquidAccount extends CommonAccount {
  readonly venue: 'hyperliquid'
  readonly network: 'mainnet' | 'testnet'
  readonly baseUrl: string | null
  readonly wsUrl: string | null
  /** Address that holds the funds, lower case. */
  readonly master: string
  /** Request weight a minute this process may spend at the venue; null: an equal share of what the venue grants one address. */
  readonly weightPerMinute: number | null
  readonly secrets: { readonly agentKey: SecretRef }
}

export interface BybitAccount extends CommonAccount {
  readonly venue: 'bybit'
  readonly network: 'mainnet' | 'demo' | 'testnet'
  readonly baseUrl: string | null
  readonly wsUrl: string | null
  /** Trading permissions that the key may hold beside contracts. */
  readonly extraPermissions: readonly ('Spot' | 'Options')[]
  readonly secrets: { readonly apiKey: SecretRef; readonly apiSecret: SecretRef }
}

export interface ProjectXAccount extends CommonAccount {
  readonly venue: 'projectx'
  readonly baseUrl: string | null
  readonly rtcUrl: string | null
  readonly userName: string
  readonly accountName: string
  readonly allowLiveFunded: boolean
  /** Requests a minute this process may send; null: an equal share of what the venue grants. */
  readonly requestsPerMinute: number | null
  readonly secrets: { readonly apiKey: SecretRef }
}

export type AccountConfig = HyperliquidAccount | BybitAccount | ProjectXAccount

/** How an account says where it trades: `testnet`, `demo`, `TopstepX`. */
export function placeOf(account: AccountConfig): string {
  return account.venue === 'projectx' ? 'TopstepX' : account.network
}

interface Places {
  readonly path: (text: string) => string
  readonly secret: (fileName: string | undefined, variable: string | undefined) => SecretRef | null
}

/** Turns a validated account into its configuration. @throws ConfigError when the rule file of its programme is wrong */
export function accountFrom(account: AccountFile, places: Places): AccountConfig {
  const key = (file: string | undefined, variable: string | undefined, what: string): SecretRef =>
    required(places.secret(file, variable), `${what} of ${account.id}`)
  const common = {
    id: account.id,
    site: account.site ?? null,
    policy: policyFrom(account, programmeFrom(account.programme, places)),
  }
  switch (account.venue) {
    case 'hyperliquid':
      return {
        ...common,
        ...addressesOf(account),
        venue: account.venue,
        network: account.network,
        master: account.master.toLowerCase(),
        weightPerMinute: account.weight_per_minute ?? null,
        secrets: { agentKey: key(account.agent_key_file, account.agent_key_env, 'agent key') },
      }
    case 'bybit':
      return {
        ...common,
        ...addressesOf(account),
        venue: account.venue,
        network: account.network,
        extraPermissions: account.extra_permissions,
        secrets: {
          apiKey: key(account.api_key_file, account.api_key_env, 'API key'),
          apiSecret: key(account.api_secret_file, account.api_secret_env, 'API secret'),
        },
      }
    case 'projectx':
      return {
        ...common,
        venue: account.venue,
        baseUrl: account.base_url ?? null,
        rtcUrl: account.rtc_url ?? null,
        userName: account.user_name,
        accountName: account.account_name,
        allowLiveFunded: account.allow_live_funded,
        requestsPerMinute: account.requests_per_minute ?? null,
        secrets: { apiKey: key(account.api_key_file, account.api_key_env, 'API key') },
      }
  }
}

function addressesOf(account: { readonly base_url?: string | undefined; readonly ws_url?: string | undefined }) {
  return { baseUrl: account.base_url ?? null, wsUrl: account.ws_url ?? null }
}

function programmeFrom(programme: AccountFile['programme'], { path }: Places): ProgrammeTerms | null {
  if (programme === undefined) return null
  const rules = loadProgramme(path(programme.rules))
  return {
    rules,
    startBalance: amount(programme.start_balance ?? null) ?? rules.startBalance,
    highestBalance: amount(programme.highest_balance ?? null),
    since: programme.since ?? null,
    buffer: decimalString(programme.buffer),
    lookMs: programme.look_ms,
    automationOverridden: programme.accept_automation_risk,
  }
}

function policyFrom(account: AccountFile, programme: ProgrammeTerms | null): AccountPolicy {
  return {
    account: account.id,
    venue: account.venue,
    strategies: account.strategies,
    sizing: account.sizing === undefined ? null : sizeRuleFrom(account.sizing),
    strategySizing: Object.fromEntries(
      Object.entries(account.strategy_sizing).map(([strategy, rule]) => [strategy, sizeRuleFrom(rule)]),
    ),
    programme,
    gates: gatesFrom(account.gates),
    pace: paceFrom(account.pace),
  }
}

function gatesFrom(gates: AccountFile['gates']): GatePolicy {
  return {
    instruments: gates.instruments,
    maxPositions: gates.max_positions,
    maxOrderNotional: amount(gates.max_order_notional),
    maxExposure: amount(gates.max_exposure),
    maxDrawdown: amount(gates.max_drawdown),
    maxDailyLoss: amount(gates.max_daily_loss),
    priceCollarBps: gates.price_collar_bps,
    maxEntriesPerMinute: gates.max_entries_per_minute,
    stopRequired: gates.stop_required,
  }
}

function paceFrom(pace: AccountFile['pace']): PacePolicy {
  return {
    monitorMs: pace.monitor_ms,
    lookMs: pace.look_ms,
    settleMs: pace.settle_ms,
    markMaxAgeMs: pace.mark_max_age_ms,
    exitSlippageBps: pace.exit_slippage_bps,
    trailStepBps: pace.trail_step_bps,
    nakedAlertMs: pace.naked_alert_ms,
  }
}

function sizeRuleFrom({ type, value }: NonNullable<AccountFile['sizing']>): SizeRule {
  return { type, value: decimalString(value) }
}

function amount(text: string | null): DecimalString | null {
  return text === null ? null : decimalString(text)
}
