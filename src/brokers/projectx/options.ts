/** What the broker is opened with, and the session that follows from it. */
import type { AccountId } from '#domain/ids.ts'
import { CommandRefused } from '#brokers/errors.ts'
import { SOCKETS, type Transport } from '#brokers/transport.ts'
import type { AccountName } from './account-reads.ts'
import { RequestWindow } from './request-window.ts'
import type { ResolverTerms } from './resolve.ts'
import { type Timeouts, VenueSession } from './session.ts'
import type { ApiKey } from './token.ts'

/** Where and as whom to trade. */
export interface ProjectXOptions {
  readonly account: AccountId
  readonly userName: string
  readonly apiKey: ApiKey
  /** The one account to trade: the venue's id of it or its exact name, one of the two. */
  readonly accountId?: number
  readonly accountName?: string
  /** e.g. `https://api.topstepx.com`. */
  readonly baseUrl: string
  /** Host of the hubs, e.g. `https://rtc.topstepx.com`; null when the same host serves them. */
  readonly rtcUrl: string | null
  /** Ms since epoch. */
  readonly clock: () => number
  readonly timeouts?: Partial<Timeouts>
  /** Requests a minute for this process; the venue grants 200, to whom is not documented. */
  readonly requestsPerMinute?: number
  /** Bars requests within 30 s; the venue grants 50. */
  readonly barsPer30s?: number
  /** Trade an account that the venue does not call simulated. */
  readonly allowLiveFunded?: boolean
  /** Beginnings of account names that may be traded. */
  readonly namePrefixes?: readonly string[]
  /** Products to trade. */
  readonly roots?: readonly string[]
  /** How far back the first read of fills goes, days. */
  readonly historyDays?: number
  readonly resolver?: Partial<ResolverTerms>
  /** In [0, 1); spreads reconnects of the hubs. */
  readonly random?: () => number
  /** Default: sockets of this machine. */
  readonly transport?: Transport | undefined
}

const REQUESTS_PER_MINUTE = 200
const BARS_PER_30S = 50
const RESERVED_FRACTION = 0.25
const TIMEOUTS: Timeouts = { readMs: 10_000, sendMs: 10_000, budgetMs: 5_000 }
/** How the account is named. @throws CommandRefused unless in exactly one way */
export function nameOf({ accountId, accountName }: ProjectXOptions): AccountName {
  if (accountId !== undefined && accountName === undefined) return { accountId: String(accountId) }
  if (accountName !== undefined && accountId === undefined) return { accountName }
  throw new CommandRefused('Expected the account by accountId or by accountName, saw both or neither.')
}

/** The door of the venue; opens no connection yet. */
export function openSession(options: ProjectXOptions): VenueSession {
  // Windows pass with elapsed time, which a driven or stepped venue clock does not measure.
  const window = (requests: number, windowMs: number): RequestWindow =>
    new RequestWindow({
      requests,
      windowMs,
      reserve: Math.floor(requests * RESERVED_FRACTION),
      clock: () => performance.now(),
    })
  return new VenueSession((options.transport ?? SOCKETS).http(options.baseUrl), {
    login: { userName: options.userName, apiKey: options.apiKey },
    timeouts: { ...TIMEOUTS, ...options.timeouts },
    general: window(options.requestsPerMinute ?? REQUESTS_PER_MINUTE, 60_000),
    bars: window(options.barsPer30s ?? BARS_PER_30S, 30_000),
    clock: options.clock,
  })
}
