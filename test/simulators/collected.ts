/** Waits for an event of a stream, whether it has come already or not: what tests do in place of sleeping. */

/** Collects events and waits for one that fits. Rejects after 10 s with what was seen instead. */
export class Collected<Event> {
  readonly events: Event[] = []
  readonly #waiting = new Set<() => void>()

  /** Adds an event; bound, so that it can be handed over as a listener. */
  readonly add = (event: Event): void => {
    this.events.push(event)
    for (const wake of this.#waiting) wake()
  }

  /** The first event, past or to come, for which `fits` holds. */
  async first(fits: (event: Event) => boolean): Promise<Event> {
    const { promise, resolve, reject } = Promise.withResolvers<Event>()
    const look = () => {
      const found = this.events.find(fits)
      if (found !== undefined) resolve(found)
    }
    const timer = setTimeout(
      () => reject(new Error(`No such event within 10 s. Seen: ${JSON.stringify(this.events)}`)),
      10_000,
    )
    this.#waiting.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }
}
