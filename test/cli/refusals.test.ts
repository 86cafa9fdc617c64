/** What is not right is refused before anything trades, and the doctor names each fault with its fix. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Check } from '#compose/checks.ts'
import { type RunningVenue, startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { type Installation, install } from '#simulators/installation/install.ts'
import { freePort } from '#test/support/free-port.ts'
import { start, truebook } from './run-truebook.ts'

/** A valid private key that no account of the venue has approved. */
const STRANGER_KEY = `0x${'5'.repeat(64)}`

let folder: string
let venue: RunningVenue
let installation: Installation

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'truebook-refusals-'))
  venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  installation = await install({ dir: folder, venueUrl: venue.url, seed: 'refusals', accounts: ['desk'] })
})

after(async () => {
  await venue.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function doctorSays(config: string): Promise<{ code: number | null; checks: Check[] }> {
  const { code, stdout, stderr } = await truebook(['doctor', '--config', config, '--json'])
  assert.equal(stderr, '')
  return { code, checks: (JSON.parse(stdout) as { checks: Check[] }).checks }
}

/** The configuration with one text replaced, in a file of its own. */
function variant(name: string, from: string | RegExp, to: string): string {
  const text = readFileSync(installation.configFile, 'utf8')
  assert.notEqual(text.replace(from, to), text, `nothing to replace for ${name}`)
  const path = join(folder, `${name}.yaml`)
  writeFileSync(path, text.replace(from, to))
  return path
}

test('a key that the account has not approved is refused at start and failed by the doctor; the key is not shown', async () => {
  writeFileSync(join(folder, 'stranger'), STRANGER_KEY, { mode: 0o600 })
  const config = variant('stranger', 'secrets/desk-agent', 'stranger')
  const started = await truebook(['start', '--config', config])
  assert.equal(started.code, 1)
  assert.match(started.stderr, /Account desk may not trade\. agent role: The venue does not know 0x[0-9a-f]{40}/)
  const { code, checks } = await doctorSays(config)
  assert.equal(code, 1)
  const role = checks.find((check) => check.check === 'account desk: agent role')
  assert.equal(role?.level, 'fail')
  assert.match(role?.fix ?? '', /approve a NEW agent key/)
  assert.doesNotMatch(JSON.stringify([started, checks]), /5{64}/)
})

test('a missing secret, one that others can read, an unknown instrument and a silent Redis are each named with a fix', async () => {
  const port = await freePort()
  chmodSync(join(folder, 'secrets', 'desk-agent'), 0o644)
  const text = readFileSync(installation.configFile, 'utf8')
    .replace('secrets/signal-token', 'secrets/none')
    .replace(/instruments:\n\s+- "\*"/, 'instruments: [NOPE-PERP]')
  const config = join(folder, 'faults.yaml')
  writeFileSync(config, `${text}\nredis: {url: "redis://127.0.0.1:${port}"}\n`)
  const { code, checks } = await doctorSays(config)
  chmodSync(join(folder, 'secrets', 'desk-agent'), 0o600)
  const found = (name: string): Check | undefined => checks.find((check) => check.check === name)
  assert.equal(code, 1)
  assert.deepEqual(
    ['secret: signal token strategies', 'secret: agentKey of desk', 'account desk: instruments', 'redis'].map(
      (name) => found(name)?.level,
    ),
    ['fail', 'warn', 'fail', 'fail'],
  )
  assert.match(found('secret: agentKey of desk')?.fix ?? '', /^chmod 600 \//)
  assert.match(found('account desk: instruments')?.detail ?? '', /saw NOPE-PERP/)
  assert.match(found('redis')?.detail ?? '', new RegExp(`127\\.0\\.0\\.1:${port}`))
})

test('a broken configuration is one failed check, not a crash', async () => {
  const { code, checks } = await doctorSays(variant('broken', 'mode: paper', 'mode: papier'))
  assert.equal(code, 1)
  assert.match(checks.find((check) => check.check === 'config')?.detail ?? '', /broken\.yaml:1:7/)
})

test('a taken port ends the start with what to do, and leaves nothing running', async () => {
  const port = Number(new URL(venue.url).port)
  const config = variant('port', 'port: 0', `port: ${port}`)
  const { code, stderr } = await truebook(['api', '--config', config])
  assert.equal(code, 1)
  assert.match(stderr, /Expected the address to be free, saw it in use.*http\.port/)
})

test('told to stop while it waits for a venue that is away, it closes what it opened and exits with 0', async () => {
  const config = variant('away', venue.url, `http://127.0.0.1:${await freePort()}`)
  const waiting = start(['start', '--config', config])
  await waiting.says(/the venue does not answer yet/)
  assert.equal(await waiting.end('SIGTERM'), 0, waiting.stderr())
  assert.equal(waiting.stderr(), '')
})
