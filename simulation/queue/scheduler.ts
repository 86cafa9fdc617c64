/** Slots of a BullMQ job scheduler with an interval, as its scripts compute them (getJobSchedulerEveryNextMillis and around). */
import type { JobsOptions } from 'bullmq'

export interface Scheduler {
  readonly every: number
  readonly template: { readonly name: string; readonly data: unknown; readonly opts: JobsOptions }
  next: number
  /** Where in an interval its slots lie, ms; what was missed is caught up with there. */
  readonly offset: number
}

/** Slots that a registration tries while each already has a job. */
const SLOT_TRIES = 32

/** Id of the job of a slot. */
export function slotId(scheduler: string, slot: number): string {
  return `repeat:${scheduler}:${slot}`
}

/** The slot after `slot`, or the first one from now on where slots were missed. */
export function following(
  slot: number,
  { every, now, offset }: { readonly every: number; readonly now: number; readonly offset: number },
): number {
  const next = slot + every
  if (next >= now) return next
  const aligned = Math.floor(now / every) * every + offset
  return aligned <= now ? aligned + every : aligned
}

/** The slot that a registration asks for. `replaced`: the job of the known schedule's next slot had not started and is gone. */
export function slotOf(
  known: Scheduler | undefined,
  { every, now, replaced }: { readonly every: number; readonly now: number; readonly replaced: boolean },
): { readonly next: number; readonly offset: number } {
  const next = known?.every === every ? following(known.next, { every, now, offset: 0 }) : now
  if (known === undefined || !replaced) return { next, offset: next % every }
  return { next: known.every === every ? known.next : next, offset: known.offset }
}

/** The first slot from `slot` on that has no job; undefined when that is too far. */
export function firstFree(slot: number, every: number, taken: (slot: number) => boolean): number | undefined {
  for (let tries = 0; tries <= SLOT_TRIES; tries += 1) {
    if (!taken(slot + tries * every)) return slot + tries * every
  }
  return undefined
}
