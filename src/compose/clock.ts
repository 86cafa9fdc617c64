/** The clock that a process and its checks go by. */
import type { Config } from '#config/config.ts'

/** Ms since epoch: the wall clock, and beside simulators what the configuration adds to it. */
export function clockOf({ clockOffsetMs }: Pick<Config, 'clockOffsetMs'>): () => number {
  return () => Date.now() + clockOffsetMs
}
