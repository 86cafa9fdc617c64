/** The boot check: a key that trades and moves nothing; what is not known is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { CredentialFinding } from '#brokers/broker.ts'
import { checkPermissions } from '#brokers/bybit/credentials.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { Secret } from '#config/secret.ts'
import { faultRule } from '#simulators/bybit/faults/fault.ts'
import { openScriptedVenue } from './scripted-venue.ts'
import { API_KEY, API_SECRET, openSimulatedAccount, type SimulatedAccount } from './simulated-account.ts'

const worst = (findings: readonly CredentialFinding[]): CredentialFinding | undefined =>
  findings.find((finding) => finding.level === 'fail') ?? findings.find((finding) => finding.level === 'warn')

function check({ broker, venue }: SimulatedAccount): Promise<CredentialFinding[]> {
  return broker.checkCredentials(venue.clock.now())
}

test('a trade-only key of a sub-account, bound to an address, passes', async (t) => {
  const account = await openSimulatedAccount(t)
  account.venue.keys.change(API_KEY, { ips: ['127.0.0.1'] })
  const findings = await check(account)
  assert.deepEqual(
    findings.map(({ level, check: name }) => `${level} ${name}`),
    ['ok permissions', 'ok trading', 'ok account kind', 'ok position mode', 'ok clock'],
  )
  assert.ok(findings.every(({ fix }) => fix === null))
})

const TRADE_ONLY = { ContractTrade: ['Order', 'Position'], Derivatives: ['DerivativesTrade'] }
type Change = Parameters<SimulatedAccount['venue']['keys']['change']>[1]

const CASES: readonly [string, Change, CredentialFinding['level'], RegExp][] = [
  ['a key that may withdraw', { permissions: { ...TRADE_ONLY, Wallet: ['Withdraw'] } }, 'fail', /Wallet: Withdraw/],
  [
    'a key that may transfer',
    { permissions: { ...TRADE_ONLY, Wallet: ['AccountTransfer'] } },
    'fail',
    /AccountTransfer/,
  ],
  ['a key with a group nobody knows', { permissions: { ...TRADE_ONLY, New: ['Thing'] } }, 'fail', /New: Thing/],
  ['a key that may trade spot', { permissions: { ...TRADE_ONLY, Spot: ['SpotTrade'] } }, 'fail', /Spot: SpotTrade/],
  ['a key without orders', { permissions: { ContractTrade: ['Position'] } }, 'fail', /without Order/],
  ['a read-only key', { readOnly: true }, 'fail', /read-only/],
  ['a key for any address', { ips: [] }, 'warn', /any address/],
  ['a key near its end', { ips: ['127.0.0.1'], deadlineDay: 5 }, 'warn', /5 days/],
  ['a key of a master account', { ips: ['127.0.0.1'], isMaster: true }, 'warn', /master/],
  ["a third party's key", { ips: ['127.0.0.1'], type: 2 }, 'warn', /third-party/],
  ['a key of another network', { env: 'demo' }, 'fail', /10003/],
  ['a key that ended', { deadlineDay: 0 }, 'fail', /33004/],
  ['a key bound to other addresses', { ips: ['10.0.0.1'] }, 'fail', /10010/],
]

for (const [name, change, level, detail] of CASES) {
  test(`${name}: ${level}`, async (t) => {
    const account = await openSimulatedAccount(t)
    account.venue.keys.change(API_KEY, change)
    const finding = worst(await check(account))
    assert.deepEqual([finding?.level, finding?.fix === null], [level, false])
    assert.match(finding?.detail ?? '', detail)
  })
}

test("the documentation's over-privileged key fails by every group that is not trading", () => {
  // Reference B6.
  const permissions = {
    ContractTrade: ['Order', 'Position'],
    Spot: ['SpotTrade'],
    Wallet: ['AccountTransfer', 'SubMemberTransfer'],
    Options: [],
    Derivatives: ['DerivativesTrade'],
    Exchange: ['ExchangeHistory'],
    Earn: ['Earn'],
    FiatP2P: ['FiatP2POrder', 'Advertising'],
    FiatBitPay: ['FaitPayOrder'],
    BitCard: ['BitCard'],
    ByXPost: ['ByXPost'],
  }
  const { level, detail } = checkPermissions({ permissions }, ['Spot'])
  assert.equal(level, 'fail')
  for (const group of ['Wallet', 'Exchange', 'Earn', 'FiatP2P', 'FiatBitPay', 'BitCard', 'ByXPost']) {
    assert.ok(detail.includes(`${group}: `), group)
  }
  assert.ok(!detail.includes('Spot: '))
})

test('spot trading passes where the owner allows it, funds never', async (t) => {
  const account = await openSimulatedAccount(t, { broker: { allowedPermissions: ['Spot'] } })
  account.venue.keys.change(API_KEY, {
    ips: ['127.0.0.1'],
    permissions: { ...TRADE_ONLY, Spot: ['SpotTrade'] },
  })
  assert.equal(worst(await check(account)), undefined)
})

test('H5: a clock that is off fails, either way', async (t) => {
  const account = await openSimulatedAccount(t)
  for (const offset of [-3_000, 3_000]) {
    const findings = await account.broker.checkCredentials(account.venue.clock.now() + offset)
    assert.match(worst(findings)?.detail ?? '', /clock is (29|30)\d\d ms (behind|ahead)/)
  }
})

test('hedge mode fails, also of a flat account', async (t) => {
  const answers = {
    '/v5/user/query-api': { readOnly: 0, permissions: TRADE_ONLY, ips: ['1.2.3.4'], uta: 1 },
    '/v5/position/list': { list: [{ positionIdx: 1 }, { positionIdx: 2 }] },
  }
  const { broker } = await openScriptedVenue(t, answers)
  const findings = await broker.checkCredentials(1_780_000_000_000)
  assert.match(worst(findings)?.detail ?? '', /BTCUSDT is in hedge mode/)
})

test('an account that is not unified fails', async (t) => {
  const answers = {
    '/v5/user/query-api': { readOnly: 0, permissions: TRADE_ONLY, ips: ['1.2.3.4'], uta: 0 },
    '/v5/position/list': { list: [{ positionIdx: 0 }] },
  }
  const { broker } = await openScriptedVenue(t, answers)
  assert.match(worst(await broker.checkCredentials(1_780_000_000_000))?.detail ?? '', /unified/)
})

test('a venue that cannot be asked is unavailable, not a bad key', async (t) => {
  const account = await openSimulatedAccount(t)
  account.venue.faults.add(faultRule.parse({ fault: { kind: 'ret-code', code: 10016 }, count: null }))
  await assert.rejects(check(account), BrokerUnavailable)
})

test('the secret shows in no error, outcome or finding, whatever the venue answers', async (t) => {
  const account = await openSimulatedAccount(t, { broker: { apiSecret: new Secret(API_SECRET) } })
  const seen: unknown[] = [account.broker, await check(account)]
  account.venue.faults.add(faultRule.parse({ fault: { kind: 'garbage', body: '[1]' }, count: null }))
  for (const read of [() => account.broker.readAccount(), () => account.broker.checkCredentials(0)]) {
    seen.push(await read().catch((error: unknown) => error))
  }
  for (const value of seen) {
    const text = inspect(value, { depth: 12, showHidden: true }) + (JSON.stringify(value) ?? '')
    assert.ok(!text.includes(API_SECRET))
  }
})
