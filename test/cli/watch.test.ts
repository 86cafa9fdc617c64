/** What `status`, `positions --drift`, `orders` and `alerts` show of a book in which something is wrong. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { EXIT } from '#cli/failure.ts'
import { newIntent } from '#domain/new-intent.ts'
import type { AlertRow, SweepRow } from '#domain/records.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { POSITION, aBrokerOrder, aPosition, anAccount, d } from '#test/domain/samples.ts'
import { type HttpFixture, OPERATOR_TOKEN, START, startHttp } from '#test/http/http-fixture.ts'
import { ENTRY_ORDER } from '#test/workers/truth-desk.ts'
import { type Finished, truebook } from './run-truebook.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-watch-'))
const config = join(folder, 'truebook.yaml')
let http: HttpFixture
let url: string
const command = async (...args: string[]): Promise<Finished> =>
  await truebook([...args, '--config', config, '--url', url])

const SWEEP: SweepRow = {
  sweepId: 'sweep-1',
  account: 'alpha',
  trigger: 'scheduled',
  startedAt: START - 5000,
  finishedAt: START - 4000,
  complete: true,
  findings: [
    {
      kind: 'unexpected-position',
      instrument: 'ETH-PERP',
      positionId: null,
      book: 'flat',
      broker: '-2',
      action: 'alert; entries locked; never closed automatically',
    },
  ],
  requeued: 0,
  provenFrom: 0,
  provenThrough: START - 5000,
  detail: 'unexpected-position ETH-PERP',
  compared: [
    { instrument: 'BTC-PERP', book: d('1'), broker: d('1') },
    { instrument: 'ETH-PERP', book: d('0'), broker: d('-2') },
  ],
  brokerAsOf: START - 4500,
}
const ALERT: AlertRow = {
  alertId: 'alert-1',
  severity: 'critical',
  kind: 'unexpected-position',
  account: 'alpha',
  instrument: 'ETH-PERP',
  positionId: null,
  title: 'Unexpected ETH-PERP position at the broker',
  detail: 'Book: flat. Broker: -2.',
  raisedAt: START - 4000,
  resolvedAt: null,
  deliveredAt: null,
  active: true,
}

before(async () => {
  http = await startHttp()
  const stop = clientOrderIdOf(POSITION, 'stop', 0)
  const about = { positionId: POSITION, account: 'alpha' }
  const intent = newIntent(
    { ...about, instrument: 'BTC-PERP' },
    { intentId: ENTRY_ORDER.clientOrderId, event: 'entry', leg: 0, command: ENTRY_ORDER, sendBefore: null },
    START,
  )
  const lock = { reason: 'unexpected-position: book flat, broker -2', since: START - 4000, alertId: null }
  await http.book.commit([
    { op: 'create', kind: 'positions', id: POSITION, row: aPosition({ account: 'alpha', updatedAt: START - 9000 }) },
    { op: 'put', kind: 'accounts', id: 'alpha', row: anAccount({ account: 'alpha', locks: { 'ETH-PERP': lock } }) },
    { op: 'create', kind: 'sweeps', id: SWEEP.sweepId, row: SWEEP },
    { op: 'create', kind: 'alerts', id: ALERT.alertId, row: ALERT },
    {
      op: 'create',
      kind: 'alerts',
      id: 'alert-2',
      row: { ...ALERT, alertId: 'alert-2', title: 'Seen', acknowledged: { by: 'olga', at: START, why: 'known' } },
    },
    {
      op: 'create',
      kind: 'orders',
      id: stop,
      row: {
        ...aBrokerOrder({ placedAt: START - 8000 }),
        ...about,
        clientOrderId: stop,
        event: 'stop',
        working: true,
        updatedAt: START,
      },
    },
    { op: 'create', kind: 'intents', id: intent.intentId, row: { ...intent, state: 'unknown', sentAt: START } },
    {
      op: 'put',
      kind: 'control',
      id: 'strategy.trend',
      row: { tradingEnabled: false, by: 'olga', why: 'too noisy', at: START },
    },
  ])
  await http.server.fastify.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(http.server.fastify.server.address() as AddressInfo).port}`
  writeFileSync(join(folder, 'operator-token'), OPERATOR_TOKEN, { mode: 0o600 })
  writeFileSync(
    config,
    `http: {operator_token_file: operator-token}
accounts:
  - {id: alpha, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa, agent_key_env: KEY, strategies: ["*"], gates: {instruments: ["*"]}}
`,
  )
})
after(async () => {
  rmSync(folder, { recursive: true, force: true })
  await http[Symbol.asyncDispose]()
})

test('status says drift first, then the switches, the accounts, the locks and the alerts', async () => {
  const { code, stdout, stderr } = await command('status')
  assert.deepEqual([code, stderr], [EXIT.done, ''])
  const lines = stdout.split('\n')
  assert.match(lines[0] ?? '', / {2}paper {2}ready$/)
  assert.match(lines[1] ?? '', /^DRIFT {2}alpha: ETH-PERP book flat, broker short 2/)
  assert.match(stdout, /^Trading enabled$/m)
  assert.match(stdout, /^Trading of strategy trend DISABLED by olga at .*: too noisy$/m)
  assert.match(stdout, /^Workers unknown/m)
  assert.match(stdout, /^Open positions 1, active alerts 2 \(1 not acknowledged\), dead jobs 0$/m)
  assert.match(stdout, /^alpha +hyperliquid +active +DRIFT +- +- +1 +4 s ago$/m)
  assert.match(stdout, /^beta +hyperliquid +active +UNKNOWN/m)
  assert.match(stdout, /^alpha +DRIFT unexpected +ETH-PERP +flat +short 2$/m)
  assert.match(stdout, /^Entries of alpha ETH-PERP locked: unexpected-position/m)
  assert.match(stdout, /^CRITICAL Seen \(acknowledged by olga\)$/m)
  const json = JSON.parse((await command('status', '--json')).stdout) as Record<string, unknown>
  assert.deepEqual(
    ['ready', 'verdict', 'trading', 'accounts', 'alerts', 'workers'].filter((key) => !(key in json)),
    [],
  )
})

test('positions --drift puts both sides beside each other and says what the sweep found', async () => {
  const { code, stdout } = await command('positions', '--drift')
  assert.equal(code, EXIT.done)
  assert.match(stdout, /^BTC-PERP +long 1 +long 1$/m)
  assert.match(stdout, /^ETH-PERP +flat +short 2 +DRIFT unexpected$/m)
  assert.match(stdout, /^unexpected-position +ETH-PERP +flat +-2 +alert; entries locked/m)
  assert.match(stdout, /^beta {2}UNKNOWN {2}broker not read yet$/m)
})

test('orders shows what works at the venue, and apart what nobody can prove yet', async () => {
  const { code, stdout } = await command('orders', '--account', 'alpha')
  assert.equal(code, EXIT.done)
  assert.match(stdout, /^alpha +BTC-PERP +stop +sell +1 +94 +95 +working /m)
  assert.match(stdout, /outcome not proven yet:\n.*\nalpha +BTC-PERP +entry +unknown +/m)
  assert.match((await command('orders', '--account', 'beta')).stdout, /^No working orders; with --all/)
  assert.equal((await command('orders', '--account', 'gamma')).code, EXIT.refused)
})

test('alerts names who has seen one, and how to say it of the others', async () => {
  const { stdout } = await command('alerts')
  assert.match(stdout, / olga +Seen +alert-2$/m)
  assert.match(stdout, / - +Unexpected ETH-PERP position at the broker +alert-1$/m)
  assert.match(stdout, /^1 not acknowledged: truebook alerts ack ALERT --why REASON/m)
})
