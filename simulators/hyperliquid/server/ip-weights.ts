/** The weight one machine may spend per minute over REST (reference section 6: 1200), as a bucket that refills evenly. */

const WEIGHT_PER_MINUTE = 1200
const MINUTE_MS = 60_000

interface Bucket {
  spent: number
  at: number
}

/** Meters REST weight per client address. */
export class IpWeights {
  readonly #limit: number
  readonly #buckets = new Map<string, Bucket>()

  /** @param scale multiple of the documented limit; Infinity switches metering off */
  constructor(scale: number) {
    this.#limit = WEIGHT_PER_MINUTE * scale
  }

  /** Takes `weight` at `now` (ms); false when the minute's weight is spent, and then nothing is taken. */
  take(client: string, weight: number, now: number): boolean {
    if (this.#limit === Infinity) return true
    const bucket = this.#drained(client, now)
    if (bucket.spent + weight > this.#limit) return false
    bucket.spent += weight
    return true
  }

  /** Adds the weight of the rows an answer carried, which may overdraw the minute. */
  charge(client: string, weight: number, now: number): void {
    if (this.#limit === Infinity || weight === 0) return
    this.#drained(client, now).spent += weight
  }

  #drained(client: string, now: number): Bucket {
    const bucket = this.#buckets.get(client) ?? { spent: 0, at: now }
    const elapsed = Math.max(0, now - bucket.at)
    bucket.spent = Math.max(0, bucket.spent - (elapsed * this.#limit) / MINUTE_MS)
    bucket.at = now
    this.#buckets.set(client, bucket)
    return bucket
  }
}
