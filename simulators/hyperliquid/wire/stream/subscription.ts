/** Subscriptions of the stream: which exist, their fields, and the key under which equal ones meet (reference section 5). */
import { z } from 'zod'
import { isCandleInterval } from '#simulators/hyperliquid/wire/info/candle-info.ts'

const user = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .toLowerCase()
const coin = z.string()
const dex = z.string().nullish()

const ofUser = z.object({ user })
const ofUserAndDex = z.object({ user, dex })
const ofCoin = z.object({ coin })

const FIELDS = {
  allMids: z.object({ dex }),
  notification: ofUser,
  webData2: ofUser,
  webData3: ofUser,
  clearinghouseState: ofUserAndDex,
  openOrders: ofUserAndDex,
  twapStates: ofUserAndDex,
  spotState: z.object({ user, isPortfolioMargin: z.boolean().nullish() }),
  candle: z.object({ coin, interval: z.string().refine(isCandleInterval) }),
  l2Book: z.object({
    coin,
    nSigFigs: z.int().min(2).max(5).nullish(),
    mantissa: z.int().nullish(),
    fast: z.boolean().nullish(),
  }),
  bbo: ofCoin,
  trades: ofCoin,
  orderUpdates: ofUser,
  userEvents: ofUser,
  userFills: z.object({ user, aggregateByTime: z.boolean().nullish() }),
  userFundings: ofUser,
  userNonFundingLedgerUpdates: ofUser,
  activeAssetCtx: ofCoin,
  activeAssetData: z.object({ user, coin }),
  userTwapSliceFills: ofUser,
  userTwapHistory: ofUser,
  userHistoricalOrders: ofUser,
} as const

/** Names of all subscriptions. */
export type SubscriptionType = keyof typeof FIELDS

/** A subscription as the venue keeps it. */
export interface Subscription {
  readonly type: SubscriptionType
  /** Lower case; undefined for market data. */
  readonly user: string | undefined
  readonly coin: string | undefined
  readonly interval: string | undefined
  readonly nSigFigs: number | undefined
  readonly mantissa: number | undefined
  readonly dex: string
  /** What subscriptionResponse echoes: the fields sent, addresses lower-cased. */
  readonly echo: Readonly<Record<string, unknown>>
  /** Equal subscriptions have equal keys. */
  readonly key: string
}

/** Parses a subscription; undefined when the venue would call it invalid. */
export function parseSubscription(raw: unknown): Subscription | undefined {
  if (typeof raw !== 'object' || raw === null || !('type' in raw) || typeof raw.type !== 'string') return undefined
  if (!Object.hasOwn(FIELDS, raw.type)) return undefined
  const type = raw.type as SubscriptionType
  const parsed = FIELDS[type].safeParse(raw)
  if (!parsed.success) return undefined
  const fields: Partial<Record<string, unknown>> = parsed.data
  const echo = { type, ...fields }
  return {
    type,
    user: fields['user'] as string | undefined,
    coin: fields['coin'] as string | undefined,
    interval: fields['interval'] as string | undefined,
    nSigFigs: (fields['nSigFigs'] as number | null | undefined) ?? undefined,
    mantissa: (fields['mantissa'] as number | null | undefined) ?? undefined,
    dex: (fields['dex'] as string | null | undefined) ?? '',
    echo,
    key: JSON.stringify(Object.entries(echo).filter(([, value]) => value != null)),
  }
}

/** The channel a subscription's messages come on: its type, except that userEvents comes on `user`. */
export function channelOf(type: SubscriptionType): string {
  return type === 'userEvents' ? 'user' : type
}
