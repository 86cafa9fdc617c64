/**
 * The overview for everybody who watches: one reading of the book a second while anybody listens, none otherwise. Listeners get all of it
 * once and then only the parts that changed. A reading that failed is told as such, so that no screen looks true when it is not.
 */
import { isDeepStrictEqual } from 'node:util'
import type { OverviewAnswer, OverviewPart } from '../overview-wire.ts'

/** What a listener hears. `tick` says that the book was read just now, whether anything changed or not. */
export type FeedMessage =
  | { readonly event: 'overview'; readonly data: OverviewAnswer }
  | { readonly event: 'part'; readonly data: OverviewPart }
  | { readonly event: 'tick'; readonly data: { readonly now: number } }
  | { readonly event: 'trouble'; readonly data: { readonly message: string } }

export type Listener = (message: FeedMessage) => void

export interface OverviewFeed {
  readonly listeners: number
  /** Hears from now on; answers how to stop. */
  listen(listener: Listener): () => void
  close(): void
}

/** `every` ms between the end of a reading and the next; `onError` hears why one failed. */
export function createOverviewFeed(tools: {
  readonly read: () => Promise<OverviewAnswer>
  readonly every: number
  readonly onError: (error: unknown) => void
}): OverviewFeed {
  const listeners = new Map<Listener, { told: boolean }>()
  let last: OverviewAnswer | null = null
  let timer: NodeJS.Timeout | null = null
  let reading = false

  const tell = (seen: OverviewAnswer): void => {
    const parts = last === null ? [] : changedParts(last, seen)
    last = seen
    for (const [listener, state] of listeners) {
      if (state.told) for (const data of parts) listener({ event: 'part', data })
      else listener({ event: 'overview', data: seen })
      state.told = true
      listener({ event: 'tick', data: { now: seen.now } })
    }
  }

  const round = async (): Promise<void> => {
    if (reading) return
    reading = true
    try {
      tell(await tools.read())
    } catch (error) {
      tools.onError(error)
      for (const listener of listeners.keys())
        listener({ event: 'trouble', data: { message: 'The book does not answer; what you see is old.' } })
    } finally {
      reading = false
    }
    schedule(tools.every)
  }

  const schedule = (delay: number): void => {
    if (timer !== null) clearTimeout(timer)
    timer = listeners.size === 0 ? null : setTimeout(() => void round(), delay)
  }

  return {
    get listeners() {
      return listeners.size
    },
    listen(listener) {
      listeners.set(listener, { told: false })
      // The newcomer waits for no pause; a reading that is under way tells it too.
      schedule(0)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        last = null
        schedule(0)
      }
    },
    close() {
      listeners.clear()
      schedule(0)
    },
  }
}

/** What differs between two readings, part by part. Pure. */
export function changedParts(before: OverviewAnswer, after: OverviewAnswer): OverviewPart[] {
  const known = new Map(before.accounts.map((account) => [account.id, account]))
  const accounts = after.accounts
    .filter((account) => !isDeepStrictEqual(known.get(account.id), account))
    .map((value): OverviewPart => ({ part: 'account', value }))
  const rest: readonly OverviewPart[] = [
    { part: 'trading', value: after.trading },
    { part: 'alerts', value: after.alerts },
    { part: 'dead_jobs', value: after.dead_jobs },
    { part: 'workers', value: after.workers },
  ]
  return [
    ...accounts,
    ...rest.filter(({ part, value }) => part !== 'account' && !isDeepStrictEqual(before[part], value)),
  ]
}
