/** What the command lines of all venues share: common flags, the reading of their values, and the way to stop. */
import type { ClockMode } from './driven-clock.ts'

/** Flags of every venue, for `parseArgs`; the port's default is each venue's own. */
export const COMMON_FLAGS = {
  seed: { type: 'string', default: '1' },
  clock: { type: 'string', default: 'real' },
  skew: { type: 'string', default: '0' },
  'rate-limits': { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const

/** The texts of the common flags. */
export interface CommonTexts {
  readonly port: string
  readonly seed: string
  readonly clock: string
  readonly skew: string
  readonly 'rate-limits': string
}

/** What the common flags mean. */
export interface CommonSettings {
  readonly port: number
  readonly seed: number
  readonly clock: ClockMode
  /** Multiple of the documented limits; Infinity switches them off. */
  readonly rateLimits: number
}

/** Reads the values of flags; what it throws ends with the venue's usage. */
export class FlagReader {
  readonly #usage: string

  constructor(usage: string) {
    this.#usage = usage
  }

  /** Settings that every venue has. @throws RangeError */
  common(texts: CommonTexts): CommonSettings {
    const limits = texts['rate-limits']
    return {
      port: this.integer('--port', texts.port),
      seed: this.integer('--seed', texts.seed),
      clock:
        this.oneOf('--clock', texts.clock, ['real', 'manual']) === 'manual'
          ? { kind: 'manual' }
          : { kind: 'real', offsetMs: this.integer('--skew', texts.skew) },
      rateLimits: limits === 'off' ? Infinity : this.#positive('--rate-limits', limits),
    }
  }

  /** @throws RangeError */
  integer(name: string, text: string): number {
    const value = Number(text)
    if (!Number.isSafeInteger(value)) throw this.#unexpected(`an integer for ${name}`, text)
    return value
  }

  /** @throws RangeError */
  oneOf<const Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
    const choice = choices.find((candidate) => candidate === text)
    if (choice === undefined) throw this.#unexpected(`${name} ${choices.join(' or ')}`, text)
    return choice
  }

  #positive(name: string, text: string): number {
    const value = Number(text)
    if (!(value > 0)) throw this.#unexpected(`a positive number or "off" for ${name}`, text)
    return value
  }

  #unexpected(expected: string, seen: string): RangeError {
    return new RangeError(`Expected ${expected}, saw "${seen}".\n${this.#usage}`)
  }
}

/** Waits for SIGINT or SIGTERM, then stops the venue. */
export async function stopOnSignal(venue: { stop(): Promise<void> }): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await venue.stop()
}
