/**
 * One kind of read, shared by everybody who wants it at about the same time: at most one is under way and one waits behind it,
 * however many ask. A reader never gets an answer older than it asked for.
 */
interface Started<T> {
  readonly at: number
  readonly value: Promise<T>
}

export class SharedRead<T> {
  readonly #read: () => Promise<T>
  readonly #now: () => number
  #last: Started<T> | null = null
  #running = false
  #waiting: Promise<T> | null = null

  constructor(read: () => Promise<T>, now: () => number) {
    this.#read = read
    this.#now = now
  }

  /** The answer of a read that started at or after `notBefore` (ms). @throws what the read throws */
  async get(notBefore: number): Promise<T> {
    const last = this.#last
    // A clock that was set back calls an answer newer than now: how old it is, nobody knows.
    if (last !== null && last.at >= notBefore && last.at <= this.#now()) return await last.value
    if (!this.#running) return await this.#start()
    this.#waiting ??= this.#after(this.#last?.value)
    return await this.#waiting
  }

  async #after(current: Promise<T> | undefined): Promise<T> {
    await current?.catch(() => undefined)
    this.#waiting = null
    return await this.#start()
  }

  #start(): Promise<T> {
    this.#running = true
    const started: Started<T> = { at: this.#now(), value: this.#read() }
    this.#last = started
    // A failed read is nobody's later answer.
    started.value.then(
      () => {
        this.#running = false
      },
      () => {
        this.#running = false
        if (this.#last === started) this.#last = null
      },
    )
    return started.value
  }
}
