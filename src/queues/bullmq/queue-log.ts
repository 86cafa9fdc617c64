/**
 * Logging of what repeats: a broken connection or a full Redis raises the same error thousands of times a second.
 * The first few lines of a kind pass at once, the rest of the window becomes one line with a count.
 */

/** The part of a log that queues write to. */
export interface QueueLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

type Level = 'info' | 'warn' | 'error'

interface Window {
  startedAt: number
  lines: number
  suppressed: number
}

const WINDOW_MS = 10_000
const LINES_PER_WINDOW = 5
const KINDS_MAX = 200

/** A log that passes at most 5 lines of a kind (`message`) per 10 s and counts what it holds back. */
export class RateLimitedLog {
  readonly #log: QueueLog
  readonly #now: () => number
  readonly #windows = new Map<string, Window>()

  constructor(log: QueueLog, now: () => number = Date.now) {
    this.#log = log
    this.#now = now
  }

  /** Writes the line, or counts it; the first line of the next window carries how many were `suppressed`. */
  write(level: Level, fields: object, message: string): void {
    const now = this.#now()
    const window = this.#windows.get(message)
    if (window !== undefined && now - window.startedAt < WINDOW_MS) {
      window.lines += 1
      if (window.lines > LINES_PER_WINDOW) window.suppressed += 1
      else this.#log[level](fields, message)
      return
    }
    const suppressed = window?.suppressed ?? 0
    this.#windows.delete(message)
    this.#windows.set(message, { startedAt: now, lines: 1, suppressed: 0 })
    this.#forgetOldest()
    this.#log[level](suppressed > 0 ? { ...fields, suppressed } : fields, message)
  }

  #forgetOldest(): void {
    if (this.#windows.size <= KINDS_MAX) return
    const oldest = this.#windows.keys().next().value
    if (oldest !== undefined) this.#windows.delete(oldest)
  }
}
