/** What stands between machines: whole, cut, or lossy by chance. Decided anew for each exchange. */
import type { Actor } from './actor.ts'
import type { Kernel, Passage } from './kernel.ts'

/** How a cut shows: connections are refused, or bytes vanish one way or the other. */
export type Cut = Exclude<Passage, 'whole'>

export class Links {
  readonly #kernel: Kernel
  readonly #cuts = new Map<Actor, Map<Actor, Cut>>()
  readonly #losses = new Map<Actor, number>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Cuts what goes from one machine to another until `heal`. */
  cut(from: Actor, to: Actor, how: Cut): void {
    const cuts = this.#cuts.get(from) ?? new Map<Actor, Cut>()
    cuts.set(to, how)
    this.#cuts.set(from, cuts)
  }

  heal(from: Actor, to: Actor): void {
    this.#cuts.get(from)?.delete(to)
  }

  /** A chance in [0, 1] that an exchange with this machine goes wrong somehow. */
  lossy(to: Actor, chance: number): void {
    this.#losses.set(to, chance)
  }

  /** Whole again, all of it. */
  healAll(): void {
    this.#cuts.clear()
    this.#losses.clear()
  }

  /** The fate of one exchange that leaves now. */
  passage(from: Actor, to: Actor): Passage {
    const cut = this.#cuts.get(from)?.get(to)
    if (cut !== undefined) return cut
    const chance = this.#losses.get(to) ?? 0
    if (chance === 0 || this.#kernel.random() >= chance) return 'whole'
    const which = this.#kernel.random()
    if (which < 0.2) return 'refused'
    return which < 0.5 ? 'request-lost' : 'answer-lost'
  }
}
