/** Opens the broker of one account of the configuration, at the venue's own addresses unless others are named. Only its adapter is loaded. */
import type { Broker } from '#brokers/broker.ts'
import type { Transport } from '#brokers/transport.ts'
import type { AccountConfig, BybitAccount, HyperliquidAccount, ProjectXAccount } from '#config/account.ts'
import type { Secret } from '#config/secret.ts'
import type { Credentials } from './secrets.ts'

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api */
const HYPERLIQUID_URLS = {
  mainnet: 'https://api.hyperliquid.xyz',
  testnet: 'https://api.hyperliquid-testnet.xyz',
} as const

const PRICES = 'wss://stream.bybit.com/v5/public/linear'
/** https://bybit-exchange.github.io/docs/v5/demo; demo accounts trade on the main network's prices. */
const BYBIT_URLS = {
  mainnet: { rest: 'https://api.bybit.com', stream: 'wss://stream.bybit.com/v5/private', prices: PRICES },
  demo: { rest: 'https://api-demo.bybit.com', stream: 'wss://stream-demo.bybit.com/v5/private', prices: PRICES },
  testnet: {
    rest: 'https://api-testnet.bybit.com',
    stream: 'wss://stream-testnet.bybit.com/v5/private',
    prices: 'wss://stream-testnet.bybit.com/v5/public/linear',
  },
} as const

/** Requests a second of one process; the venue grants 120 to an IP address and 50 of each kind to an account. */
const BYBIT_REQUESTS_PER_SECOND = 60

/** https://gateway.docs.projectx.com */
const TOPSTEPX_URLS = { rest: 'https://api.topstepx.com', hubs: 'https://rtc.topstepx.com' } as const
/** Requests a minute that ProjectX grants, to whom is not documented: shared by all accounts of a process. */
const TOPSTEPX_REQUESTS_PER_MINUTE = 200
/** It grants 50 bars requests in 30 s beside them. */
const BARS_SHARE = 0.25

/** Request weight a minute that Hyperliquid grants to one IP address, shared by all accounts of a process. */
const WEIGHT_PER_MINUTE = 1_200
const WEIGHT_MIN = 120

export interface BrokerTerms {
  readonly credentials: Credentials
  readonly clock: () => number
  /** How many accounts of this process share the venue's request budget. */
  readonly sharedBy: number
  /** Default: sockets of this machine. */
  readonly transport?: Transport
}

/** @throws BrokerUnavailable, CommandRefused */
export async function openBroker(account: AccountConfig, terms: BrokerTerms): Promise<Broker> {
  switch (account.venue) {
    case 'hyperliquid':
      return await openHyperliquid(account, terms)
    case 'bybit':
      return await openBybit(account, terms)
    case 'projectx':
      return await openProjectX(account, terms)
  }
}

async function openHyperliquid(account: HyperliquidAccount, terms: BrokerTerms): Promise<Broker> {
  const { openHyperliquidBroker } = await import('#brokers/hyperliquid/hyperliquid-broker.ts')
  const baseUrl = account.baseUrl ?? HYPERLIQUID_URLS[account.network]
  return await openHyperliquidBroker({
    account: account.id,
    master: account.master,
    agentKey: secretOf(terms, 'agentKey'),
    network: account.network,
    baseUrl,
    wsUrl: account.wsUrl ?? streamUrlOf(baseUrl, '/ws'),
    clock: terms.clock,
    transport: terms.transport,
    weightPerMinute: account.weightPerMinute ?? Math.max(WEIGHT_MIN, Math.floor(WEIGHT_PER_MINUTE / terms.sharedBy)),
  })
}

async function openBybit(account: BybitAccount, terms: BrokerTerms): Promise<Broker> {
  const { openBybitBroker } = await import('#brokers/bybit/bybit-broker.ts')
  const { rest, stream, prices } = BYBIT_URLS[account.network]
  const baseUrl = account.baseUrl ?? rest
  return await openBybitBroker({
    account: account.id,
    apiKey: secretOf(terms, 'apiKey'),
    apiSecret: secretOf(terms, 'apiSecret'),
    baseUrl,
    wsUrl: account.wsUrl ?? (account.baseUrl === null ? stream : streamUrlOf(baseUrl, '/v5/private')),
    publicWsUrl: account.baseUrl === null ? prices : streamUrlOf(baseUrl, '/v5/public/linear'),
    followMarks: account.policy.gates.instruments,
    requestsPerSecond: Math.max(1, Math.floor(BYBIT_REQUESTS_PER_SECOND / terms.sharedBy)),
    allowedPermissions: account.extraPermissions,
    clock: terms.clock,
    transport: terms.transport,
  })
}

async function openProjectX(account: ProjectXAccount, terms: BrokerTerms): Promise<Broker> {
  const { openProjectXBroker } = await import('#brokers/projectx/projectx-broker.ts')
  const requestsPerMinute = account.requestsPerMinute ?? Math.floor(TOPSTEPX_REQUESTS_PER_MINUTE / terms.sharedBy)
  return await openProjectXBroker({
    account: account.id,
    userName: account.userName,
    accountName: account.accountName,
    apiKey: secretOf(terms, 'apiKey'),
    baseUrl: account.baseUrl ?? TOPSTEPX_URLS.rest,
    rtcUrl: account.rtcUrl ?? (account.baseUrl === null ? TOPSTEPX_URLS.hubs : null),
    allowLiveFunded: account.allowLiveFunded,
    requestsPerMinute,
    barsPer30s: Math.max(1, Math.floor(requestsPerMinute * BARS_SHARE)),
    clock: terms.clock,
    transport: terms.transport,
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
