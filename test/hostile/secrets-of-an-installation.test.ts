/**
 * A whole installation with planted secrets, disturbed in every way that makes programs talk: refused keys, echoing venues, wrong
 * configurations, a webhook that fails, commands that go wrong. Then everything it said, stored, sent or shows is searched byte for byte.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Redis } from 'ioredis'
import { explain } from '#cli/failure.ts'
import { act, createActionClient } from '#client/actions.ts'
import { ConfigError } from '#config/config-error.ts'
import { loadConfig } from '#config/load-config.ts'
import { startRedisServer } from '#embedded/redis-server.ts'
import type { PositionsAnswer } from '#http/wire.ts'
import { startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { type Installation, install } from '#simulators/installation/install.ts'
import { startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'
import { type Running, start, truebook } from '#test/cli/run-truebook.ts'
import { openSignal } from '#test/http/http-fixture.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis } from '#test/support/redis.ts'
import { echoAll } from './echoing-venues.ts'
import { startHook } from './hook.ts'
import { leaksIn, type Planted, type Source } from './leak-search.ts'
import { SINK_SECRETS, sinkFiles, sinksAt } from './planted-sinks.ts'
import { redisRows } from './redis-rows.ts'
import { slipsOf } from './slips.ts'

const REDIS_PASSWORD = 'pLantedRedisPassword0f77Letters'
const HOOK = 'T0PLANTED/B0PLANTED/pLantedHook9fNeverShown'
const opened = new AsyncDisposableStack()
const sources: Source[] = []
const secrets: Planted[] = []
const hook = startHook()
/** Chats and pagers: they refuse everything and echo the address that they were asked at. */
const people = startHook()
people.status = 403
let folder: string
let redisUrl: string
let installation: Installation
let service: Running
let url: string
let bybit: Awaited<ReturnType<typeof startBybitVenue>>
let projectx: Awaited<ReturnType<typeof startProjectXVenue>>
let hyperliquid: Awaited<ReturnType<typeof startHyperliquidVenue>>

function note(from: string, text: string): void {
  sources.push({ from, text })
}

async function command(...args: string[]): Promise<number | null> {
  const { code, stdout, stderr } = await truebook(args)
  note(`truebook ${args.slice(0, 2).join(' ')}`, `${stdout}\n${stderr}`)
  return code
}

function secretFile(name: string, value: string): string {
  const path = join(folder, 'secrets', name)
  writeFileSync(path, value, { mode: 0o600 })
  return path
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'truebook-planted-'))
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  const client = new Redis(redis.url)
  await client.config('SET', 'requirepass', REDIS_PASSWORD)
  client.disconnect()
  redisUrl = redis.url.replace('://', `://:${REDIS_PASSWORD}@`)
  hyperliquid = await startHyperliquidVenue({ network: 'testnet', seed: 1, rateLimits: Infinity })
  bybit = await startBybitVenue({ seed: 1, rateLimits: Infinity })
  projectx = await startProjectXVenue({ seed: 1, rateLimits: Infinity })
  for (const venue of [hyperliquid, bybit, projectx]) opened.defer(() => venue.stop())
  // Every token that the venue hands out is a secret of ours from then on.
  const issue = projectx.sessions.issue.bind(projectx.sessions)
  projectx.sessions.issue = (user) => {
    const token = issue(user)
    // Its first part is the same in all tokens of the world.
    secrets.push({ what: 'session token', value: token.slice(token.indexOf('.') + 1) })
    return token
  }
  const hookUrl = `${await hook.url}/services/${HOOK}`
  opened.defer(() => people.close())
  opened.defer(() => hook.close())
  installation = await install({
    dir: folder,
    venueUrl: hyperliquid.url,
    seed: 'planted',
    accounts: ['desk'],
    programmeAccounts: [
      { id: 'prop-a', venue: 'bybit', url: bybit.url },
      { id: 'prop-b', venue: 'projectx', url: projectx.url },
    ],
    config: {
      log: { level: 'debug' },
      redis: { url_file: 'secrets/redis-url' },
      alerts: {
        webhook_url_file: 'secrets/hook-url',
        heartbeat_url_file: 'secrets/switch-url',
        sinks: sinksAt(await people.url),
      },
    },
  })
  for (const name of readdirSync(join(folder, 'secrets'))) {
    secrets.push({ what: name, value: readFileSync(join(folder, 'secrets', name), 'utf8').trim() })
  }
  secretFile('redis-url', `${redisUrl}\n`)
  secretFile('hook-url', `${hookUrl}\n`)
  for (const [file, text] of Object.entries(sinkFiles(await people.url))) secretFile(file, `${text}\n`)
  for (const [what, value] of Object.entries(SINK_SECRETS)) secrets.push({ what: `sink ${what}`, value })
  secrets.push({ what: 'Redis password', value: REDIS_PASSWORD }, { what: 'webhook', value: HOOK })
  // The agent's key comes from the environment, as many deployments have it.
  const config = readFileSync(installation.configFile, 'utf8')
  writeFileSync(
    installation.configFile,
    config.replace('agent_key_file: secrets/desk-agent', 'agent_key_env: PLANTED_AGENT_KEY'),
  )
  // For the service, and for the server of Redis that must not inherit it.
  process.env['PLANTED_AGENT_KEY'] = readFileSync(join(folder, 'secrets', 'desk-agent'), 'utf8').trim()
  opened.defer(() => void delete process.env['PLANTED_AGENT_KEY'])
  service = start(['start', '--config', installation.configFile])
  opened.defer(async () => {
    if (service.process.exitCode === null) await service.end('SIGKILL')
  })
  url = (await service.says(/Truebook listens on (http:\/\/[^;]+);/))[1] ?? ''
})

after(() => opened.disposeAsync())

/** What a venue that holds our secrets might say. */
function echo(what: RegExp): string {
  return secrets
    .filter((secret) => what.test(secret.what))
    .flatMap(({ value }) => [value, encodeURIComponent(value), Buffer.from(value).toString('base64')])
    .join(' ')
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(new URL(path, url), init)
  note(
    `the answer to ${path.slice(0, 20)}`,
    `${JSON.stringify([...response.headers])} ${await response.clone().text()}`,
  )
  return response
}

function post(token: string, body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

const entry = (id: string, instrument: string): object =>
  openSignal({
    signal_id: id,
    ts: Date.now(),
    instrument,
    accounts: ['desk', 'prop-a', 'prop-b'],
    size: { type: 'contracts', value: '0.01' },
    stop_loss: { distance_bps: 300 },
  })

test('lives at three venues with planted secrets, while everything goes wrong that makes programs talk', async () => {
  const { signalToken, operatorToken } = installation
  assert.equal((await ask('/v1/signals', post(signalToken, entry('p-1', 'BTC-PERP')))).status, 202)
  await eventually(
    async () => {
      const response = await fetch(new URL('/v1/positions', url), {
        headers: { authorization: `Bearer ${operatorToken}` },
      })
      return ((await response.json()) as PositionsAnswer).positions.filter(({ state }) => state === 'open').length >= 2
    },
    { what: 'two positions to be open', withinMs: 60_000 },
  )
  echoAll({ bybit, projectx }, { bybit: echo(/^prop-a/), projectx: echo(/^prop-b|session token/) })
  projectx.sessions.expire()
  hook.status = 500
  assert.equal((await ask('/v1/signals', post(signalToken, entry('p-2', 'ETH-PERP')))).status, 202)
  hyperliquid.dropSockets()
  bybit.dropSockets()
  projectx.dropSockets()
  await eventually(() => hook.delivered.length > 0 || service.stdout().includes('echo'), {
    what: 'an alert',
    withinMs: 5_000,
  }).catch(() => undefined)
  // Senders and operators put tokens where they do not belong.
  await ask('/v1/actions', post(operatorToken, { verb: 'halt', why: `token ${signalToken}` }))
  await ask(`/v1/actions?token=${operatorToken}`, post(operatorToken, { verb: 'sweep' }))
  await ask(`/v1/positions?account=${operatorToken.slice(0, 64)}`, {
    headers: { authorization: `Bearer ${operatorToken}` },
  })
  await ask('/v1/signals', post(`${signalToken}x`, entry('p-3', 'BTC-PERP')))
  await ask('/v1/signals', post(signalToken, { ...entry('p-4', 'BTC-PERP'), strategy: signalToken }))
  await ask('/v1/signals', { ...post(signalToken, {}), body: `{"token":"${operatorToken}"` })
  await ask(`/login?token=${operatorToken}`)
  // Somebody trades by hand: the sweep tells everybody.
  const user = installation.accounts[0]?.master ?? ''
  await installation.control.call('tradeByHand', { user, coin: 'SOL', side: 'B', sz: '1' })
  await act(createActionClient({ url, token: operatorToken }), { verb: 'sweep' })
  for (const path of [
    '/v1/positions?state=all',
    '/v1/alerts?state=all',
    '/v1/equity',
    '/v1/sweeps',
    '/v1/control',
    '/v1/dead-jobs',
    '/v1/sites',
    '/queues/api/queues',
  ]) {
    await ask(path, { headers: { authorization: `Bearer ${operatorToken}` } })
  }
  assert.ok(service.stdout().includes('[secret]'), 'nothing was said that could have leaked')
  await eventually(() => people.delivered.some((body) => body.includes(SINK_SECRETS.pagerduty)), { what: 'a page' })
  for (const sink of ['chat', 'bot', 'pager', 'mail'])
    await eventually(() => service.stdout().includes(`Sink ${sink}`), { what: `a failure of ${sink}` })
  hook.status = 200
  // What other processes ask from now on is not answered with the tokens of this one.
  bybit.faults.clear()
  projectx.faults.clear()
})

test('commands that go wrong in the presence of secrets', async () => {
  const { configFile, signalToken, operatorToken } = installation
  const plain = readFileSync(configFile, 'utf8')
  const withConfig = (name: string, text: string): string => {
    const file = join(folder, `${name}.yaml`)
    writeFileSync(file, text)
    return file
  }
  const key = secrets.find(({ what }) => what === 'desk-agent')?.value ?? ''
  const apiSecret = secrets.find(({ what }) => what === 'prop-a-secret')?.value ?? ''
  await Promise.all([
    command('doctor', '--config', configFile),
    command('doctor', '--json', '--config', configFile),
    command('status', '--config', configFile, '--url', `http://operator:${operatorToken}@127.0.0.1:1/`),
    command('status', '--config', configFile, '--url', url),
    command('signal', 'send', '-f', join(folder, 'secrets', 'signal-token'), '--config', configFile, '--url', url),
    command('signal', 'send', '-f', join(folder, 'secrets', 'hook-url'), '--config', configFile, '--url', url),
  ])
  const slips = slipsOf(plain, { redisUrl, redisPassword: REDIS_PASSWORD, key, apiSecret, operatorToken, signalToken })
  for (const [index, text] of slips.entries()) assert.notEqual(text, plain, `slip ${index} changes nothing`)
  for (const [index, text] of slips.entries()) {
    const file = withConfig(`slip-${index}`, text)
    assert.throws(
      () => loadConfig(file),
      (error) => {
        note(`slip ${index}`, explain(error).text)
        return error instanceof ConfigError
      },
      `slip ${index} went unnoticed`,
    )
  }
  // One of them as an operator sees it; the others differ in the text alone.
  assert.equal(await command('doctor', '--config', join(folder, 'slip-1.yaml')), 1)
  // Secrets that are kept in a wrong form: two lines, a URL that is none.
  const twoLines = secretFile('two-lines', `# operator\n${operatorToken}\n`)
  const noUrl = secretFile('no-url', redisUrl.replace('redis://', ''))
  await Promise.all([
    command(
      'status',
      '--url',
      url,
      '--config',
      withConfig('two-lines', plain.replace('secrets/operator-token', twoLines)),
    ),
    command('doctor', '--config', withConfig('no-url', plain.replace('secrets/redis-url', noUrl))),
  ])
})

test('a Redis that Truebook starts sees nothing of our environment', async () => {
  const dataDir = join(folder, 'redis-of-its-own')
  const server = await startRedisServer({ dataDir })
  try {
    const seen = ['environ', 'cmdline'].map((name) => readFileSync(`/proc/${server.processId}/${name}`, 'latin1'))
    assert.ok(seen[1]?.includes('redis') || seen[1]?.includes('valkey'))
    note('the Redis that we started, in /proc', seen.join('\n'))
  } finally {
    await server.stop()
  }
})

test('nothing of all that was said, stored, delivered or shown holds a secret; and the search sees one planted there', async () => {
  note('/proc of the service', readFileSync(`/proc/${service.process.pid}/cmdline`, 'latin1'))
  note('the name of the service', readFileSync(`/proc/${service.process.pid}/comm`, 'latin1'))
  sources.push(...(await redisRows(redisUrl)))
  assert.equal(await service.end('SIGTERM'), 0, service.stderr())
  note('standard output', service.stdout())
  note('standard error', service.stderr())
  for (const body of hook.delivered) note('the webhook', body)
  const data = join(folder, 'data')
  for (const file of readdirSync(data, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) note(`book file ${file.name}`, readFileSync(join(file.parentPath, file.name), 'latin1'))
  }
  const all = sources.map(({ text }) => text).join('\n')
  // It looked where something is: the signal in the book and the output, the position in Redis, the alert at the webhook.
  for (const word of ['p-1', 'pos-', '"level":"debug"', 'mistake'])
    assert.ok(all.includes(word), `no source holds ${word}`)
  assert.ok(secrets.length >= 9, `${secrets.length} secrets planted`)
  assert.deepEqual([...new Set(leaksIn(sources, secrets))], [])
  for (const { what, value } of secrets) {
    const planted = { from: 'a planted leak', text: `{"detail":"${Buffer.from(`x${value}`).toString('base64')}"}` }
    assert.notDeepEqual(leaksIn([planted], secrets), [], `the search is blind to ${what}`)
  }
})
