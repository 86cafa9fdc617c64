/** The venue's clock: the machine's with an offset, or one that only moves when told. It never runs backwards. */

/** A venue's time source, ms since epoch. Never read anywhere else, so a test can drive it. */
export interface VenueClock {
  now(): number
}

/** How a driven clock runs. Times in ms. */
export type ClockMode =
  | { readonly kind: 'real'; readonly offsetMs?: number }
  | { readonly kind: 'manual'; readonly start?: number }

/** 2026-01-01T00:00:00Z: where a manual clock starts unless told otherwise. */
export const MANUAL_START = 1_767_225_600_000

/** A venue clock that tests can drive. */
export class DrivenClock implements VenueClock {
  readonly kind: ClockMode['kind']
  #manual: number
  #offset: number
  #latest = 0

  constructor(mode: ClockMode) {
    this.kind = mode.kind
    this.#manual = mode.kind === 'manual' ? (mode.start ?? MANUAL_START) : 0
    this.#offset = mode.kind === 'real' ? (mode.offsetMs ?? 0) : 0
  }

  /** Venue time, ms. */
  now(): number {
    const reading = this.kind === 'manual' ? this.#manual : Date.now() + this.#offset
    this.#latest = Math.max(this.#latest, reading)
    return this.#latest
  }

  /** Moves a manual clock, or a real clock's offset, forward by `ms`. @throws RangeError on a negative step */
  advance(ms: number): void {
    if (ms < 0) throw new RangeError(`Expected a step forward, saw ${ms} ms: a venue's time never runs back.`)
    if (this.kind === 'manual') this.#manual += ms
    else this.#offset += ms
  }

  /** Puts the clock at `time`. @throws RangeError on a time gone by */
  set(time: number): void {
    this.advance(time - this.now())
  }
}
