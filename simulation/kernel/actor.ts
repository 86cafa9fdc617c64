/** A machine of the simulated world: a process of ours, the book, Redis, a venue. It may die, be stopped for a while, and have a wrong clock. */

export class Actor {
  readonly name: string
  /** Added to the true time, ms: what its clock shows. */
  readonly skewMs: number
  /** Whether its death at a boundary is worth trying: true for processes of ours. */
  readonly mortal: boolean
  #alive = true
  #stopped = false
  readonly #onDeath: (() => void)[] = []

  constructor(name: string, { skewMs = 0, mortal = false } = {}) {
    this.name = name
    this.skewMs = skewMs
    this.mortal = mortal
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Stopped as by SIGSTOP: whatever comes for it waits. */
  get stopped(): boolean {
    return this.#stopped
  }

  set stopped(stopped: boolean) {
    this.#stopped = stopped
  }

  /** What others notice of its death, e.g. connections that end. */
  whenDead(notice: () => void): void {
    this.#onDeath.push(notice)
  }

  /** Dies as by SIGKILL: nothing that was to happen in it will. */
  die(): void {
    if (!this.#alive) return
    this.#alive = false
    for (const notice of this.#onDeath) notice()
  }
}
