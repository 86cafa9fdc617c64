/** A configuration file is taken whole and right, or refused with every mistake, its line and its column. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ConfigError } from '#config/config-error.ts'
import { loadConfig, parseConfig } from '#config/load-config.ts'

const ADDRESS = '0x00000000000000000000000000000000000000Aa'
const MINIMAL = `
accounts:
  - id: hl
    venue: hyperliquid
    network: testnet
    master: ${ADDRESS}
    agent_key_file: keys/agent
    strategies: [trend]
    gates: {instruments: [BTC-PERP]}
`

/** Mistakes of a file as `line:column text`. */
function mistakes(text: string): string[] {
  try {
    parseConfig(text, '/etc/truebook/truebook.yaml')
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.mistakes.map((mistake) => `${mistake.line}:${mistake.column} ${mistake.text}`)
  }
  return []
}

test('the smallest file gets every default, absolute paths and exact decimals', () => {
  const config = parseConfig(MINIMAL, '/etc/truebook/truebook.yaml')
  assert.equal(config.mode, 'paper')
  assert.deepEqual(config.book, { type: 'embedded', file: '/etc/truebook/.truebook/book.sqlite' })
  assert.deepEqual([config.http.host, config.http.port, config.http.operatorToken], ['127.0.0.1', 8700, null])
  const [account] = config.accounts
  assert.ok(account?.venue === 'hyperliquid')
  assert.equal(account.master, ADDRESS.toLowerCase())
  assert.deepEqual(account.secrets.agentKey, { kind: 'file', path: '/etc/truebook/keys/agent' })
  assert.equal(account?.policy.gates.maxOrderNotional, '1000')
  assert.equal(account?.policy.pace.monitorMs, 5000)
})

test('the configuration is frozen to its leaves', () => {
  const config = parseConfig(MINIMAL, '/x/truebook.yaml')
  assert.throws(() => Object.assign(config.accounts[0]!.policy.gates, { maxPositions: 99 }), TypeError)
})

test('the example file is valid and shows every key with its default', () => {
  const example = loadConfig(new URL('../../truebook.example.yaml', import.meta.url).pathname)
  const minimal = parseConfig(MINIMAL, example.file)
  assert.deepEqual(example.accounts[0]?.policy.pace, minimal.accounts[0]?.policy.pace)
  assert.deepEqual(
    { ...example.accounts[0]?.policy.gates, instruments: null },
    { ...minimal.accounts[0]?.policy.gates, instruments: null },
  )
  assert.deepEqual({ ...example.http, signalTokens: [] }, minimal.http)
  const text = readFileSync(example.file, 'utf8')
  const schema = readFileSync(new URL('../../schema/config.schema.json', import.meta.url), 'utf8')
  const keys = [...schema.matchAll(/"([a-z_]+)": \{/g)].map((match) => match[1] ?? '')
  const absent = keys.filter((key) => !['properties', 'items', 'default'].includes(key) && !text.includes(`${key}:`))
  assert.deepEqual(absent, [])
})

test('all mistakes are reported at once, in the order of the file', () => {
  const text = `mode: papier
http:
  prot: 3
accounts:
  - id: a
    venue: hyperliquid
    network: mainnet
    master: 0x12
    strategies: []
    gates:
      instruments: [BTC-PERP]
      max_order_notional: 1000.50
      max_postions: 3
  - id: a
    venue: hyperliquid
    network: testnet
    master: ${ADDRESS}
    agent_key_file: x
    agent_key_env: Y
    strategies: ["*"]
    gates: {instruments: [BTC-PERP], max_exposure: "-1"}
`
  assert.deepEqual(mistakes(text), [
    '1:7 mode: expected one of "paper", "live", saw "papier"',
    '3:3 http.prot: expected a known key (did you mean "port"?), saw the unknown key "prot"',
    '5:5 accounts[0]: expected one of the keys agent_key_file or agent_key_env, saw neither',
    '7:14 accounts[0].network: expected testnet, or mode: live at the top of the file to trade real money, saw "mainnet" in paper mode',
    '8:13 accounts[0].master: expected an address of 40 hex digits after 0x, saw "0x12"',
    '9:17 accounts[0].strategies: expected at least 1 entries, saw a list of 0',
    '12:27 accounts[0].gates.max_order_notional: expected text in quotes, such as "1000.5" (an unquoted number loses exact digits), saw the number 1000.5',
    '13:7 accounts[0].gates.max_postions: expected a known key (did you mean "max_positions"?), saw the unknown key "max_postions"',
    '14:9 accounts[1].id: expected its own id, saw the id of entry 0 again',
    '19:20 accounts[1].agent_key_env: expected only one of the keys agent_key_file, agent_key_env, saw agent_key_file as well',
    '21:52 accounts[1].gates.max_exposure: expected a positive plain decimal in quotes, such as "1000.50", saw "-1"',
  ])
})

test('live and testnet do not mix, and live must be written', () => {
  assert.match(mistakes(`mode: live\n${MINIMAL}`).join(), /mainnet while mode is live/)
  assert.match(mistakes(MINIMAL.replace('testnet', 'mainnet')).join(), /mode: live at the top/)
  assert.deepEqual(mistakes(`mode: live\n${MINIMAL.replace('testnet', 'mainnet')}`), [])
})

test('plain text to another machine is refused, whether we listen or call', () => {
  assert.match(mistakes(`http: {host: 0.0.0.0}\n${MINIMAL}`).join(), /1:14 http\.host: expected tls, or behind_proxy/)
  assert.deepEqual(mistakes(`http: {host: 0.0.0.0, behind_proxy: true}\n${MINIMAL}`), [])
  assert.match(mistakes(`${MINIMAL}    base_url: http://example.com\n`).join(), /base_url: expected a URL/)
  assert.deepEqual(mistakes(`${MINIMAL}    base_url: http://127.0.0.1:9\n`), [])
})

test('broken YAML, a doubled key and an empty file name their place', () => {
  assert.match(mistakes('accounts: [\n').join(), /^2:1 expected YAML/)
  assert.match(mistakes(`${MINIMAL}accounts: []\n`).join(), /^10:1 expected YAML, saw: Map keys must be unique/)
  assert.match(mistakes('').join(), /^1:1 the input: expected a mapping/)
})

test('a missing file says what to do', () => {
  assert.throws(() => loadConfig('/nowhere/truebook.yaml'), /Copy truebook\.example\.yaml/)
})

test('a secret pasted into the file never appears in the error', () => {
  const key = '4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'
  const planted = [
    MINIMAL.replace('agent_key_file: keys/agent', `agent_key_file: ${key}`),
    MINIMAL.replace('agent_key_file: keys/agent', `agent_key_env: "0x${key}"`),
    MINIMAL.replace('agent_key_file: keys/agent', `agent_key: "0x${key}"`),
    MINIMAL.replace(ADDRESS, `0x${key}`),
    `redis: {url: "redis://user:hunter2secret@127.0.0.1"}\n${MINIMAL}`,
  ]
  for (const text of planted) {
    const seen = mistakes(text).join('\n')
    assert.notEqual(seen, '')
    assert.doesNotMatch(seen, new RegExp(`${key}|hunter2secret`))
  }
})
