/**
 * A private Redis server for one test file: free port, temporary folder, append-only file on, never evicting.
 * It can be killed as a crash would and restarted on the same port and file.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startRedisServer, type RedisServer } from '#embedded/redis-server.ts'

/** The server of a test; `url` and `port` stay the same over restarts. */
export interface TestRedis {
  readonly url: string
  readonly port: number
  /** Ends it at once with SIGKILL; the data folder stays. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, ending it gracefully first if it runs. */
  restart(): Promise<void>
  /** Ends it and removes its data. Safe to call twice. */
  stop(): Promise<void>
}

/** Starts a Redis server of this test's own. */
export async function startTestRedis(): Promise<TestRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'truebook-redis-'))
  let server: RedisServer = await startRedisServer({ dataDir })
  const { url, port } = server
  return {
    url,
    port,
    kill: () => server.kill(),
    async restart() {
      await server.stop()
      server = await startRedisServer({ dataDir, port })
    },
    async stop() {
      await server.kill()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
