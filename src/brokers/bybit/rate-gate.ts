/**
 * Keeps to the venue's own limits as its answers state them: an endpoint that said "nothing left until then" is not asked before
 * then (reference section B8). Our own budget is another matter (rate-limit.ts).
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { HttpOutcome } from '#brokers/http-request.ts'

const REMAINING = 'x-bapi-limit-status'
const RESET = 'x-bapi-limit-reset-timestamp'
/** A limit counts over one second; a reset further away than this is no reset of it. */
const LONGEST_MS = 5_000

export class RateGate {
  readonly #elapsed: () => number
  readonly #closedUntil = new Map<string, number>()

  /** `elapsed` in ms, monotonic. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  /** Learns from an answer; `now` is the venue's time of it, ms. */
  note(path: string, outcome: HttpOutcome, now: number): void {
    if (outcome.kind !== 'answer' || outcome.headers?.[REMAINING] !== '0') return
    const wait = Number(outcome.headers[RESET]) - now
    if (wait > 0 && wait <= LONGEST_MS) this.#closedUntil.set(path, this.#elapsed() + wait)
  }

  /** Waits until the endpoint may be asked again; false when that takes longer than `patienceMs`. */
  async pass(path: string, patienceMs: number): Promise<boolean> {
    const until = this.#closedUntil.get(path) ?? 0
    if (until - this.#elapsed() > patienceMs) return false
    // A timer may fire a little early.
    for (let wait = until - this.#elapsed(); wait > 0; wait = until - this.#elapsed()) await delay(Math.ceil(wait))
    return true
  }
}
