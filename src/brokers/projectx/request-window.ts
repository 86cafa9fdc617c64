/**
 * The venue's request limit as it states it, so many within a window (reference C3), with a part kept for what reduces or protects
 * exposure. A window, not a bucket: a full bucket that refills meanwhile would let twice the limit pass.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Urgency } from '#brokers/rate-limit.ts'

export interface WindowTerms {
  readonly requests: number
  readonly windowMs: number
  /** How many of them only urgent requests may take. */
  readonly reserve: number
  /** Any monotonic count of ms. */
  readonly clock: () => number
}

/** Part of the window that a refusal for too many requests costs. */
const PAUSES_PER_WINDOW = 20

/** Counts the requests of the last window. The urgent always pass, over the limit at worst. */
export class RequestWindow {
  readonly #terms: WindowTerms
  #taken: number[] = []
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor(terms: WindowTerms) {
    this.#terms = terms
  }

  /** How many a window grants. */
  get limit(): number {
    return this.#terms.requests
  }

  /** How many of them are left now; negative after urgent ones went over. */
  get left(): number {
    return this.#terms.requests - this.#recent(this.#terms.clock()).length
  }

  /** Takes one request, waiting up to `patienceMs`; false when it would take longer. */
  async take(urgency: Urgency, patienceMs: number): Promise<boolean> {
    const startedAt = this.#terms.clock()
    for (;;) {
      const wait = this.#tryTake(urgency)
      if (wait === 0) return true
      if (this.#terms.clock() - startedAt + wait > patienceMs) return false
      await delay(wait)
    }
  }

  /** The venue said "too many": normal requests pause while older ones leave its window. */
  exhaust(): void {
    this.#pausedUntil = this.#terms.clock() + this.#terms.windowMs / PAUSES_PER_WINDOW
  }

  /** 0 when taken, else ms until the oldest request that stands in the way leaves the window. */
  #tryTake(urgency: Urgency): number {
    const now = this.#terms.clock()
    const recent = this.#recent(now)
    const over = recent.length - this.#normalShare()
    if (urgency === 'normal' && (over >= 0 || now < this.#pausedUntil)) {
      const freeAt = over >= 0 ? (recent[over] ?? now) + this.#terms.windowMs : now
      return Math.max(1, Math.ceil(Math.max(freeAt, this.#pausedUntil) - now))
    }
    recent.push(now)
    return 0
  }

  #recent(now: number): number[] {
    this.#taken = this.#taken.filter((at) => at > now - this.#terms.windowMs)
    return this.#taken
  }

  #normalShare(): number {
    return Math.max(1, this.#terms.requests - this.#terms.reserve)
  }
}
