/** The Redis of a storm: killed, emptied and erased while everybody uses it, always on the same port. */
import { rmSync } from 'node:fs'
import { Redis } from 'ioredis'
import { type RedisServer, startRedisServer } from '#embedded/redis-server.ts'

export interface RedisBox {
  readonly port: number
  /** SIGKILL, then a start on the data that is left. */
  kill(downMs: number, pause: (ms: number) => Promise<void>): Promise<void>
  /** FLUSHALL. */
  flush(): Promise<void>
  /** SIGKILL, the data folder is deleted, then an empty start. */
  erase(downMs: number, pause: (ms: number) => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export async function openRedisBox(dataDir: string): Promise<RedisBox> {
  const options = { dataDir, ownProcessGroup: true }
  let server: RedisServer = await startRedisServer(options)
  const { port } = server
  const restart = async (): Promise<void> => {
    server = await startRedisServer({ ...options, port })
  }
  return {
    port,
    async kill(downMs, pause) {
      await server.kill()
      await pause(downMs)
      await restart()
    },
    async flush() {
      const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0 })
      redis.on('error', () => undefined)
      try {
        await redis.flushall()
      } finally {
        redis.disconnect()
      }
    },
    async erase(downMs, pause) {
      await server.kill()
      rmSync(dataDir, { recursive: true, force: true })
      await pause(downMs)
      await restart()
    },
    stop: async () => await server.kill(),
  }
}
