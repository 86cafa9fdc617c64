/** API keys: whose they are and what they may do, as `user/query-api` says it (reference section B6). */
import { VenueControlError } from '#simulators/venue/control-command.ts'

/** The hosts a key is bound to: a key of one is unknown on the others. */
export type SiteEnv = 'mainnet' | 'testnet' | 'demo'

/** What a key may do, by permission group. */
export type Permissions = Readonly<Record<string, readonly string[]>>

/** One API key. */
export interface ApiKey {
  readonly apiKey: string
  readonly secret: string
  readonly account: string
  readonly env: SiteEnv
  readonly readOnly: boolean
  readonly permissions: Permissions
  /** Machines that may use it; empty for any. */
  readonly ips: readonly string[]
  /** 1: own key; 2: a third party's app. */
  readonly type: 1 | 2
  /** Days until it ends; -2 for never, else 0 or less: it ended. Default -2 when addresses are bound, else 90. */
  readonly deadlineDay: number
  readonly isMaster: boolean
  readonly createdAt: number
}

/** Every group the venue lists. */
const NO_PERMISSIONS: Permissions = {
  ContractTrade: [],
  Spot: [],
  Wallet: [],
  Options: [],
  Derivatives: [],
  CopyTrading: [],
  BlockTrade: [],
  Exchange: [],
  NFT: [],
  Affiliate: [],
  Earn: [],
  FiatP2P: [],
  FiatConvertBroker: [],
  FiatGlobalPay: [],
  FiatBitPay: [],
  BitCard: [],
  ByXPost: [],
}

/** What a key that can only trade derivatives has. */
const TRADE_ONLY: Permissions = { ContractTrade: ['Order', 'Position'], Derivatives: ['DerivativesTrade'] }

/** A deadline that never comes. */
const NO_DEADLINE = -2
/** Life of a key that no address is bound to. */
const UNBOUND_DAYS = 90
const DAY_MS = 86_400_000

/** What is given for a key; the rest is that of a trade-only key. */
export type KeySpec = Pick<ApiKey, 'apiKey' | 'secret' | 'account'> &
  Partial<{ [Field in Exclude<keyof ApiKey, 'apiKey' | 'secret' | 'account'>]: ApiKey[Field] | undefined }>

/** All keys of one venue. */
export class ApiKeys {
  readonly #env: SiteEnv
  readonly #keys = new Map<string, ApiKey>()

  constructor(env: SiteEnv) {
    this.#env = env
  }

  /** Adds a key, or replaces the one of the same name. */
  put(spec: KeySpec, now: number): ApiKey {
    const key: ApiKey = {
      apiKey: spec.apiKey,
      secret: spec.secret,
      account: spec.account,
      env: spec.env ?? this.#env,
      readOnly: spec.readOnly ?? false,
      permissions: { ...NO_PERMISSIONS, ...(spec.permissions ?? TRADE_ONLY) },
      ips: spec.ips ?? [],
      type: spec.type ?? 1,
      deadlineDay: spec.deadlineDay ?? ((spec.ips ?? []).length > 0 ? NO_DEADLINE : UNBOUND_DAYS),
      isMaster: spec.isMaster ?? false,
      createdAt: spec.createdAt ?? now,
    }
    this.#keys.set(key.apiKey, key)
    return key
  }

  /** Changes what is given of a key. @throws VenueControlError when there is none */
  change(apiKey: string, change: Partial<KeySpec>): ApiKey {
    const key = this.#keys.get(apiKey)
    if (key === undefined) throw new VenueControlError(`Expected an API key of this venue, saw "${apiKey}".`)
    const given = Object.entries(change).filter(([, value]) => value !== undefined)
    return this.put({ ...key, ...Object.fromEntries(given) }, key.createdAt)
  }

  /** Deletes a key. @throws VenueControlError when there is none */
  delete(apiKey: string): void {
    if (!this.#keys.delete(apiKey)) throw new VenueControlError(`Expected an API key of this venue, saw "${apiKey}".`)
  }

  /** The key of that name, whatever it is bound to. */
  find(apiKey: string): ApiKey | undefined {
    return this.#keys.get(apiKey)
  }
}

/** Whether the key has ended. */
export function hasEnded({ deadlineDay }: ApiKey): boolean {
  return deadlineDay !== NO_DEADLINE && deadlineDay <= 0
}

/** The answer of `user/query-api`. */
export function queryApiResult(key: ApiKey, uid: number, now: number): object {
  const expiredAt = key.deadlineDay === NO_DEADLINE ? 0 : now + key.deadlineDay * DAY_MS
  return {
    id: String(uid),
    note: key.account,
    apiKey: key.apiKey,
    readOnly: key.readOnly ? 1 : 0,
    secret: '',
    permissions: key.permissions,
    ips: key.ips.length === 0 ? ['*'] : key.ips,
    type: key.type,
    deadlineDay: key.deadlineDay,
    expiredAt: isoSeconds(expiredAt),
    createdAt: isoSeconds(key.createdAt),
    unified: 0,
    uta: 1,
    userID: uid,
    inviterID: 0,
    vipLevel: 'No VIP',
    mktMakerLevel: '0',
    affiliateID: 0,
    rsaPublicKey: '',
    isMaster: key.isMaster,
    parentUid: key.isMaster ? '0' : '100000',
    kycLevel: 'LEVEL_DEFAULT',
    kycRegion: '',
  }
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
}
