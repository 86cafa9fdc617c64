/** Before trading: patience with a venue that is away, none with wrong credentials; alerts reach their sinks or say that they did not. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Broker, CredentialFinding } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { openSinks } from '#compose/alert-sinks.ts'
import { CredentialsRefused, requireCredentials, whenVenueAnswers } from '#compose/credentials.ts'
import { readSecrets } from '#compose/secrets.ts'
import { parseConfig } from '#config/load-config.ts'
import { Secret } from '#config/secret.ts'
import type { AlertRow } from '#domain/records.ts'

const lines: string[] = []
const log = {
  debug() {},
  info: (_fields: object, message: string) => void lines.push(`info ${message}`),
  warn: (_fields: object, message: string) => void lines.push(`warn ${message}`),
  error: (_fields: object, message: string) => void lines.push(`error ${message}`),
}

function brokerWith(findings: CredentialFinding[]): Broker {
  return { account: 'a', checkCredentials: async () => findings } as unknown as Broker
}

test('one failed credential check is enough to refuse, and its fix is in the message', async () => {
  const findings: CredentialFinding[] = [
    { level: 'ok', check: 'addresses', detail: 'fine', fix: null },
    { level: 'fail', check: 'agent role', detail: 'This is a ROOT key.', fix: 'Approve an agent.' },
  ]
  await assert.rejects(requireCredentials(brokerWith(findings), 0, log), (error) => {
    assert.ok(error instanceof CredentialsRefused)
    assert.equal(error.message, 'Account a may not trade. agent role: This is a ROOT key. Approve an agent.')
    return true
  })
  await requireCredentials(brokerWith([{ level: 'warn', check: 'x', detail: 'y', fix: 'z' }]), 0, log)
})

test('a venue that is away is asked again with growing pauses; any other failure ends at once', async () => {
  const pauses: number[] = []
  const terms = { patienceMs: 60_000, log, pause: async (ms: number) => void pauses.push(ms) }
  let asked = 0
  const answer = await whenVenueAnswers(async () => {
    asked += 1
    if (asked < 4) throw new BrokerUnavailable('away')
    return 'there'
  }, terms)
  assert.equal(answer, 'there')
  assert.deepEqual(pauses, [500, 1000, 2000])
  await assert.rejects(
    whenVenueAnswers(async () => {
      throw new CredentialsRefused('no')
    }, terms),
    CredentialsRefused,
  )
  const impatient = { ...terms, patienceMs: 0 }
  await assert.rejects(
    whenVenueAnswers(async () => {
      throw new BrokerUnavailable('away')
    }, impatient),
    BrokerUnavailable,
  )
})

test('an alert goes to the log and to the webhook; a webhook that refuses makes the delivery fail without its address', async () => {
  let status = 204
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      bodies.push(body)
      response.writeHead(status).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook-secret-path`
    const config = parseConfig(
      `accounts: [{id: a, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa,
    agent_key_env: NONE, strategies: ["*"], gates: {instruments: ["*"]}}]
alerts: {webhook_url_env: HOOK}`,
      '/nowhere/truebook.yaml',
    )
    const secrets = { sinks: new Map([['webhook', { url: new Secret(url) }]]) }
    const alerting = openSinks({ config, secrets, log, now: () => 0 })
    assert.deepEqual(
      alerting.sinks.map(({ name }) => name),
      ['log', 'webhook'],
    )
    const alert = {
      alertId: 'alert-1',
      severity: 'critical',
      title: 'T',
      detail: 'D',
      raisedAt: 0,
      active: true,
    } as AlertRow
    const notice = { alert, event: 'raised', round: 0 } as const
    await alerting.tell('log', notice)
    assert.equal(lines.at(-1), 'error alert: T')
    await alerting.tell('webhook', notice)
    const body = { text: '[critical] T: D', event: 'raised', round: 0, link: null, alert }
    assert.deepEqual(JSON.parse(bodies[0] ?? ''), body)
    status = 500
    await assert.rejects(
      alerting.tell('webhook', notice),
      (error: Error) => /2xx, saw 500/.test(error.message) && !error.message.includes('hook-secret'),
    )
  } finally {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

test('each role reads only the secrets it needs; the operator token is made once, for its owner only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-secrets-'))
  try {
    const config = parseConfig(
      `accounts: [{id: a, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa,
    agent_key_file: never-there, strategies: ["*"], gates: {instruments: ["*"]}}]`,
      join(folder, 'truebook.yaml'),
    )
    const api = readSecrets(config, { trades: false, serves: true, site: null })
    assert.equal(api.credentials.size, 0)
    const file = join(folder, '.truebook', 'operator-token')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.match(readFileSync(file, 'utf8'), /^[0-9a-f]{64}\n$/)
    const again = readSecrets(config, { trades: false, serves: true, site: null })
    assert.equal(again.tokens?.operators[0]?.token.reveal(), api.tokens?.operators[0]?.token.reveal())
    assert.throws(() => readSecrets(config, { trades: true, serves: false, site: null }), /never-there/)
    rmSync(file)
    assert.throws(() => readSecrets(config, { trades: true, serves: false, site: null }))
    assert.equal(existsSync(file), false, 'a worker made an operator token')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test("a process reads the credentials of its own site's accounts and does not look for the others", () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-secrets-'))
  try {
    const account = (id: string, site: string): string =>
      `{id: ${id}, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000${id}, ${site}
      agent_key_file: ${id}-key, strategies: ["*"], gates: {instruments: ["*"]}}`
    const text = `accounts: [${account('aa', '')}, ${account('bb', 'site: mac,')}, ${account('cc', 'site: mac,')}]`
    const config = parseConfig(text, join(folder, 'truebook.yaml'))
    const read = (site: string | null): string[] =>
      [...readSecrets(config, { trades: true, serves: false, site }).credentials.keys()].toSorted()
    writeFileSync(join(folder, 'aa-key'), 'key of aa', { mode: 0o600 })
    assert.deepEqual(read(null), ['aa'])
    assert.throws(() => read('mac'), /bb-key/)
    rmSync(join(folder, 'aa-key'))
    for (const id of ['bb', 'cc']) writeFileSync(join(folder, `${id}-key`), `key of ${id}`, { mode: 0o600 })
    assert.deepEqual(read('mac'), ['bb', 'cc'])
    assert.throws(() => read(null), /aa-key/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
