/**
 * All sinks behind one door. A sink that fails is left alone for a while, and one that is slow gets few notices at once: whoever tells
 * goes on with the others meanwhile.
 */
import type { RepeatTerms } from '#domain/alert-telling.ts'
import type { AlertNotice } from '#domain/alert-text.ts'
import { type Alerting, AlertNotDelivered, type Sink } from './alerting.ts'

/** Notices that one sink is told at once by this process. */
const AT_ONCE = 4
const BUSY_MS = 250
/** Between two of those who were sent away: a thousand notices for one dead sink must not keep book and queue busy. */
const SPACING_MS = 50
const REST_FIRST_MS = 1_000
const REST_MAX_MS = 60_000

export function openAlerting(sinks: readonly Sink[], repeat: RepeatTerms, now: () => number): Alerting {
  const doors = new Map(sinks.map((sink) => [sink.terms.name, new Door(sink, now)]))
  return {
    sinks: sinks.map(({ terms }) => terms),
    repeat,
    quietMs: (name) => doors.get(name)?.quietMs() ?? 0,
    async tell(name, notice) {
      const door = doors.get(name)
      if (door === undefined)
        throw new RangeError(`Expected one of the sinks ${[...doors.keys()].join(', ')}, saw ${name}.`)
      await door.tell(notice)
    },
  }
}

class Door {
  readonly #sink: Sink
  readonly #now: () => number
  #running = 0
  #failures = 0
  #restsUntil = 0
  /** When the last of those who were sent away comes back. */
  #lastBack = 0

  constructor(sink: Sink, now: () => number) {
    this.#sink = sink
    this.#now = now
  }

  /** How long whoever asks is to stay away; 0: come in. */
  quietMs(): number {
    const now = this.#now()
    const isBusy = this.#running >= AT_ONCE
    if (now >= this.#restsUntil && !isBusy) return 0
    const first = Math.max(this.#restsUntil, isBusy ? now + BUSY_MS : 0)
    this.#lastBack = Math.min(Math.max(first, this.#lastBack + SPACING_MS), now + REST_MAX_MS)
    return this.#lastBack - now
  }

  async tell(notice: AlertNotice): Promise<void> {
    const { name } = this.#sink.terms
    const why = this.#running >= AT_ONCE ? 'is busy' : 'rests after a failure'
    const quietMs = this.quietMs()
    if (quietMs > 0) throw new AlertNotDelivered(`Sink ${name} ${why}.`, { quietMs, untried: true })
    this.#running += 1
    try {
      await this.#sink.send(notice)
      this.#failures = 0
    } catch (error) {
      throw this.#failed(error)
    } finally {
      this.#running -= 1
    }
  }

  #failed(error: unknown): AlertNotDelivered {
    const asked = error instanceof AlertNotDelivered ? error.quietMs : null
    const quietMs = Math.min(asked ?? REST_FIRST_MS * 2 ** Math.min(this.#failures, 10), REST_MAX_MS)
    this.#failures += 1
    this.#restsUntil = this.#now() + quietMs
    // Of an error that is not a sink's own, only its name is known to be no secret.
    const words =
      error instanceof AlertNotDelivered ? error.message : `Sink ${this.#sink.terms.name}: ${nameOf(error)}.`
    return new AlertNotDelivered(words, { quietMs })
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'a value that is no error'
}
