/** Opens the broker of one account of the configuration, at the venue's own addresses unless others are named. */
import type { Broker } from '#brokers/broker.ts'
import { openHyperliquidBroker } from '#brokers/hyperliquid/hyperliquid-broker.ts'
import type { AccountConfig, HyperliquidAccount } from '#config/account.ts'
import type { Secret } from '#config/secret.ts'
import type { Credentials } from './secrets.ts'

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api */
const HYPERLIQUID_URLS = {
  mainnet: 'https://api.hyperliquid.xyz',
  testnet: 'https://api.hyperliquid-testnet.xyz',
} as const

/** Request weight a minute that Hyperliquid grants to one IP address, shared by all accounts of a process. */
const WEIGHT_PER_MINUTE = 1_200
const WEIGHT_MIN = 120

export interface BrokerTerms {
  readonly credentials: Credentials
  readonly clock: () => number
  /** How many accounts of this process share the venue's request budget. */
  readonly sharedBy: number
}

/** @throws BrokerUnavailable, CommandRefused */
export async function openBroker(account: AccountConfig, terms: BrokerTerms): Promise<Broker> {
  switch (account.venue) {
    case 'hyperliquid':
      return await openHyperliquid(account, terms)
    case 'bybit':
    case 'projectx':
      throw new Error(`${account.venue} is not wired yet.`)
  }
}

async function openHyperliquid(account: HyperliquidAccount, terms: BrokerTerms): Promise<Broker> {
  const baseUrl = account.baseUrl ?? HYPERLIQUID_URLS[account.network]
  return await openHyperliquidBroker({
    account: account.id,
    master: account.master,
    agentKey: secretOf(terms, 'agentKey'),
    network: account.network,
    baseUrl,
    wsUrl: account.wsUrl ?? streamUrlOf(baseUrl, '/ws'),
    clock: terms.clock,
    weightPerMinute: account.weightPerMinute ?? Math.max(WEIGHT_MIN, Math.floor(WEIGHT_PER_MINUTE / terms.sharedBy)),
  })
}

function secretOf({ credentials }: BrokerTerms, name: string): Secret {
  const secret = credentials[name]
  if (secret === undefined) throw new TypeError(`Expected the secret ${name} to be read before, saw none.`)
  return secret
}

/** A stream under a path of the host that serves REST. */
function streamUrlOf(baseUrl: string, path: string): string {
  const url = new URL(path, baseUrl)
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:'
  return url.href
}
