/**
 * The number of actions an account may send in its life: 10,000 plus one per USDC traded, then one per ten seconds
 * (reference section 6). A batch of n counts n; a stale `expiresAfter` counts five times.
 */
import { Decimal } from '#domain/decimal.ts'
import type { Address, VenueAction } from '#simulators/hyperliquid/engine/action.ts'
import { wireNumber } from '#simulators/hyperliquid/wire/render/number.ts'
import type { AccountReads } from '#simulators/hyperliquid/engine/venue.ts'

const INITIAL_ACTIONS = 10_000
const EXTRA_CANCELS = 100_000
const THROTTLED_INTERVAL_MS = 10_000

/** What userRateLimit shows. */
export interface BudgetView {
  readonly cumVlm: string
  readonly nRequestsUsed: number
  readonly nRequestsCap: number
  readonly nRequestsSurplus: number
}

/** Meters actions per account (master and each sub-account for itself). */
export class AddressBudget {
  readonly #reads: AccountReads
  readonly #scale: number
  readonly #used = new Map<Address, number>()
  readonly #reserved = new Map<Address, number>()
  readonly #lastThrottled = new Map<Address, number>()

  /** @param scale multiple of the documented allowance; Infinity switches metering off */
  constructor(reads: AccountReads, scale: number) {
    this.#reads = reads
    this.#scale = scale
  }

  /** The venue's refusal of one more action of this account at `now` (ms), or undefined when it may pass. */
  objection(account: Address, action: VenueAction, now: number): string | undefined {
    if (this.#scale === Infinity || action.type === 'reserveRequestWeight') return undefined
    const used = this.#used.get(account) ?? 0
    const cap = this.#cap(account)
    const isCancel = action.type === 'cancel' || action.type === 'cancelByCloid'
    const limit = isCancel ? Math.min(cap + EXTRA_CANCELS, 2 * cap) : cap
    if (used + legsOf(action) <= limit) return undefined
    const last = this.#lastThrottled.get(account) ?? -Infinity
    if (now - last >= THROTTLED_INTERVAL_MS) {
      this.#lastThrottled.set(account, now)
      return undefined
    }
    const volume = new Decimal(this.#reads.volume(account)).toFixed(2)
    return (
      `Too many cumulative requests sent (${used} > ${limit}) for cumulative volume traded $${volume}. ` +
      'Place taker orders to free up 1 request per USDC traded.'
    )
  }

  /** Counts an action that reached the venue; `factor` is 5 for one that had expired. */
  count(account: Address, action: VenueAction, factor = 1): void {
    this.#used.set(account, (this.#used.get(account) ?? 0) + legsOf(action) * factor)
  }

  /** Adds bought requests. */
  reserve(account: Address, requests: number): void {
    this.#reserved.set(account, (this.#reserved.get(account) ?? 0) + requests)
  }

  /** What userRateLimit answers. */
  view(account: Address): BudgetView {
    const used = this.#used.get(account) ?? 0
    return {
      cumVlm: wireNumber(this.#reads.volume(account)),
      nRequestsUsed: used,
      nRequestsCap: this.#cap(account),
      nRequestsSurplus: 0,
    }
  }

  #cap(account: Address): number {
    const traded = new Decimal(this.#reads.volume(account)).floor().toNumber()
    const scale = this.#scale === Infinity ? 1 : this.#scale
    return Math.floor(INITIAL_ACTIONS * scale) + traded + (this.#reserved.get(account) ?? 0)
  }
}

function legsOf(action: VenueAction): number {
  switch (action.type) {
    case 'order':
      return action.orders.length
    case 'cancel':
    case 'cancelByCloid':
      return action.cancels.length
    case 'batchModify':
      return action.modifies.length
    default:
      return 1
  }
}
