/**
 * Waiting for a condition instead of sleeping: polls until the condition holds or a generous deadline passes.
 * The bound exists to end a broken test with a good message, never to measure speed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'

/** How long to wait, how often to look (ms), and what is awaited, in words for the failure message. */
export interface EventuallyOptions {
  readonly what?: string
  readonly withinMs?: number
  readonly everyMs?: number
}

type Found<T> = Exclude<T, false | null | undefined>

/**
 * Resolves with the first value of `look` that is neither false, null nor undefined. A `look` that throws (an assertion)
 * counts as not yet. On the deadline it throws, with the last value or error that was seen.
 */
export async function eventually<T>(look: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<Found<T>> {
  const { what = 'the condition', withinMs = 20_000, everyMs = 15 } = options
  const startedAt = performance.now()
  for (;;) {
    const seen = await attempt(look)
    if ('value' in seen && isFound(seen.value)) return seen.value
    if (performance.now() - startedAt >= withinMs) throw timedOut(what, withinMs, seen)
    await delay(everyMs)
  }
}

type Seen<T> = { readonly value: T } | { readonly error: unknown }

async function attempt<T>(look: () => T | Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await look() }
  } catch (error) {
    return { error }
  }
}

function isFound<T>(value: T): value is Found<T> {
  return value !== false && value !== null && value !== undefined
}

function timedOut(what: string, withinMs: number, seen: Seen<unknown>): Error {
  if ('value' in seen) return new Error(`Expected ${what} within ${withinMs} ms, last saw ${inspect(seen.value)}.`)
  const message = seen.error instanceof Error ? seen.error.message : inspect(seen.error)
  return new Error(`Expected ${what} within ${withinMs} ms, last saw this error: ${message}`, { cause: seen.error })
}
