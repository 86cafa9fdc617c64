/** Sinks of alerts in the configuration: what each type needs, what is refused, and which secrets a role reads. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSinks } from '#compose/alert-sinks.ts'
import { checkSinks } from '#compose/checks.ts'
import { readSecrets } from '#compose/secrets.ts'
import { ConfigError } from '#config/config-error.ts'
import { parseConfig } from '#config/load-config.ts'

const ACCOUNTS = `
accounts: [{id: hl, venue: hyperliquid, network: testnet, master: "0x00000000000000000000000000000000000000aa",
    agent_key_file: agent, strategies: [trend], gates: {instruments: [BTC-PERP]}}]`
const parse = (text: string, file = '/etc/truebook/truebook.yaml') => parseConfig(`${text}${ACCOUNTS}`, file)
const sinks = (...entries: string[]): string => `alerts: {sinks: [${entries.map((entry) => `{${entry}}`).join(', ')}]}`

function mistakes(text: string): string {
  try {
    parse(text)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.mistakes.map((mistake) => mistake.text).join('\n')
  }
  return ''
}

const MAIL = 'name: m, type: mail, host: smtp.example.com, from: a@example.com, to: [b@example.com]'

test('without a word about alerts there is a log, critical ones repeat every quarter of an hour, nothing else is told', () => {
  const { alerts, watchdog } = parse('')
  assert.deepEqual(alerts, {
    sinks: [{ name: 'log', type: 'log', minSeverity: 'info', escalation: false, secrets: {} }],
    repeat: { critical: 900_000, warning: null, info: null, escalateAfterRounds: 3 },
    heartbeatUrl: null,
  })
  assert.deepEqual(watchdog, { workerMs: 60_000, feedMs: 120_000 })
})

test('the short form of a webhook is a sink by that name; a log of its own replaces the one that is always there', () => {
  const named = (text: string) =>
    parse(text).alerts.sinks.map(({ name, type, minSeverity }) => [name, type, minSeverity])
  assert.deepEqual(named('alerts: {webhook_url_env: HOOK}'), [
    ['log', 'log', 'info'],
    ['webhook', 'webhook', 'info'],
  ])
  assert.deepEqual(named(sinks('name: quiet, type: log, min_severity: critical')), [['quiet', 'log', 'critical']])
})

test('each type has the severity that suits it unless told otherwise', () => {
  const { alerts } = parse(
    sinks(
      'name: s, type: slack, url_env: A',
      'name: t, type: telegram, token_env: B, chat: "-1"',
      'name: p, type: pagerduty, routing_key_env: C',
      MAIL,
      'name: w, type: webhook, url_env: D, min_severity: critical, escalation: true',
    ),
  )
  assert.deepEqual(
    alerts.sinks.map(({ name, minSeverity, escalation }) => [name, minSeverity, escalation]),
    [
      ['log', 'info', false],
      ['s', 'warning', false],
      ['t', 'warning', false],
      ['p', 'critical', false],
      ['m', 'warning', false],
      ['w', 'critical', true],
    ],
  )
})

test('what a sink lacks, what it has twice and what would travel in clear text is refused', () => {
  assert.match(mistakes(sinks('name: s, type: slack')), /alerts\.sinks\[0\].*url_file or url_env/)
  assert.match(mistakes(sinks('name: s, type: slack, url_env: A, url_file: b')), /only one of the keys/)
  assert.match(mistakes(sinks('name: p, type: pagerduty')), /routing_key_file or routing_key_env/)
  assert.match(mistakes(sinks('name: t, type: telegram, token_env: A, chat: "a b"')), /chat/)
  assert.match(mistakes(sinks('name: s, type: slack, url_env: A', 'name: s, type: log')), /its own name/)
  assert.match(mistakes(sinks('name: log, type: slack, url_env: A')), /another name/)
  assert.match(mistakes('alerts: {webhook_url_env: A, sinks: [{name: webhook, type: log}]}'), /another name/)
  assert.match(mistakes(sinks(`${MAIL}, user: u`)), /password_file or password_env/)
  assert.match(mistakes(sinks(`${MAIL}, password_env: P`)), /the user to whom the password belongs/)
  assert.match(mistakes(sinks(`${MAIL}, tls: none`)), /starttls or implicit/)
  assert.match(mistakes(sinks('name: p, type: pagerduty, routing_key_env: K, base_url: "http://x"')), /base_url/)
  assert.equal(mistakes(sinks('name: p, type: pagerduty, routing_key_env: K, base_url: "http://127.0.0.1:1"')), '')
  assert.match(mistakes('alerts: {heartbeat_url_file: a, heartbeat_url_env: B}'), /only one of the keys/)
})

test('a token that is pasted where its place belongs is refused and not shown', () => {
  const pasted = '1234567890:AAHpLanted-Bot_Token5c9dNeverShownAnywhere'
  const said = mistakes(sinks(`name: t, type: telegram, chat: "-1", token_file: "${pasted}"`))
  assert.notEqual(said, '')
  assert.ok(!said.includes(pasted), said)
})

test('every role that tells reads the secrets of the sinks; the watchdog reads no others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-sinks-'))
  try {
    writeFileSync(join(folder, 'slack'), 'https://hooks.example.com/T0', { mode: 0o600 })
    const text = `${sinks('name: s, type: slack, url_file: slack')}\nredis: {url_file: never-there}`
    const config = parse(text, join(folder, 'truebook.yaml'))
    const secrets = readSecrets(config, { trades: false, serves: false, watches: true, site: null })
    assert.deepEqual([...secrets.sinks.keys()], ['log', 's'])
    assert.deepEqual(
      secrets.all.map((secret) => secret.reveal()),
      ['https://hooks.example.com/T0'],
    )
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const opened = openSinks({ config, secrets, log, now: () => 0 })
    assert.deepEqual(
      opened.sinks.map(({ name, repeats }) => [name, repeats]),
      [
        ['log', false],
        ['s', true],
      ],
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the doctor names the sinks, and an address that is not https is wrong', () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-sinks-'))
  try {
    writeFileSync(join(folder, 'good'), 'https://hooks.example.com/T0', { mode: 0o600 })
    writeFileSync(join(folder, 'bad'), 'http://hooks.example.com/T0', { mode: 0o600 })
    const config = parse(
      sinks('name: s, type: slack, url_file: good', 'name: w, type: webhook, url_file: bad'),
      join(folder, 'truebook.yaml'),
    )
    assert.deepEqual(
      checkSinks(config).map(({ level, check, detail }) => [level, check, detail]),
      [
        ['ok', 'alert sinks', 's (slack), w (webhook); not called'],
        ['ok', 'sink s', 'an https address; not called'],
        ['fail', 'sink w', 'expected an address that starts with https://, saw another'],
      ],
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
