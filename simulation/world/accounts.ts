/** Accounts of a simulated world: set up at their venue, and as entries of a configuration that the real parser reads. */
import { computeAddress } from 'ethers'
import { parseConfig } from '#config/load-config.ts'
import type { Config } from '#config/config.ts'
import { Secret } from '#config/secret.ts'
import { derive } from '#simulators/installation/secrets.ts'
import { INSTRUMENTS, type StormAccount, gatesOf } from '#storm/accounts.ts'
import type { WorldVenue } from './venues.ts'

/** An account of the world. */
export interface WorldAccount extends StormAccount {
  /** The venue's name of it. */
  readonly venueAccount: string
  readonly credentials: Readonly<Record<string, Secret>>
}

interface SetUp {
  readonly venueAccount: string
  readonly credentials: Readonly<Record<string, string>>
  readonly entry: object
}

/** Sets accounts up at their venues. */
export async function openAccounts(
  wanted: readonly StormAccount[],
  venues: ReadonlyMap<string, WorldVenue>,
): Promise<{ readonly accounts: readonly WorldAccount[]; readonly config: Config }> {
  const accounts: WorldAccount[] = []
  const entries: object[] = []
  for (const account of wanted) {
    const venue = venues.get(account.venue)
    if (venue === undefined) throw new RangeError(`Expected a venue ${account.venue} in this world, saw none.`)
    const { venueAccount, credentials, entry } = await SET_UP[account.venue](account.id, venue)
    const secrets = Object.entries(credentials).map(([name, value]) => [name, new Secret(value)] as const)
    accounts.push({ ...account, venueAccount, credentials: Object.fromEntries(secrets) })
    entries.push({ ...entry, ...common(account) })
  }
  return { accounts, config: parseConfig(JSON.stringify({ ...FILE, accounts: entries }), '/simulation/truebook.yaml') }
}

const FILE = {
  mode: 'paper',
  data_dir: 'data',
  http: { signal_tokens: [], requests_per_minute: 1000 },
  sweep: { every_ms: 6_000 },
} as const

const SET_UP: Readonly<Record<StormAccount['venue'], (id: string, venue: WorldVenue) => Promise<SetUp>>> = {
  async hyperliquid(id, venue) {
    const master = `0x${derive('simulation', `master ${id}`).slice(0, 40)}`
    const agentKey = `0x${derive('simulation', `agent ${id}`)}`
    await venue.control('deposit', { user: master, usdc: '100000' })
    await venue.control('approveAgent', { master, agent: computeAddress(agentKey).toLowerCase(), name: 'truebook' })
    return {
      venueAccount: master,
      credentials: { agentKey },
      entry: {
        id,
        venue: 'hyperliquid',
        network: 'testnet',
        base_url: 'https://hyperliquid',
        master,
        agent_key_env: `KEY_OF_${variable(id)}`,
        weight_per_minute: 10_000_000,
      },
    }
  },
  async bybit(id, venue) {
    const apiKey = derive('simulation', `bybit key ${id}`).slice(0, 18)
    const apiSecret = derive('simulation', `bybit secret ${id}`).slice(0, 36)
    await venue.control('createAccount', { account: id, apiKey, apiSecret })
    await venue.control('deposit', { account: id, amount: '100000' })
    return {
      venueAccount: id,
      credentials: { apiKey, apiSecret },
      entry: {
        id,
        venue: 'bybit',
        network: 'demo',
        base_url: 'https://bybit',
        ws_url: 'wss://bybit/v5/private',
        api_key_env: `KEY_OF_${variable(id)}`,
        api_secret_env: `SECRET_OF_${variable(id)}`,
      },
    }
  },
  async projectx(id, venue) {
    const apiKey = derive('simulation', 'projectx key')
    const userName = 'truebook'
    const name = `50KTC-V2-000001-${id}`
    await venue.control('createAccount', { name, userName, apiKey, balance: '50000' })
    return {
      venueAccount: name,
      credentials: { apiKey },
      entry: {
        id,
        venue: 'projectx',
        base_url: 'https://projectx',
        rtc_url: 'https://projectx',
        user_name: userName,
        account_name: name,
        requests_per_minute: 1_000_000,
        api_key_env: `KEY_OF_${variable(id)}`,
      },
    }
  },
}

function common(account: StormAccount): object {
  return {
    strategies: [account.strategy],
    gates: { ...gatesOf(account), instruments: INSTRUMENTS[account.strategy] },
    pace: { monitor_ms: 2000, look_ms: 5000, settle_ms: 100, mark_max_age_ms: 5000, naked_alert_ms: 20_000 },
  }
}

/** Nobody reads it: credentials are handed over. */
function variable(id: string): string {
  return id.toUpperCase().replaceAll('-', '_')
}
