/** A plain ceiling of requests a caller and minute: it protects the book from a sender in a loop, nothing finer. */

export interface RateLimit {
  /** Counts one request; false when the caller has used up this minute. */
  admit(caller: string, now: number): boolean
}

/** A limit of `perMinute` requests for each caller. */
export function createRateLimit(perMinute: number): RateLimit {
  const windows = new Map<string, { readonly minute: number; count: number }>()
  return {
    admit(caller, now) {
      const minute = Math.floor(now / 60_000)
      const current = windows.get(caller)
      const window = current?.minute === minute ? current : { minute, count: 0 }
      window.count += 1
      windows.set(caller, window)
      return window.count <= perMinute
    },
  }
}
