/** The first start says a login that works once; no later one says any, and no log ever does. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTestRedis } from '#test/support/redis.ts'
import { type Running, start, truebook } from './run-truebook.ts'

async function logIn(address: string): Promise<Response> {
  const url = new URL(address)
  return await fetch(new URL('/login', url), {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ token: url.searchParams.get('code') ?? '' }),
    redirect: 'manual',
  })
}

test('a first start says a one-time login; it is spent once; the next start says none; the command makes more', async () => {
  await using opened = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'truebook-first-'))
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  const file = join(folder, 'truebook.yaml')
  const account = {
    id: 'desk',
    venue: 'hyperliquid',
    network: 'testnet',
    master: '0x00000000000000000000000000000000000000aa',
    agent_key_file: 'not-mounted',
    strategies: ['*'],
    gates: { instruments: ['*'] },
  }
  const content = { redis: { url: redis.url }, http: { port: 0 }, log: { level: 'debug' }, accounts: [account] }
  writeFileSync(file, JSON.stringify(content))
  const api = (): Running => {
    const running = start(['api', '--config', file])
    opened.defer(async () => {
      if (running.process.exitCode === null) await running.end('SIGKILL')
    })
    return running
  }
  const first = api()
  const [, address = ''] = await first.says(/log in once within 15 minutes: (http:\S+\/login\?code=[\w-]{43})\n/)
  const entered = await logIn(address)
  assert.equal(entered.status, 303)
  assert.match(String(entered.headers.get('set-cookie')), /^truebook=/)
  assert.equal((await logIn(address)).status, 401, 'spent')
  assert.equal(await first.end(), 0)
  const code = new URL(address).searchParams.get('code') ?? ''
  assert.ok(!first.stdout().includes(code), 'the log has the code')
  assert.equal(first.stderr().split(code).length, 2, 'said once')

  const second = api()
  const [, url = ''] = await second.says(/Truebook listens on (http:\S+?);.* log in: truebook login --config FILE\n/)
  assert.doesNotMatch(second.stderr() + second.stdout(), /code=/)
  const made = await truebook(['login', '--config', file, '--url', url])
  assert.equal((await logIn(made.stdout.trim())).status, 303, made.stdout + made.stderr)
  assert.equal(await second.end(), 0)
})
