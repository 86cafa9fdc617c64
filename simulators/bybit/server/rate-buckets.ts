/** Requests per account and endpoint in a rolling second, and per machine in five (reference section B8). */

const WINDOW_MS = 1_000
const IP_WINDOW_MS = 5_000
const IP_LIMIT = 600

/** What the three rate headers say. */
export interface RateState {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Venue time at which a request is free again, ms; now when it is already. */
  readonly resetAt: number
}

/** Counts requests; `scale` multiplies the documented limits, Infinity switches them off. */
export class RateBuckets {
  readonly #scale: number
  readonly #sent = new Map<string, number[]>()

  constructor(scale: number) {
    this.#scale = scale
  }

  /** Takes `count` requests of an account's endpoint, or none when they do not all fit. */
  take(account: string, path: string, limit: number, now: number, count = 1): RateState {
    return this.#take(`${account} ${path}`, { limit: limit * this.#scale, windowMs: WINDOW_MS, count }, now)
  }

  /** Takes one request of a machine. */
  takeOfMachine(address: string, now: number): boolean {
    return this.#take(address, { limit: IP_LIMIT * this.#scale, windowMs: IP_WINDOW_MS, count: 1 }, now).allowed
  }

  #take(
    key: string,
    rule: { readonly limit: number; readonly windowMs: number; readonly count: number },
    now: number,
  ): RateState {
    const { limit, windowMs, count } = rule
    const recent = (this.#sent.get(key) ?? []).filter((time) => time > now - windowMs)
    const allowed = recent.length + count <= limit
    if (allowed && limit !== Infinity) for (let taken = 0; taken < count; taken++) recent.push(now)
    this.#sent.set(key, recent)
    const remaining = Math.max(0, limit - recent.length)
    const oldest = recent[0]
    return { allowed, limit, remaining, resetAt: remaining > 0 || oldest === undefined ? now : oldest + windowMs }
  }
}

/** The three headers of an answer. */
export function rateHeaders({ limit, remaining, resetAt }: RateState): Readonly<Record<string, string>> {
  const text = (value: number) => String(Number.isFinite(value) ? Math.floor(value) : 1_000_000)
  return {
    'X-Bapi-Limit': text(limit),
    'X-Bapi-Limit-Status': text(remaining),
    'X-Bapi-Limit-Reset-Timestamp': text(resetAt),
  }
}
