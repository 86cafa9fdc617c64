/** The boot check: an agent of the account, valid, on time, and nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Wallet } from 'ethers'
import type { CredentialFinding } from '#brokers/broker.ts'
import { Secret } from '#config/secret.ts'
import { AGENT, MASTER, openSimulatedAccount, type SimulatedAccount } from './simulated-account.ts'

const DAY = 86_400_000
const stranger = Wallet.createRandom()
const MASTER_KEY_ACCOUNT = stranger.address.toLowerCase()

const worst = (findings: readonly CredentialFinding[]): CredentialFinding | undefined =>
  findings.find((finding) => finding.level === 'fail') ?? findings.find((finding) => finding.level === 'warn')

function check(account: SimulatedAccount): Promise<CredentialFinding[]> {
  return account.broker.checkCredentials(account.venue.clock.now())
}

test('an agent with a month left passes, and the finding says what the key cannot do', async (t) => {
  const findings = await check(await openSimulatedAccount(t))
  assert.deepEqual(new Set(findings.map((finding) => finding.level)), new Set(['ok']))
  assert.match(JSON.stringify(findings), /withdrawals.*need the root key.*no vault transfer/)
  assert.ok(findings.every((finding) => finding.fix === null))
})

test('C17: the root key of the account itself fails without asking the venue: signer and account are two addresses', async (t) => {
  const account = await openSimulatedAccount(t, {
    broker: { agentKey: new Secret(stranger.privateKey), master: stranger.address },
  })
  const findings = await check(account)
  assert.equal(findings.length, 1)
  assert.match(worst(findings)?.detail ?? '', /root key/)
})

const CASES: readonly [string, (account: SimulatedAccount) => void, CredentialFinding['level'], RegExp][] = [
  ['a removed agent', ({ venue }) => venue.engine.operator.pruneAgent(AGENT), 'fail', /does not know/],
  ['an expired agent', ({ venue }) => venue.clock.advance(31 * DAY), 'fail', /does not know|expired/],
  ['an agent with hours left', ({ venue }) => venue.clock.advance(30 * DAY - 3_600_000), 'fail', /less than a day/],
  ['an agent with days left', ({ venue }) => venue.clock.advance(26 * DAY), 'warn', /less than 7 days/],
  [
    'a unified account',
    ({ venue }) => venue.engine.operator.setAbstraction(MASTER, 'portfolioMargin'),
    'fail',
    /portfolioMargin/,
  ],
]
for (const [name, disturb, level, words] of CASES) {
  test(`${name} is a ${level}, with what to do`, async (t) => {
    const account = await openSimulatedAccount(t)
    disturb(account)
    const finding = worst(await check(account))
    assert.equal(finding?.level, level, JSON.stringify(finding))
    assert.match(finding?.detail ?? '', words)
    assert.ok((finding?.fix ?? '').length > 10)
  })
}

test("a key that is another account's root key fails as such", async (t) => {
  const account = await openSimulatedAccount(t, { broker: { agentKey: new Secret(stranger.privateKey) } })
  account.venue.engine.operator.deposit(MASTER_KEY_ACCOUNT, '10')
  assert.match(worst(await check(account))?.detail ?? '', /ROOT key/)
})

test('an agent of another account fails by naming both', async (t) => {
  const account = await openSimulatedAccount(t, { broker: { master: MASTER_KEY_ACCOUNT } })
  const detail = worst(await check(account))?.detail ?? ''
  assert.ok(detail.includes(MASTER) && detail.includes(MASTER_KEY_ACCOUNT), detail)
})

test('H5: a clock beyond the bound fails in either direction, within it passes', async (t) => {
  const account = await openSimulatedAccount(t)
  const now = account.venue.clock.now()
  for (const [offset, level] of [
    [-6_500, 'fail'],
    [8_000, 'fail'],
    [-2_000, undefined],
    [3_000, undefined],
  ] as const) {
    const findings = await account.broker.checkCredentials(now + offset)
    assert.equal(worst(findings)?.level, level, `${offset}: ${JSON.stringify(findings)}`)
  }
})
