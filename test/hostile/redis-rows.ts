/** All that a Redis holds, as text. */
import assert from 'node:assert/strict'
import { Redis } from 'ioredis'
import type { Source } from './leak-search.ts'

/** Every key and value as text: DUMP would hand out compressed bytes. */
export async function redisRows(url: string): Promise<Source[]> {
  const client = new Redis(url)
  try {
    const keys = await client.keys('*')
    assert.ok(keys.length > 0)
    const rows = await Promise.all(
      keys.map(async (key) => {
        switch (await client.type(key)) {
          case 'string':
            return await client.get(key)
          case 'hash':
            return await client.hgetall(key)
          case 'list':
            return await client.lrange(key, 0, -1)
          case 'set':
            return await client.smembers(key)
          case 'zset':
            return await client.zrange(key, '0', '-1')
          case 'stream':
            return await client.xrange(key, '-', '+')
          default:
            // Gone since the keys were listed.
            return null
        }
      }),
    )
    return keys.map((key, index) => ({ from: `Redis ${key}`, text: `${key} ${JSON.stringify(rows[index])}` }))
  } finally {
    client.disconnect()
  }
}
