/** Metrics and traces are off beyond this machine unless they are protected; nothing is traced unless a collector is named. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSecrets } from '#compose/secrets.ts'
import { ConfigError } from '#config/config-error.ts'
import { parseConfig } from '#config/load-config.ts'

const ACCOUNTS = `
accounts: [{id: hl, venue: hyperliquid, network: testnet, master: "0x00000000000000000000000000000000000000aa",
    agent_key_file: agent, strategies: [trend], gates: {instruments: [BTC-PERP]}}]`
const parse = (text: string, file = '/etc/truebook/truebook.yaml') => parseConfig(`${text}${ACCOUNTS}`, file)

function mistakes(text: string): string[] {
  try {
    parse(text)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.mistakes.map((mistake) => mistake.text)
  }
  return []
}

test('by default nothing listens for scrapers, nothing is traced, and no token is read', () => {
  const { metrics, tracing } = parse('')
  assert.deepEqual(metrics, { host: '127.0.0.1', port: null, token: null })
  assert.deepEqual(tracing, { endpoint: null, headers: null, sample: 1 })
})

test('metrics listen beyond this machine only with a token', () => {
  assert.match(mistakes('metrics: {host: 0.0.0.0, port: 9464}').join(), /metrics\.host.*token_file or token_env/)
  assert.deepEqual(mistakes('metrics: {host: 0.0.0.0, port: 9464, token_file: t}'), [])
  assert.deepEqual(mistakes('metrics: {host: "::1", port: 9464}'), [])
  assert.match(mistakes('metrics: {token_file: t, token_env: T}').join(), /only one of the keys/)
})

test('the collector is named by its base address or by its full one', () => {
  const endpoint = (text: string) => parse(`tracing: {endpoint: "${text}"}`).tracing.endpoint
  assert.equal(endpoint('http://127.0.0.1:4318'), 'http://127.0.0.1:4318/v1/traces')
  assert.equal(endpoint('https://otlp.example.com/otlp/'), 'https://otlp.example.com/otlp/v1/traces')
  assert.equal(endpoint('http://tempo:4318/v1/traces'), 'http://tempo:4318/v1/traces')
  assert.match(mistakes('tracing: {endpoint: "https://user:pw@x"}').join(), /without a password/)
})

test('headers of a collector go in clear text to this machine only, and not without a collector', () => {
  const to = (endpoint: string) => mistakes(`tracing: {headers_file: h, endpoint: "${endpoint}"}`).join()
  assert.match(to('http://tempo:4318'), /tracing\.endpoint.*https/)
  assert.equal(to('https://tempo:4318') + to('http://localhost:4318'), '')
  assert.match(mistakes('tracing: {headers_file: h}').join(), /endpoint beside it/)
})

test('every header of the collector is a secret of its own; a line of another form is refused without showing it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-headers-'))
  try {
    const config = parse('tracing: {headers_file: h, endpoint: "https://x"}', join(folder, 'truebook.yaml'))
    const read = (line: string) => {
      writeFileSync(join(folder, 'h'), line, { mode: 0o600 })
      return readSecrets(config, { trades: false, serves: false, site: null })
    }
    const { traceHeaders, all } = read('Authorization=Bearer abc=,x-scope = 7\n')
    const shown = Object.entries(traceHeaders).map(([name, value]) => [name, value.reveal()])
    assert.deepEqual(shown, [
      ['authorization', 'Bearer abc='],
      ['x-scope', '7'],
    ])
    assert.ok(all.some((secret) => secret.reveal() === 'Bearer abc='))
    assert.throws(
      () => read('hunter2-without-a-name'),
      (error: Error) => !error.message.includes('hunter2'),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
