/** Redis as the simulated world has it: queues under BullMQ's rules and a few keys. It can be away, and it can lose everything. */
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Kernel, Pending } from '#simulation/kernel/kernel.ts'
import type { StoredJob } from './job.ts'
import { QueueState } from './queue-state.ts'

interface Poll {
  readonly client: Actor
  readonly token: string
  readonly lockMs: number
  readonly give: (job: StoredJob) => void
  readonly fail: (error: Error) => void
}

/** A connection that ended with its server. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
  constructor() {
    super('Connection is closed.')
  }
}

export class SimulatedRedis {
  readonly actor: Actor
  readonly #kernel: Kernel
  readonly #queues = new Map<string, QueueState>()
  readonly #keys = new Map<string, string>()
  readonly #polls = new Map<string, Poll[]>()
  readonly #due = new Map<string, Pending>()
  #up = true
  #runs = 1

  constructor(actor: Actor, kernel: Kernel) {
    this.actor = actor
    this.#kernel = kernel
  }

  get up(): boolean {
    return this.#up
  }

  /** Names its run, as INFO does: another one after each start. */
  get runId(): string {
    return `run${this.#runs}`
  }

  get queues(): ReadonlyMap<string, QueueState> {
    return this.#queues
  }

  /** Away: connections end, with whatever waits on them. What it holds stays, as with an append-only file. */
  goDown(): void {
    this.#up = false
    for (const polls of this.#polls.values()) {
      for (const { client, fail } of polls.splice(0)) if (client.alive) fail(new ConnectionLost())
    }
  }

  comeUp(): void {
    if (!this.#up) this.#runs += 1
    this.#up = true
  }

  /** Loses everything it holds. */
  wipe(): void {
    for (const queue of this.#queues.values()) queue.flush()
    this.#keys.clear()
  }

  queue(name: string): QueueState {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const queue = new QueueState(name, () => Math.floor(this.#kernel.now))
    this.#queues.set(name, queue)
    return queue
  }

  /** Runs one script on a queue, then hands jobs to those that wait for them. */
  run<T>(name: string, script: (queue: QueueState) => T): T {
    const answer = script(this.queue(name))
    this.#serve(name)
    return answer
  }

  /** The next job under a lock, as soon as there is one. @throws ConnectionLost */
  take(name: string, client: Actor, token: string, lockMs: number): Promise<StoredJob> {
    return new Promise((give, fail) => {
      const polls = this.#polls.get(name) ?? []
      polls.push({ client, token, lockMs, give, fail })
      this.#polls.set(name, polls)
      this.#serve(name)
    })
  }

  get(key: string): string | null {
    return this.#keys.get(key) ?? null
  }

  set(key: string, value: string): void {
    this.#keys.set(key, value)
  }

  getdel(key: string): string | null {
    const value = this.#keys.get(key) ?? null
    this.#keys.delete(key)
    return value
  }

  #serve(name: string): void {
    const queue = this.queue(name)
    const polls = (this.#polls.get(name) ?? []).filter(({ client }) => client.alive)
    this.#polls.set(name, polls)
    while (polls.length > 0 && queue.nextAt() <= Math.floor(this.#kernel.now)) {
      const [poll] = polls.splice(Math.floor(this.#kernel.random() * polls.length), 1)
      const job = poll === undefined ? undefined : queue.take(poll.token, poll.lockMs)
      if (poll === undefined || job === undefined) break
      poll.give(job)
    }
    this.#due.get(name)?.cancel()
    const next = queue.nextAt()
    if (polls.length === 0 || next === Number.POSITIVE_INFINITY) return
    const wait = Math.max(1, next - this.#kernel.now)
    this.#due.set(
      name,
      this.#kernel.post(this.actor, wait, `${name} due`, () => this.#serve(name)),
    )
  }
}
