/** The register of /info request types. */
import { balanceInfo } from './info/balance-info.ts'
import { candleInfo } from './info/candle-info.ts'
import { fillInfo } from './info/fill-info.ts'
import { identityInfo } from './info/identity-info.ts'
import type { InfoRequest } from './info/info-request.ts'
import { ledgerInfo } from './info/ledger-info.ts'
import { marketInfo } from './info/market-info.ts'
import { orderInfo } from './info/order-info.ts'
import { webDataInfo } from './info/web-data-info.ts'

const REQUESTS: Readonly<Record<string, InfoRequest>> = {
  ...marketInfo,
  ...candleInfo,
  ...balanceInfo,
  ...orderInfo,
  ...fillInfo,
  ...ledgerInfo,
  ...identityInfo,
  ...webDataInfo,
}

/** Looks an info request type up; undefined when the venue does not know it. */
export function infoRequestOf(raw: unknown): InfoRequest | undefined {
  if (typeof raw !== 'object' || raw === null || !('type' in raw) || typeof raw.type !== 'string') return undefined
  return Object.hasOwn(REQUESTS, raw.type) ? REQUESTS[raw.type] : undefined
}
