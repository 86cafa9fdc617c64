/** Timestamps of the wire: ISO-8601 with seven digits below the second and an offset (reference C1). */
import type { Moment } from '#simulators/projectx/engine/moment.ts'

const PATTERN = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/

/** Prints a moment, always in UTC. */
export function timestamp({ ms, tick }: Moment): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(tick).padStart(4, '0')}+00:00`
}

/** Prints whole seconds, as bars carry them. */
export function secondStamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -5)}+00:00`
}

/** Reads a timestamp; without an offset it is UTC. Undefined for anything else. */
export function parseTimestamp(text: string): Moment | undefined {
  const match = PATTERN.exec(text)
  if (match === null) return undefined
  const [, seconds = '', fraction = '', offset = 'Z'] = match
  const whole = Date.parse(`${seconds.replace(' ', 'T')}${offset}`)
  if (Number.isNaN(whole)) return undefined
  const digits = fraction.padEnd(7, '0')
  return { ms: whole + Number(digits.slice(0, 3)), tick: Number(digits.slice(3, 7)) }
}
