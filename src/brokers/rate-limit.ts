/**
 * A budget of request weight that refills with time and keeps a reserve, so that reads and entries can never use up
 * what cancels and exits need (cases H1, H2). Nothing here sleeps for the urgent: they always pass.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** `urgent`: exits, stops and cancels; `normal`: everything else. */
export type Urgency = 'normal' | 'urgent'

/** Terms of a budget. */
export interface WeightBudgetOptions {
  /** Weight the venue grants per minute. */
  readonly perMinute: number
  /** Part of it that only urgent requests may use. */
  readonly reserve: number
  /** Ms since epoch or any monotonic count of ms. */
  readonly clock: () => number
}

/** A token bucket over weight, full at the start. */
export class WeightBudget {
  readonly #options: WeightBudgetOptions
  #available: number
  #refilledAt: number

  constructor(options: WeightBudgetOptions) {
    this.#options = options
    this.#available = options.perMinute
    this.#refilledAt = options.clock()
  }

  /** All of it. */
  get limit(): number {
    return this.#options.perMinute
  }

  /** Weight left now; negative after urgent requests overdrew it. */
  get available(): number {
    this.#refill()
    return this.#available
  }

  /** Takes the weight if the budget allows; the urgent always get it, overdrawing at worst. */
  tryTake(weight: number, urgency: Urgency): boolean {
    this.#refill()
    if (urgency === 'normal' && this.#available - weight < this.#options.reserve) return false
    this.#available -= weight
    return true
  }

  /** Waits up to `patienceMs` for the weight; false when it would take longer. */
  async take(weight: number, urgency: Urgency, patienceMs: number): Promise<boolean> {
    let waited = 0
    while (!this.tryTake(weight, urgency)) {
      const missing = weight + this.#options.reserve - this.#available
      const wait = Math.max(1, Math.ceil((missing * 60_000) / this.#options.perMinute))
      if (waited + wait > patienceMs) return false
      await delay(wait)
      waited += wait
    }
    return true
  }

  /** Accounts for weight that only the answer revealed, e.g. per returned row. */
  charge(weight: number): void {
    this.#refill()
    this.#available -= weight
  }

  /** Empties what is left for normal requests: the venue said "too many requests". */
  exhaust(): void {
    this.#refill()
    this.#available = Math.min(this.#available, this.#options.reserve)
  }

  #refill(): void {
    const now = this.#options.clock()
    // A clock that was set back must not stop the refill for good.
    const elapsed = Math.max(0, now - this.#refilledAt)
    this.#refilledAt = now
    this.#available = Math.min(this.#options.perMinute, this.#available + (elapsed * this.#options.perMinute) / 60_000)
  }
}
