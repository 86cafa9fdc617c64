/** One process's connection to the simulated Redis, in the two tempers that ours have. */
import type { Redis } from 'ioredis'
import type { Patience } from '#queues/bullmq/connection.ts'
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Kernel } from '#simulation/kernel/kernel.ts'
import type { Links } from '#simulation/kernel/links.ts'
import { ConnectionLost, type SimulatedRedis } from './simulated-redis.ts'

/** Between two attempts of a client that waits, ms. */
const RECONNECT_MS = 200
/** How long a lost command is waited for, ms. */
const COMMAND_MS = 3_000

export class RedisClient {
  readonly process: Actor
  readonly #redis: SimulatedRedis
  readonly #kernel: Kernel
  readonly #links: Links
  readonly #patience: Patience

  constructor(process: Actor, redis: SimulatedRedis, world: { kernel: Kernel; links: Links }, patience: Patience) {
    this.process = process
    this.#redis = redis
    this.#kernel = world.kernel
    this.#links = world.links
    this.#patience = patience
  }

  get redis(): SimulatedRedis {
    return this.#redis
  }

  /**
   * Has Redis do something. A client that waits sends a command again whose answer it did not get, as ioredis does: it may
   * happen twice. @throws ConnectionLost, when it does not wait
   */
  async ask<T>(label: string, work: (redis: SimulatedRedis) => T | Promise<T>): Promise<T> {
    const { process } = this
    for (;;) {
      try {
        return await this.#kernel.call({
          from: process,
          to: this.#redis.actor,
          label: `redis ${label}`,
          work: async () => work(this.#redis),
          passage: () => (this.#redis.up ? this.#links.passage(process, this.#redis.actor) : 'refused'),
          failure: () => new ConnectionLost(),
          patienceMs: COMMAND_MS,
        })
      } catch (error) {
        if (!(error instanceof ConnectionLost) || this.#patience === 'fail-fast') throw error
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS))
      }
    }
  }

  /** The commands that are sent to Redis itself. */
  get commands(): Redis {
    const commands = {
      info: () => this.ask('INFO', (redis) => `run_id:${redis.runId}\r\n`),
      get: (key: string) => this.ask('GET', (redis) => redis.get(key)),
      set: (key: string, value: string) => this.ask('SET', (redis) => redis.set(key, value)),
      getdel: (key: string) => this.ask('GETDEL', (redis) => redis.getdel(key)),
    }
    return commands as unknown as Redis
  }
}
