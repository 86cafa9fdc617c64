/** What every request handler of one running venue shares. */
import type { Venue } from '#simulators/bybit/engine/venue.ts'
import type { FaultMatch, FaultRule } from '#simulators/bybit/faults/fault.ts'
import type { FaultScript, FaultSubject } from '#simulators/venue/fault-script.ts'
import type { ApiKeys, SiteEnv } from './api-keys.ts'
import type { RateBuckets } from './rate-buckets.ts'

/** Handler context. */
export interface VenueContext {
  readonly venue: Venue
  readonly env: SiteEnv
  readonly keys: ApiKeys
  readonly faults: FaultScript<FaultRule>
  readonly rates: RateBuckets
}

/** What faults may know of a request. */
export type RequestSubject = FaultSubject<FaultMatch>
