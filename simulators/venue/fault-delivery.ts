/** Delivers what a venue sends unasked over one connection, under the faults of its stream. */
import type { StreamFault } from './faults.ts'

/** One connection's way out. */
export class FaultDelivery {
  readonly #send: (text: string) => void
  readonly #drop: () => void
  readonly #withheld = new Set<NodeJS.Timeout>()

  /** `send` sends at once, `drop` cuts the connection. */
  constructor(send: (text: string) => void, drop: () => void) {
    this.#send = send
    this.#drop = drop
  }

  /** Sends a message as its fault has it: once, twice, later, or not at all. */
  deliver(text: string, fault: StreamFault | undefined): void {
    switch (fault?.kind) {
      case undefined:
        this.#send(text)
        return
      case 'duplicate-event':
        this.#send(text)
        this.#send(text)
        return
      case 'withhold-event':
        if (fault.releaseAfterMs !== undefined) this.#sendLater(text, fault.releaseAfterMs)
        return
      case 'drop-socket':
        this.#drop()
    }
  }

  /** Forgets what was to come once the connection is gone. */
  clear(): void {
    for (const timer of this.#withheld) clearTimeout(timer)
  }

  #sendLater(text: string, ms: number): void {
    const timer = setTimeout(() => {
      this.#withheld.delete(timer)
      this.#send(text)
    }, ms)
    this.#withheld.add(timer)
  }
}
