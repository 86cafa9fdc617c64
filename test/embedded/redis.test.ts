/** The embedded Redis: whose it is, that two never share a data folder, and that a foreign one is left alone. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'

import { Redis } from 'ioredis'

import { identifyRedis } from '#embedded/redis-inline.ts'
import { findRedisProgram, RedisNotInstalled } from '#embedded/redis-server.ts'
import { provideRedis } from '#embedded/redis.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis } from '#test/support/redis.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'truebook-embedded-'))
})
after(() => rm(folder, { recursive: true, force: true }))

const portOf = (url: string): number => Number(new URL(url).port)

async function setting(url: string, name: string): Promise<string | undefined> {
  const client = new Redis(url)
  try {
    const reply = (await client.config('GET', name)) as Record<string, string> | string[]
    return Array.isArray(reply) ? reply[1] : reply[name]
  } finally {
    client.disconnect()
  }
}

test('the embedded Redis keeps an append-only file and never evicts', async () => {
  const redis = await provideRedis({ dataDir: join(folder, 'settings') })
  try {
    assert.equal(redis.source, 'started')
    assert.equal(await setting(redis.url, 'appendonly'), 'yes')
    assert.equal(await setting(redis.url, 'appendfsync'), 'everysec')
    assert.equal(await setting(redis.url, 'maxmemory-policy'), 'noeviction')
    assert.equal(await setting(redis.url, 'bind'), '127.0.0.1')
  } finally {
    await redis.stop()
  }
  assert.equal(await identifyRedis(portOf(redis.url)), 'refused')
})

test('what was written is there after a stop and a start', async () => {
  const dataDir = join(folder, 'durable')
  const first = await provideRedis({ dataDir })
  const writer = new Redis(first.url)
  await writer.set('written', 'yes')
  writer.disconnect()
  await first.stop()
  const second = await provideRedis({ dataDir })
  const reader = new Redis(second.url)
  try {
    assert.equal(await reader.get('written'), 'yes')
  } finally {
    reader.disconnect()
    await second.stop()
  }
})

test('two that want the same folder at once share one server', async () => {
  const dataDir = join(folder, 'shared')
  const both = await Promise.all([provideRedis({ dataDir }), provideRedis({ dataDir })])
  try {
    assert.equal(both[0].url, both[1].url)
    assert.deepEqual(both.map((redis) => redis.source).toSorted(), ['joined', 'started'])
    await both.find((redis) => redis.source === 'joined')?.stop()
    assert.notEqual(await identifyRedis(portOf(both[0].url)), 'refused')
  } finally {
    await Promise.all(both.map((redis) => redis.stop()))
  }
})

test('the server of a killed owner is taken over, and ended by whoever took it', async () => {
  const dataDir = join(folder, 'orphaned')
  const script = `
    import { provideRedis } from '#embedded/redis.ts'
    console.log((await provideRedis({ dataDir: ${JSON.stringify(dataDir)} })).url)`
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  const url = line.toString().trim()
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  const heir = await provideRedis({ dataDir })
  assert.equal(heir.url, url)
  await heir.stop()
  await eventually(async () => (await identifyRedis(portOf(url))) === 'refused', { what: 'the inherited Redis to end' })
})

test('a configured Redis is used as it is and never stopped', async () => {
  const theirs = await startTestRedis()
  try {
    const redis = await provideRedis({ url: theirs.url, dataDir: join(folder, 'unused') })
    assert.equal(redis.url, theirs.url)
    await redis.stop()
    assert.notEqual(await identifyRedis(theirs.port), 'refused')
  } finally {
    await theirs.stop()
  }
})

test('without a Redis program the error holds the line that installs one', () => {
  assert.throws(
    () => findRedisProgram(folder),
    (error: Error) => error instanceof RedisNotInstalled && error.message.includes('apt-get install -y redis-server'),
  )
})
