/** `truebook equity`: a remainder that nobody can judge is printed as unknown with its reason, and is null in JSON. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { EXIT } from '#cli/failure.ts'
import { operatorTokenPlace } from '#compose/secrets.ts'
import { loadConfig } from '#config/load-config.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { install } from '#simulators/installation/install.ts'
import { keepDays } from '#test/http/equity-days.ts'
import { OPERATOR_TOKEN, startHttp } from '#test/http/http-fixture.ts'
import { truebook } from './run-truebook.ts'

test('days are shown with what explains them, unknown ones with the reason, and as null in JSON', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'truebook-equity-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  const { configFile } = await install({ dir, venueUrl: venue.url, seed: 'equity', accounts: ['alpha', 'beta'] })
  await venue.stop()
  const place = operatorTokenPlace(loadConfig(configFile))
  assert.ok(place.kind === 'file')
  writeFileSync(place.path, OPERATOR_TOKEN, { mode: 0o600 })
  await using http = await startHttp()
  await keepDays(http, 'alpha', 3, { cashGap: 'HTTP 502' })
  await keepDays(http, 'beta', 1)
  await http.server.fastify.listen({ host: '127.0.0.1', port: 0 })
  const { port } = http.server.fastify.server.address() as AddressInfo
  const equity = async (...args: string[]) =>
    await truebook(['equity', '--config', configFile, '--url', `http://127.0.0.1:${port}`, ...args])

  const all = await equity()
  assert.deepEqual([all.code, all.stderr], [0, ''])
  assert.match(all.stdout, /^alpha\s+2025-11-24\s+1000(\s+0){5}\s+1000\s+unknown$/m)
  assert.match(all.stdout, /^alpha\s+2025-11-23\s+1000(\s+0){5}\s+1000\s+0$/m)
  assert.match(
    all.stdout,
    /UNKNOWN alpha 2025-11-24: funding and transfers could not be read: HTTP 502 \(left over: 0 USD\)/,
  )
  const beta = await equity('--account', 'beta')
  assert.doesNotMatch(beta.stdout, /alpha|unknown/i)
  const json = JSON.parse((await equity('--account', 'alpha', '--days', '1', '--json')).stdout) as {
    readonly days: readonly { readonly unexplained: string | null }[]
    readonly equity: readonly { readonly unexplained: string | null }[]
  }
  assert.deepEqual(
    [json.days.map((row) => row.unexplained), json.equity.map((row) => row.unexplained)],
    [[null], [null]],
  )
  assert.equal((await equity('--account', 'gamma')).code, EXIT.refused)
})
