/** Opens the broker of one account of the configuration, at the venue's own addresses unless others are named. */
import type { Broker } from '#brokers/broker.ts'
import { openHyperliquidBroker } from '#brokers/hyperliquid/hyperliquid-broker.ts'
import type { AccountConfig } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api */
const BASE_URLS = { mainnet: 'https://api.hyperliquid.xyz', testnet: 'https://api.hyperliquid-testnet.xyz' } as const

/** Request weight a minute that the venue grants to one IP address, shared by all accounts of a process. */
const WEIGHT_PER_MINUTE = 1_200
const WEIGHT_MIN = 120

export interface BrokerTerms {
  readonly agentKey: Secret
  readonly clock: () => number
  /** How many accounts of this process share the venue's request budget. */
  readonly sharedBy: number
}

/** @throws BrokerUnavailable, CommandRefused */
export async function openBroker(account: AccountConfig, terms: BrokerTerms): Promise<Broker> {
  const baseUrl = account.baseUrl ?? BASE_URLS[account.network]
  return await openHyperliquidBroker({
    account: account.id,
    master: account.master,
    agentKey: terms.agentKey,
    network: account.network,
    baseUrl,
    wsUrl: account.wsUrl ?? streamUrlOf(baseUrl),
    clock: terms.clock,
    weightPerMinute: account.weightPerMinute ?? Math.max(WEIGHT_MIN, Math.floor(WEIGHT_PER_MINUTE / terms.sharedBy)),
  })
}

/** The venue serves its stream under the path /ws of the same host. */
function streamUrlOf(baseUrl: string): string {
  const url = new URL('/ws', baseUrl)
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:'
  return url.href
}
