/** A whole installation driven by the command line alone: doctor, start, signal, look, halt, sweep, stop. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AuditReport } from '#audit/audit-report.ts'
import type { SentSignal } from '#client/client.ts'
import type { Check } from '#compose/checks.ts'
import type { PositionsAnswer, SweepsAnswer } from '#http/wire.ts'
import { type RunningVenue, startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { type Installation, install } from '#simulators/installation/install.ts'
import { eventually } from '#test/support/eventually.ts'
import { type TestRedis, startTestRedis } from '#test/support/redis.ts'
import { type Finished, type Running, start, truebook } from './run-truebook.ts'

let folder: string
let venue: RunningVenue
let redis: TestRedis
let installation: Installation
let service: Running
let url: string
const outputs: string[] = []

/** Runs a command against the running service and keeps what it printed. */
async function command(...args: string[]): Promise<Finished> {
  const finished = await truebook([...args, '--config', installation.configFile])
  outputs.push(finished.stdout, finished.stderr)
  return finished
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await command(...args, '--url', url, '--json')
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as T
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'truebook-installation-'))
  venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  redis = await startTestRedis()
  const config = { redis: { url: redis.url } }
  installation = await install({ dir: folder, venueUrl: venue.url, seed: 'cli', accounts: ['desk'], config })
  service = start(['start', '--config', installation.configFile])
  url = (await service.says(/Truebook listens on (http:\/\/[^;]+);/))[1] ?? ''
})

after(async () => {
  if (service.process.exitCode === null) await service.end('SIGKILL')
  await redis.stop()
  await venue.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the doctor finds nothing in the way of a good installation', async () => {
  const { code, stdout } = await command('doctor', '--json')
  const report = JSON.parse(stdout) as { healthy: boolean; checks: Check[] }
  assert.deepEqual(
    report.checks.filter((check) => check.level === 'fail'),
    [],
  )
  assert.equal(code, 0)
  for (const name of [
    'node',
    'config',
    'mode',
    'redis',
    'book',
    'account desk: agent role',
    'account desk: clock',
    'account desk: instruments',
  ]) {
    assert.equal(report.checks.find((check) => check.check === name)?.level, 'ok', name)
  }
})

test('a signal from a file becomes an open position; sending it again changes nothing', async () => {
  const signal = {
    kind: 'open',
    signal_id: 'cli-1',
    source: 'cli',
    strategy: 'trend',
    ts: Date.now(),
    instrument: 'BTC-PERP',
    side: 'long',
    size: { type: 'contracts', value: '0.01' },
    stop_loss: { distance_bps: 500 },
  }
  const file = join(folder, 'signal.json')
  writeFileSync(file, JSON.stringify(signal))
  const first = await json<{ sent: SentSignal[] }>('signal', 'send', '-f', file)
  assert.equal(first.sent[0]?.repeated, false)
  const open = await eventually(
    async () => {
      const { positions } = await json<PositionsAnswer>('positions')
      return positions.find((position) => position.state === 'open')
    },
    { what: 'the position to be open', withinMs: 60_000 },
  )
  assert.equal(open.positionId, first.sent[0]?.accounts[0]?.position_id)
  assert.equal(open.size, '0.01')
  const again = await json<{ sent: SentSignal[] }>('signal', 'send', '-f', file)
  assert.equal(again.sent[0]?.repeated, true)
  writeFileSync(file, JSON.stringify({ ...signal, side: 'short' }))
  const conflict = await command('signal', 'send', '-f', file, '--url', url)
  assert.equal(conflict.code, 4)
  assert.match(conflict.stderr, /accepted before with other content/)
})

test('halt denies the next entry by name of the gate, resume allows again', async () => {
  const send = async (id: string): Promise<string | undefined> => {
    const file = join(folder, `${id}.json`)
    const size = { type: 'contracts', value: '0.01' }
    const signal = {
      kind: 'open',
      signal_id: id,
      source: 'cli',
      strategy: 'trend',
      ts: Date.now(),
      instrument: 'ETH-PERP',
      side: 'long',
      size,
    }
    writeFileSync(file, JSON.stringify(signal))
    return await eventually(async () => {
      const { sent } = await json<{ sent: SentSignal[] }>('signal', 'send', '-f', file)
      const account = sent[0]?.accounts[0]
      return account?.status === 'pending' ? null : (account?.gate ?? account?.status)
    })
  }
  await json('halt', '--yes', '--why', 'test')
  assert.equal(await send('cli-halted'), 'trading-enabled')
  await json('resume', '--yes', '--why', 'test')
  assert.notEqual(await send('cli-resumed'), 'trading-enabled')
})

test('a sweep on demand finds no drift', async () => {
  const askedAt = Date.now()
  await json('sweep', '--yes', '--account', 'desk')
  const sweep = await eventually(async () => {
    const { sweeps } = await json<SweepsAnswer>('positions', '--drift')
    return sweeps.find((entry) => entry.complete && entry.startedAt >= askedAt)
  })
  assert.deepEqual(sweep.findings, [])
  const unknown = await command('sweep', '--yes', '--account', 'nobody', '--url', url)
  assert.equal(unknown.code, 4)
  assert.match(unknown.stderr, /expected one of desk, saw "nobody"/)
})

test('the records of a running installation are proven from outside of it, and shown by it', async () => {
  const verified = await command('audit', 'verify', '--json')
  assert.equal(verified.code, 0, verified.stdout)
  const report = JSON.parse(verified.stdout) as AuditReport
  assert.deepEqual([report.proven, report.contradictions], [true, []])
  assert.equal(report.checked.control.records, 2)
  const { positions } = await json<PositionsAnswer>('positions')
  const shown = await command('audit', 'show', positions[0]?.positionId ?? '', '--url', url)
  assert.equal(shown.code, 0, shown.stderr)
  for (const decision of ['open done', 'entry sent', 'entry accepted', 'entry settled'])
    assert.match(shown.stdout, new RegExp(` ${decision} `))
  assert.equal((await command('audit', 'show', 'pos-none', '--url', url)).code, 4)
})

test('status reads as one screen', async () => {
  const { code, stdout } = await command('status', '--url', url)
  assert.equal(code, 0)
  assert.match(stdout, / {2}paper {2}ready\nEQUAL {2}Book equals broker at 1 of 1 account, checked /)
  assert.match(stdout, /^Trading enabled$/m)
  assert.match(stdout, /^Open positions \d+, active alerts 0 \(0 not acknowledged\), dead jobs 0$/m)
  assert.match(stdout, /^desk +hyperliquid +active +EQUAL +\d/m)
  const health = await command('health', '--url', url)
  assert.deepEqual([health.code, health.stdout], [0, 'book ok\nredis ok\n'])
})

test('a login address opens the queues in a browser', async () => {
  const { stdout } = await command('login', '--url', url)
  const link = new URL(stdout.trim())
  const login = await fetch(new URL('/login', link), {
    method: 'POST',
    headers: { origin: link.origin },
    body: new URLSearchParams({ token: link.searchParams.get('code') ?? '' }),
    redirect: 'manual',
  })
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const page = await fetch(new URL('/queues', url), { headers: { cookie } })
  assert.equal(page.status, 200)
  assert.match(await page.text(), /Truebook \(paper\)/)
})

test('SIGTERM drains and exits with 0; no secret was ever printed or stored', async () => {
  assert.equal(await service.end('SIGTERM'), 0, service.stdout())
  assert.match(service.stdout(), /"msg":"stopped"/)
  assert.doesNotMatch(service.stdout(), /jobs were left/)
  const secrets = readdirSync(join(folder, 'secrets')).map((name) =>
    readFileSync(join(folder, 'secrets', name), 'utf8')
      .trim()
      .replace(/^0x/, ''),
  )
  assert.equal(secrets.length, 3)
  const data = join(folder, 'data')
  const stored = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  const texts = [service.stdout(), service.stderr(), ...outputs, ...stored, await redisContent()]
  // The search sees what it must see: the signal stands in the book, its position in Redis.
  assert.ok(stored.some((text) => text.includes('cli-1')))
  assert.match(texts.at(-1) ?? '', /pos-[0-9a-f]{32}/)
  for (const secret of secrets) {
    for (const text of texts) assert.ok(!text.toLowerCase().includes(secret.toLowerCase()), 'a secret leaked')
  }
})

/** Every value in Redis, as its append-only file holds it. */
async function redisContent(): Promise<string> {
  const { Redis } = await import('ioredis')
  const client = new Redis(redis.url)
  try {
    const keys = await client.keys('*')
    const values = await Promise.all(keys.map((key) => client.dumpBuffer(key)))
    return values.map((value) => value?.toString('latin1') ?? '').join('\n')
  } finally {
    client.disconnect()
  }
}
