/** Websocket limits per client address (reference section 6): connections, new ones, subscriptions, users, messages, posts. */

const MINUTE_MS = 60_000
const DOCUMENTED = { connections: 10, newPerMinute: 30, subscriptions: 1000, users: 10, messages: 2000, posts: 100 }

/** Names of the limits. */
export type StreamLimit = keyof typeof DOCUMENTED

interface Usage {
  connections: number
  subscriptions: number
  posts: number
  readonly users: Map<string, number>
  readonly opened: number[]
  readonly messages: number[]
}

/** Counts what each client address uses; one shared by all its connections. */
export class StreamLimits {
  readonly #limits: Readonly<Record<StreamLimit, number>>
  readonly #usage = new Map<string, Usage>()

  /** @param scale multiple of the documented limits; Infinity switches them off */
  constructor(scale: number) {
    this.#limits = Object.fromEntries(
      Object.entries(DOCUMENTED).map(([name, limit]) => [name, limit * scale]),
    ) as Record<StreamLimit, number>
  }

  /** The documented value times the scale. */
  limit(name: StreamLimit): number {
    return this.#limits[name]
  }

  /** Takes a connection; false when there are too many. Times in real ms. */
  open(client: string, now: number): boolean {
    const usage = this.#of(client)
    forget(usage.opened, now)
    if (usage.connections >= this.#limits.connections || usage.opened.length >= this.#limits.newPerMinute) return false
    usage.connections++
    usage.opened.push(now)
    return true
  }

  /** Gives a connection back. */
  close(client: string): void {
    this.#of(client).connections--
  }

  /** Takes a message; false when the minute is full. */
  message(client: string, now: number): boolean {
    if (this.#limits.messages === Infinity) return true
    const { messages } = this.#of(client)
    forget(messages, now)
    if (messages.length >= this.#limits.messages) return false
    messages.push(now)
    return true
  }

  /** Takes a subscription and its user; the name of the limit that forbids it, or undefined. */
  subscribe(client: string, user: string | undefined): 'subscriptions' | 'users' | undefined {
    const usage = this.#of(client)
    if (usage.subscriptions >= this.#limits.subscriptions) return 'subscriptions'
    if (user !== undefined && !usage.users.has(user) && usage.users.size >= this.#limits.users) return 'users'
    usage.subscriptions++
    if (user !== undefined) usage.users.set(user, (usage.users.get(user) ?? 0) + 1)
    return undefined
  }

  /** Gives a subscription back. */
  unsubscribe(client: string, user: string | undefined): void {
    const usage = this.#of(client)
    usage.subscriptions--
    if (user === undefined) return
    const left = (usage.users.get(user) ?? 1) - 1
    if (left === 0) usage.users.delete(user)
    else usage.users.set(user, left)
  }

  /** Takes an in-flight post; false when too many are pending. */
  post(client: string): boolean {
    const usage = this.#of(client)
    if (usage.posts >= this.#limits.posts) return false
    usage.posts++
    return true
  }

  /** Gives a post back. */
  posted(client: string): void {
    this.#of(client).posts--
  }

  #of(client: string): Usage {
    let usage = this.#usage.get(client)
    if (usage === undefined) {
      usage = { connections: 0, subscriptions: 0, posts: 0, users: new Map(), opened: [], messages: [] }
      this.#usage.set(client, usage)
    }
    return usage
  }
}

function forget(times: number[], now: number): void {
  while (times[0] !== undefined && times[0] <= now - MINUTE_MS) times.shift()
}
