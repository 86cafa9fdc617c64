/** Plain ceilings a minute: of requests a caller, which protects the book from a sender in a loop, and of failed attempts to get in. Nothing finer. */

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

export interface AttemptLimit {
  /** Counts one attempt from an address; false when it, or everybody together, has used up this minute. */
  admit(address: string, now: number): boolean
}

/** Limits a minute. With `together` a guesser of many addresses meets one too. */
export function createAttemptLimit(limits: { readonly each: number; readonly together: number }): AttemptLimit {
  let minute = Number.NaN
  let all = 0
  const each = new Map<string, number>()
  return {
    admit(address, now) {
      const current = Math.floor(now / 60_000)
      if (current !== minute) {
        minute = current
        all = 0
        each.clear()
      }
      all += 1
      if (all > limits.together) return false
      const count = (each.get(address) ?? 0) + 1
      each.set(address, count)
      return count <= limits.each
    },
  }
}
