/** Instants as people give them on the command line: a UTC day, or a time with its zone; ms since epoch. */
import { InvalidArgumentError } from 'commander'

const DAY_MS = 86_400_000

/** @throws InvalidArgumentError */
export function instantOf(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new InvalidArgumentError(`Expected a day or an instant with its zone, saw "${text}".`)
  return at
}

/** The same as an inclusive end: a day is meant with all its hours. @throws InvalidArgumentError */
export function endOf(text: string): number {
  return text.includes('T') ? instantOf(text) : instantOf(text) + DAY_MS - 1
}
