/**
 * The scheduler of a simulated world: virtual time, one event after another, everything from one seed. After each event all
 * that follows from it inside JavaScript has run, so the next one finds every process at rest, waiting.
 *
 * A process of ours reaches others only through `call` and `post`. Each is a boundary: it may die right before, and then
 * neither the effect nor anything behind it happens; or right after the effect, and then nobody hears the answer.
 */
import { seededRandom } from '#simulators/venue/seeded-random.ts'
import { Actor } from './actor.ts'
import { EventQueue, type Scheduled } from './event-queue.ts'
import { Trace } from './trace.ts'

/** Handle of something to come. */
export interface Pending {
  cancel(): void
}

interface Event extends Scheduled {
  readonly actor: Actor
  readonly label: string
  run: (() => void) | null
}

/** What the way between two machines does to one exchange. */
export type Passage = 'whole' | 'refused' | 'request-lost' | 'answer-lost'

/** One exchange between two machines. */
export interface Exchange<T> {
  readonly from: Actor
  readonly to: Actor
  /** Names it in the trace. */
  readonly label: string
  /** What happens at the other side. */
  readonly work: () => Promise<T>
  /** Decided when it leaves; default whole. */
  readonly passage?: () => Passage
  /** What the caller sees of a passage that was not whole. */
  readonly failure: (passage: Exclude<Passage, 'whole'>) => Error
  /** When the caller gives up on a lost one, ms. */
  readonly patienceMs: number
}

export interface KernelOptions {
  readonly seed: number
  /** Virtual time at the start, ms since epoch. */
  readonly start: number
  /** Which boundary of mortal actors is deadly, counted from 0; null for none. */
  readonly deadlyBoundaries?: ReadonlySet<number>
  readonly tell?: (line: string) => void
  /** Waits until JavaScript has nothing left to do without new events. */
  readonly rest: () => Promise<void>
}

/** Latency of one way between two machines, ms. */
const LATENCY_MIN_MS = 0.05
const LATENCY_SPREAD_MS = 1.5

export class Kernel {
  /** Numbers in [0, 1), all from the seed. */
  readonly random: () => number
  readonly trace: Trace
  /** On whose behalf code runs now. */
  current: Actor
  /** Of the world itself: it neither dies nor errs. */
  readonly world = new Actor('world')
  readonly #events = new EventQueue<Event>()
  readonly #rest: () => Promise<void>
  readonly #deadly: ReadonlySet<number>
  #now: number
  #order = 0
  #boundaries = 0
  #held = new Map<Actor, Event[]>()
  /** Told when a boundary was deadly. */
  onDeath: (actor: Actor) => void = () => undefined

  constructor({ seed, start, deadlyBoundaries = new Set(), tell, rest }: KernelOptions) {
    this.random = seededRandom(seed)
    this.trace = new Trace(tell ?? null)
    this.#now = start
    this.#deadly = deadlyBoundaries
    this.#rest = rest
    this.current = this.world
  }

  /** True time, ms since epoch, with fractions. */
  get now(): number {
    return this.#now
  }

  /** Boundaries that mortal actors crossed so far. */
  get boundaries(): number {
    return this.#boundaries
  }

  latency(): number {
    return LATENCY_MIN_MS + this.random() * LATENCY_SPREAD_MS
  }

  /** Has something happen at an actor after a while. */
  post(actor: Actor, delayMs: number, label: string, run: () => void): Pending {
    const event: Event = { at: this.#now + Math.max(0, delayMs), order: this.#order++, actor, label, run }
    this.#events.push(event)
    return {
      cancel: () => {
        event.run = null
      },
    }
  }

  /** One exchange; see the file's head. Never settles when the caller dies. */
  call<T>({ from, to, label, work, passage, failure, patienceMs }: Exchange<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    if (!this.cross(from, label)) return promise
    const way = to.alive ? (passage?.() ?? 'whole') : 'refused'
    const lost = (delayMs: number): void => {
      this.post(from, delayMs, `${label} fails`, () => reject(failure(way as Exclude<Passage, 'whole'>)))
    }
    if (way === 'refused') {
      lost(this.latency())
      return promise
    }
    if (way === 'request-lost') {
      lost(patienceMs)
      return promise
    }
    this.post(to, this.latency(), label, () => {
      work().then(
        (value) => {
          if (way === 'answer-lost') lost(patienceMs)
          else this.#answer(from, label, () => resolve(value))
        },
        (error: unknown) => {
          if (way === 'answer-lost') lost(patienceMs)
          else this.#answer(from, label, () => reject(error))
        },
      )
    })
    return promise
  }

  #answer(to: Actor, label: string, settle: () => void): void {
    this.post(to, this.latency(), `${label} answered`, () => {
      if (this.cross(to, label)) settle()
    })
  }

  /** A boundary: answers whether the actor still lives behind it. */
  cross(actor: Actor, label: string): boolean {
    if (!actor.alive) return false
    if (!actor.mortal) return true
    const number = this.#boundaries++
    if (!this.#deadly.has(number)) return true
    this.kill(actor, `boundary ${number}: ${label}`)
    return false
  }

  kill(actor: Actor, why: string): void {
    if (!actor.alive) return
    this.trace.note(`${this.#now} ${actor.name} dies at ${why}`)
    actor.die()
    this.#held.delete(actor)
    this.onDeath(actor)
  }

  /** Stops an actor as by SIGSTOP. */
  stop(actor: Actor): void {
    actor.stopped = true
  }

  /** Lets a stopped actor go on: all that waited comes now. */
  go(actor: Actor): void {
    actor.stopped = false
    const held = this.#held.get(actor) ?? []
    this.#held.delete(actor)
    for (const { label, run } of held) if (run !== null) this.post(actor, 0, label, run)
  }

  /** Runs until a time, or until `done` says so; events at that very time still happen. */
  async run(until: number, done: () => boolean = () => false): Promise<void> {
    while (!done()) {
      const next = this.#events.first
      if (next === undefined || next.at > until) {
        this.#now = Math.max(this.#now, until)
        return
      }
      this.#events.pop()
      await this.#happen(next)
    }
  }

  async #happen(event: Event): Promise<void> {
    const { actor, run } = event
    if (run === null || !actor.alive) return
    this.#now = Math.max(this.#now, event.at)
    if (actor.stopped) {
      const held = this.#held.get(actor) ?? []
      held.push(event)
      this.#held.set(actor, held)
      return
    }
    this.trace.note(`${this.#now} ${actor.name} ${event.label}`)
    this.current = actor
    event.run = null
    run()
    await this.#rest()
    this.current = this.world
  }
}
