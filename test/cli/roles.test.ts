/** Roles in processes of their own: an API that holds no venue key and workers that share the stages, on one Redis and one book. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createTruebookClient } from '#client/client.ts'
import type { PositionsAnswer, ReadyAnswer } from '#http/wire.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { install } from '#simulators/installation/install.ts'
import { eventually } from '#test/support/eventually.ts'
import { startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import { startTestRedis } from '#test/support/redis.ts'
import { start } from './run-truebook.ts'

test('a signal sent to the API process is carried to an open position by two worker processes, on the embedded book', () =>
  carriesSignal({ type: 'embedded' }, {}))

test('the same on Firestore', async () => {
  const emulator = await startFirestoreEmulator()
  try {
    const book = { type: 'firestore', project_id: `truebook-roles-${process.pid}` }
    await carriesSignal(book, { FIRESTORE_EMULATOR_HOST: emulator.host })
  } finally {
    await emulator.stop()
  }
})

async function carriesSignal(book: object, env: Readonly<Record<string, string>>): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'truebook-roles-'))
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  const venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  opened.defer(() => venue.stop())
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  const config = { redis: { url: redis.url }, book }
  const installation = await install({ dir: folder, venueUrl: venue.url, seed: 'roles', accounts: ['desk'], config })
  const args = ['--config', installation.configFile]
  // The API must not need what it must not hold: here the file of the venue key does not exist.
  const apiConfig = join(folder, 'api.yaml')
  const text = readFileSync(installation.configFile, 'utf8')
  writeFileSync(apiConfig, text.replace('secrets/desk-agent', 'secrets/not-mounted'))
  const api = start(['api', '--config', apiConfig], [], env)
  const before = start(['worker', '--stages', 'route,precheck', ...args], [], env)
  const after = start(['worker', '--stages', 'place,monitor,close,reconcile,sweep,alerts', ...args], [], env)
  for (const running of [api, before, after]) {
    opened.defer(async () => {
      if (running.process.exitCode === null) await running.end('SIGKILL')
    })
  }
  const url = (await api.says(/Truebook listens on (http:\/\/[^;]+);/))[1] ?? ''
  await Promise.all([before.says(/truebook is up/), after.says(/truebook is up/)])
  // The first read of a cold book may take longer than a readiness check waits.
  await eventually(
    async () => {
      const answer = (await (await fetch(`${url}/readyz`)).json()) as ReadyAnswer
      return answer.ready || assert.fail(JSON.stringify(answer))
    },
    { what: 'the API to be ready', withinMs: 60_000 },
  )
  const client = createTruebookClient({ url, token: installation.signalToken })
  const sent = await client.sendSignal({
    kind: 'open',
    signal_id: 'roles-1',
    source: 'test',
    strategy: 'test',
    ts: Date.now(),
    instrument: 'BTC-PERP',
    side: 'long',
    size: { type: 'contracts', value: '0.01' },
  })
  const headers = { authorization: `Bearer ${installation.operatorToken}` }
  const position = await eventually(
    async () => {
      const { positions } = (await (await fetch(`${url}/v1/positions`, { headers })).json()) as PositionsAnswer
      return positions.find((row) => row.state === 'open')
    },
    { what: 'the position to be open', withinMs: 60_000 },
  )
  assert.equal(position.positionId, sent.accounts[0]?.position_id)
  const outcome = await client.outcome(sent.signal_key)
  assert.equal(outcome?.accounts[0]?.status, 'done')
  for (const running of [api, before, after]) assert.equal(await running.end('SIGTERM'), 0, running.stdout())
}
