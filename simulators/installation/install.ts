/**
 * A complete paper installation beside a running simulator: a funded account, an approved agent, secrets in files and a
 * configuration, as an operator would make them by hand. For the demo, the benchmarks and the tests.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { computeAddress } from 'ethers'
import { controlHyperliquid, type HyperliquidControl } from '#simulators/hyperliquid/control/client.ts'
import { type ProgrammeAccount, setUpProgrammeAccount } from './programme-accounts.ts'
import { derive, secretFiles } from './secrets.ts'

export interface InstallationOptions {
  /** An empty folder for configuration, secrets and data. */
  readonly dir: string
  readonly venueUrl: string
  /** Same seed, same keys and addresses. */
  readonly seed: string
  readonly accounts: readonly string[]
  /** Address of the (one) account, e.g. one with recorded fills; default: derived from the seed. */
  readonly master?: string
  /** USDC on each account. */
  readonly usdc?: string
  /** Overrides of the configuration file, merged on the top level and for each account. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly account?: Readonly<Record<string, unknown>>
  /** The same for single accounts at Hyperliquid, by id. */
  readonly perAccount?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Accounts at other venues, beside those at Hyperliquid. */
  readonly programmeAccounts?: readonly ProgrammeAccount[]
}

export interface InstalledAccount {
  readonly id: string
  /** Address that holds the funds, lower case. */
  readonly master: string
  readonly agent: string
}

export interface InstalledProgrammeAccount {
  readonly id: string
  /** The venue's name of it. */
  readonly venueAccount: string
}

export interface Installation {
  /** Path of the configuration file. */
  readonly configFile: string
  readonly accounts: readonly InstalledAccount[]
  readonly programmeAccounts: readonly InstalledProgrammeAccount[]
  readonly control: HyperliquidControl
  readonly signalToken: string
  readonly operatorToken: string
}

/** Makes it. The root keys of the accounts exist nowhere: only addresses and agent keys do. */
export async function install(options: InstallationOptions): Promise<Installation> {
  const { dir, seed } = options
  const control = controlHyperliquid(options.venueUrl)
  const secret = secretFiles(dir)
  const accounts: InstalledAccount[] = []
  const entries: object[] = []
  for (const id of options.accounts) {
    const agentKey = `0x${derive(seed, `agent ${id}`)}`
    const account = {
      id,
      master: options.master ?? addressFrom(seed, `master ${id}`),
      agent: computeAddress(agentKey).toLowerCase(),
    }
    await control.call('deposit', { user: account.master, usdc: options.usdc ?? '100000' })
    await control.call('approveAgent', { master: account.master, agent: account.agent, name: 'truebook' })
    accounts.push(account)
    entries.push(entryOf(account, secret(`${id}-agent`, agentKey), options))
  }
  const programmeAccounts: InstalledProgrammeAccount[] = []
  for (const account of options.programmeAccounts ?? []) {
    const { venueAccount, entry } = await setUpProgrammeAccount(account, seed, secret)
    programmeAccounts.push({ id: account.id, venueAccount })
    entries.push({ ...common(options), ...entry })
  }
  const signalToken = derive(seed, 'signal token')
  const operatorToken = derive(seed, 'operator token')
  const configFile = join(dir, 'truebook.yaml')
  const file = {
    mode: 'paper',
    data_dir: 'data',
    http: {
      port: 0,
      signal_tokens: [{ name: 'strategies', token_file: secret('signal-token', signalToken) }],
      operator_token_file: secret('operator-token', operatorToken),
      requests_per_minute: 1_000_000,
    },
    sweep: { every_ms: 2000 },
    accounts: entries,
    ...options.config,
  }
  writeFileSync(configFile, stringify(file))
  return { configFile, accounts, programmeAccounts, control, signalToken, operatorToken }
}

function entryOf(account: InstalledAccount, agentKeyFile: string, options: InstallationOptions): object {
  return {
    id: account.id,
    venue: 'hyperliquid',
    network: 'testnet',
    base_url: options.venueUrl,
    master: account.master,
    agent_key_file: agentKeyFile,
    weight_per_minute: 10_000_000,
    ...common(options),
    ...options.perAccount?.[account.id],
  }
}

/** What the entries of all accounts share. */
function common(options: InstallationOptions): object {
  return {
    strategies: ['*'],
    gates: {
      instruments: ['*'],
      max_positions: 100,
      max_order_notional: '50000',
      max_exposure: '5',
      max_drawdown: null,
      max_entries_per_minute: null,
      stop_required: false,
    },
    // A venue on the same machine answers at once; a real one deserves the defaults.
    pace: { monitor_ms: 500, look_ms: 2000, settle_ms: 50, mark_max_age_ms: 2000, naked_alert_ms: 10_000 },
    ...options.account,
  }
}

function addressFrom(seed: string, purpose: string): string {
  return `0x${derive(seed, purpose).slice(0, 40)}`
}
