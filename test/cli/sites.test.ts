/** An account that may be traded from one machine only: its jobs wait for the worker of that site, whose key is nowhere else. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createTruebookClient } from '#client/client.ts'
import type { Check } from '#compose/checks.ts'
import type { PositionsAnswer, SitesAnswer, SweepsAnswer } from '#http/wire.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { type Installation, install } from '#simulators/installation/install.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis } from '#test/support/redis.ts'
import { type Running, start, truebook } from './run-truebook.ts'

const opened = new AsyncDisposableStack()
let installation: Installation
let server: Running
let url: string
/** The configuration as it stands on the server and on the desk's machine: each lacks the key of the other. */
let onServer: string
let onMac: string

before(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-sites-'))
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  const venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  opened.defer(() => venue.stop())
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  installation = await install({
    dir: folder,
    venueUrl: venue.url,
    seed: 'sites',
    accounts: ['hosted', 'desk'],
    perAccount: { desk: { site: 'mac' } },
    config: { redis: { url: redis.url } },
  })
  const lacking = (name: string, key: string): string => {
    const file = join(folder, name)
    writeFileSync(file, readFileSync(installation.configFile, 'utf8').replace(`secrets/${key}`, 'secrets/not-here'))
    return file
  }
  onServer = lacking('server.yaml', 'desk-agent')
  onMac = lacking('mac.yaml', 'hosted-agent')
})

after(() => opened.disposeAsync())

function run(...args: string[]): Running {
  const running = start(args)
  opened.defer(async () => {
    if (running.process.exitCode === null) await running.end('SIGKILL')
  })
  return running
}

async function get<T>(path: string): Promise<T> {
  const headers = { authorization: `Bearer ${installation.operatorToken}` }
  return (await (await fetch(new URL(path, url), { headers })).json()) as T
}

async function doctorSays(...args: string[]): Promise<(name: string) => Check | undefined> {
  const { stdout } = await truebook(['doctor', '--json', ...args])
  const { checks } = JSON.parse(stdout) as { checks: Check[] }
  return (name) => checks.find(({ check }) => check === name)
}

test('the doctor fails a site without a live worker, and does not ask for a key that belongs elsewhere', async () => {
  const found = await doctorSays('--config', onServer)
  const absent = found('workers of site mac')
  assert.equal(absent?.level, 'fail')
  assert.match(absent.detail, /expected a live worker for desk \(site "mac"\), saw none/)
  assert.equal(absent.fix, 'start: truebook worker --site mac on the machine of that site')
  assert.equal(found('workers')?.level, 'warn')
  assert.equal(found('account desk')?.level, 'skip')
  assert.equal(found('secret: agentKey of desk'), undefined)
  assert.equal(found('secret: agentKey of hosted')?.level, 'ok')
  assert.equal(found('account hosted: equity')?.level, 'ok')
})

test('a site that no account names is wrong usage', async () => {
  const { code, stderr } = await truebook(['worker', '--site', 'mca', '--config', onServer])
  assert.equal(code, 2)
  assert.match(stderr, /Expected a site that an account of .* names \(mac\), saw "mca"/)
})

test('the server starts without the key of the desk, says so, and leaves the work of the desk alone', async () => {
  server = run('start', '--config', onServer)
  url = (await server.says(/Truebook listens on (http:\/\/[^;]+);/))[1] ?? ''
  assert.match(server.stdout(), /"level":"warn".*accounts of site \\"mac\\" are not traded by this process/)
  const client = createTruebookClient({ url, token: installation.signalToken })
  const sent = await client.sendSignal({
    kind: 'open',
    signal_id: 'sites-1',
    source: 'test',
    strategy: 'test',
    ts: Date.now(),
    instrument: 'BTC-PERP',
    side: 'long',
    size: { type: 'contracts', value: '0.01' },
  })
  await eventually(async () => (await openAt()).includes('hosted'), { what: 'the position at the server' })
  const outcome = await client.outcome(sent.signal_key)
  assert.deepEqual(
    outcome?.accounts.map(({ account, status }) => `${account} ${status}`),
    ['hosted done', 'desk pending'],
  )
  const status = await truebook(['status', '--config', onServer, '--url', url])
  assert.match(status.stdout, /^Workers: 1$/m)
  assert.match(status.stdout, /^Workers of site mac: NONE for desk; start: truebook worker --site mac$/m)
})

test('a worker of the site takes what waited for it, without the key of the server', async () => {
  const mac = run('worker', '--site', 'mac', '--config', onMac)
  await mac.says(/truebook is up/)
  await eventually(async () => (await openAt()).includes('desk'), { what: 'the position at the desk' })
  const { sites } = await get<SitesAnswer>('/v1/sites')
  assert.deepEqual(
    sites.map(({ site, accounts, workers, unattended }) => [site, accounts, workers.length, unattended]),
    [
      [null, ['hosted'], 1, []],
      ['mac', ['desk'], 1, []],
    ],
  )
  const found = await doctorSays('--site', 'mac', '--config', onMac)
  assert.equal(found('workers of site mac')?.level, 'ok')
  assert.equal(found('workers')?.level, 'ok')
  assert.equal(found('account desk: equity')?.level, 'ok')
  assert.equal(found('account hosted')?.level, 'skip')
})

test('a sweep of all accounts on demand reaches both sites', async () => {
  const askedAt = Date.now()
  await truebook(['sweep', '--yes', '--config', onServer, '--url', url])
  for (const account of ['hosted', 'desk']) {
    await eventually(async () => {
      const { sweeps } = await get<SweepsAnswer>(`/v1/sweeps?account=${account}`)
      return sweeps.some(({ trigger, startedAt, complete }) => trigger === 'demand' && startedAt >= askedAt && complete)
    })
  }
})

test('Bull Board shows the queues of every site', async () => {
  const { queues } = await get<{ queues: { name: string }[] }>('/queues/api/queues')
  const names = new Set(queues.map(({ name }) => name))
  for (const name of ['place', 'place@mac', 'sweep', 'sweep@mac', 'alerts']) assert.ok(names.has(name), name)
  assert.ok(!names.has('alerts@mac'))
  const page = await get<{ queues: { name: string; jobs: { data: { account?: string } }[] }[] }>(
    '/queues/api/queues?activeQueue=place%40mac&status=completed&page=1',
  )
  const jobs = page.queues.find(({ name }) => name === 'place@mac')?.jobs ?? []
  assert.ok(jobs.length > 0 && jobs.every(({ data }) => data.account === 'desk'))
})

async function openAt(): Promise<string[]> {
  const { positions } = await get<PositionsAnswer>('/v1/positions')
  return positions.filter(({ state }) => state === 'open').map(({ account }) => account)
}
