/** Request limits per user (reference C3): 50 bars requests in 30 s, 200 of everything else in 60 s. Who shares them is not documented. */

const BUDGETS = {
  bars: { requests: 50, windowMs: 30_000 },
  general: { requests: 200, windowMs: 60_000 },
} as const

/** The two budgets. */
export type BudgetName = keyof typeof BUDGETS

/** Counts requests of the last window. Times in ms of the venue's clock. */
export class RequestBudget {
  readonly #scale: number
  readonly #taken = new Map<string, number[]>()

  /** @param scale multiple of the documented limits; Infinity switches them off */
  constructor(scale: number) {
    this.#scale = scale
  }

  /** Takes one request; false when the window is full. A refused request does not count. */
  take(who: string, name: BudgetName, now: number): boolean {
    if (this.#scale === Infinity) return true
    const { requests, windowMs } = BUDGETS[name]
    const key = `${name} ${who}`
    const recent = (this.#taken.get(key) ?? []).filter((time) => time > now - windowMs)
    this.#taken.set(key, recent)
    if (recent.length >= Math.floor(requests * this.#scale)) return false
    recent.push(now)
    return true
  }
}
