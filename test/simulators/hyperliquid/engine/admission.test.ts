/** Who may do what: signers, agents, vault addresses, user-signed actions, the order of the venue's checks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGENT, BTC, MASTER, OTHER, START, limit, openDesk } from './trader.ts'

const NOOP = { type: 'noop' } as const
const NEW_AGENT = `0x${'e5'.repeat(20)}`

function approve(nonce: number, agentAddress: string, agentName?: string) {
  return {
    type: 'approveAgent' as const,
    agentAddress,
    nonce,
    ...(agentName === undefined ? {} : { agentName }),
  }
}

test('an agent trades for its master', () => {
  const desk = openDesk()
  assert.equal(desk.placeOne(limit(BTC, 'buy', '101000', '0.1')).kind, 'filled')
  assert.equal(desk.venue.account.fills(MASTER).length, 1)
  assert.deepEqual(desk.venue.account.fills(AGENT), [])
})

test('an agent is told to deposit when it signs for itself', () => {
  const desk = openDesk()
  const message = `Must deposit before performing actions. User: ${AGENT}`
  const withdraw = { type: 'withdraw3', destination: OTHER, amount: '10', time: START + 1 } as const
  assert.deepEqual(desk.submit(withdraw, { nonce: START + 1 }), { kind: 'err', message, cause: 'signer' })
  const send = { type: 'usdSend', destination: OTHER, amount: '10', time: START + 1 } as const
  assert.deepEqual(desk.submit(send, { nonce: START + 1 }), { kind: 'err', message, cause: 'signer' })
})

test('an agent can move money into a vault: the venue does not stop it', () => {
  const desk = openDesk()
  const vaultAddress = `0x${'fa'.repeat(20)}`
  desk.venue.operator.createVault(vaultAddress)
  assert.deepEqual(desk.submit({ type: 'vaultTransfer', vaultAddress, isDeposit: true, usd: 5_000_000 }), {
    kind: 'default',
  })
  assert.equal(desk.venue.account.clearinghouse(MASTER).marginSummary.accountValue, '99995')
  assert.deepEqual(desk.venue.account.role(vaultAddress), { role: 'vault' })
})

test('a vault address must be registered, and be the signer’s own', () => {
  const desk = openDesk()
  assert.deepEqual(desk.submit(NOOP, { vaultAddress: OTHER }), {
    kind: 'err',
    message: `Vault not registered: ${OTHER}`,
    cause: 'vault',
  })
  const made = desk.submit({ type: 'createSubAccount', name: 'hedge' }, { signer: OTHER })
  assert.equal(made.kind, 'createSubAccount')
  const vaultAddress = made.kind === 'createSubAccount' ? made.address : ''
  assert.deepEqual(desk.submit(NOOP, { vaultAddress }), {
    kind: 'err',
    message: 'Vault may not perform this action.',
    cause: 'vault',
  })
  assert.equal(desk.submit(NOOP, { vaultAddress, signer: OTHER }).kind, 'default')
  assert.deepEqual(desk.venue.account.role(vaultAddress), { role: 'subAccount', master: OTHER })
})

test('the vault is checked before the signer, the signer before the nonce', () => {
  const desk = openDesk()
  const stranger = `0x${'99'.repeat(20)}`
  const bad = { signer: stranger, vaultAddress: stranger, nonce: 1 }
  assert.equal(desk.submit(NOOP, bad).kind === 'err' && desk.submit(NOOP, bad).kind, 'err')
  const causes = [
    desk.submit(NOOP, bad),
    desk.submit(NOOP, { signer: stranger, nonce: 1 }),
    desk.submit(NOOP, { nonce: 1, expiresAfter: 1 }),
    desk.submit(NOOP, { expiresAfter: 1 }),
  ].map((result) => (result.kind === 'err' ? result.cause : result.kind))
  assert.deepEqual(causes, ['vault', 'signer', 'nonce', 'expired'])
})

test('roles: user, agent, missing', () => {
  const { venue } = openDesk()
  assert.deepEqual(venue.account.role(MASTER), { role: 'user' })
  assert.deepEqual(venue.account.role(AGENT), { role: 'agent', user: MASTER })
  assert.deepEqual(venue.account.role(NEW_AGENT), { role: 'missing' })
})

test('approving the same name removes the former agent; a second approval within 5 s is refused', () => {
  const desk = openDesk()
  const signed = (address: string) => {
    desk.advance(1)
    const nonce = desk.now()
    return desk.submit(approve(nonce, address, 'bot'), { signer: MASTER, nonce })
  }
  assert.deepEqual(signed(NEW_AGENT), { kind: 'default' })
  assert.deepEqual(desk.venue.account.role(AGENT), { role: 'missing' })
  assert.deepEqual(signed(AGENT), { kind: 'err', message: 'User has pending agent removal', cause: 'action' })
  desk.advance(5_000)
  assert.deepEqual(signed(AGENT), { kind: 'default' })
})

test('an agent expires, by its own date or after 90 days', () => {
  const desk = openDesk()
  const until = START + 3_600_000
  desk.submit(approve(START, NEW_AGENT, `x valid_until ${until}`), { signer: MASTER, nonce: START })
  const named = desk.venue.account.agents(MASTER).find(({ address }) => address === NEW_AGENT)
  assert.deepEqual(named, { name: 'x', address: NEW_AGENT, validUntil: until })
  desk.advance(3_600_001)
  assert.deepEqual(desk.submit(NOOP, { signer: NEW_AGENT }), {
    kind: 'err',
    message: `User or API Wallet ${NEW_AGENT} does not exist.`,
    cause: 'signer',
  })
  assert.deepEqual(desk.venue.account.role(NEW_AGENT), { role: 'missing' })
})

test('an unnamed agent has the default validity and replaces the former unnamed one only', () => {
  const desk = openDesk()
  desk.submit(approve(START, NEW_AGENT), { signer: MASTER, nonce: START })
  assert.deepEqual(desk.venue.account.agents(MASTER), [
    { name: 'bot', address: AGENT, validUntil: null },
    { name: null, address: NEW_AGENT, validUntil: START + 90 * 86_400_000 },
  ])
})

test('the nonce inside a user-signed action must be the envelope’s, and a mismatch consumes nothing', () => {
  const desk = openDesk()
  const send = { type: 'usdSend', destination: OTHER, amount: '1', time: START + 1 } as const
  assert.deepEqual(desk.submit(send, { signer: MASTER, nonce: START + 2 }), {
    kind: 'err',
    message: 'Nonce mismatch.',
    cause: 'signer',
  })
  assert.equal(desk.submit(send, { signer: MASTER, nonce: START + 1 }).kind, 'default')
})

test('the ledger keeps every request with whether it was admitted', () => {
  const desk = openDesk()
  desk.submit(NOOP, { nonce: START + 1 })
  desk.submit(NOOP, { nonce: START + 1 })
  assert.deepEqual(
    desk.venue.oracle.actions().map(({ admitted, outcome }) => [admitted, outcome]),
    [
      [true, 'default'],
      [false, `Invalid nonce: duplicate nonce ${START + 1}`],
    ],
  )
})
