/** What every request handler of one running venue shares. */
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'
import type { FaultRule } from '#simulators/hyperliquid/faults/fault.ts'
import type { FaultScript } from '#simulators/venue/fault-script.ts'
import type { Network } from '#simulators/hyperliquid/wire/action-hash.ts'
import type { AddressBudget } from './address-budget.ts'
import type { IpWeights } from './ip-weights.ts'

/** Handler context. */
export interface VenueContext {
  readonly venue: Venue
  readonly network: Network
  readonly faults: FaultScript<FaultRule>
  readonly ipWeights: IpWeights
  readonly budget: AddressBudget
}
