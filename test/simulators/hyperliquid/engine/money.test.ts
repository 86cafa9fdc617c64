/** Transfers and withdrawals: effects, ledger rows, refusals. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserSignedAction } from '#simulators/hyperliquid/engine/action.ts'
import { BTC, MASTER, OTHER, START, limit, openDesk, type Desk } from './trader.ts'

function value(desk: Desk, user: string): string {
  return desk.venue.account.clearinghouse(user).marginSummary.accountValue
}

function signed(desk: Desk, action: UserSignedAction): string {
  const nonce = 'time' in action ? action.time : action.nonce
  const result = desk.submit(action, { signer: MASTER, nonce })
  return result.kind === 'err' ? result.message : result.kind
}

test('a send moves money and leaves a row on both sides, creating the destination', () => {
  const desk = openDesk()
  const fresh = `0x${'77'.repeat(20)}`
  assert.equal(signed(desk, { type: 'usdSend', destination: fresh, amount: '12.5', time: START }), 'default')
  assert.deepEqual([value(desk, MASTER), value(desk, fresh)], ['99987.5', '12.5'])
  const rows = [MASTER, fresh].map((user) => desk.venue.account.ledgerUpdates(user, { startTime: 0 }).at(-1))
  assert.deepEqual(
    rows.map((row) => [row?.delta.type, row?.effect]),
    [
      ['internalTransfer', '-12.5'],
      ['internalTransfer', '12.5'],
    ],
  )
})

test('a withdrawal costs a dollar and cannot exceed what is free', () => {
  const desk = openDesk()
  desk.placeOne(limit(BTC, 'buy', '108000', '5'))
  assert.equal(
    signed(desk, { type: 'withdraw3', destination: OTHER, amount: '99000', time: START }),
    'Insufficient balance for withdrawal',
  )
  assert.equal(signed(desk, { type: 'withdraw3', destination: OTHER, amount: '100', time: START + 1 }), 'default')
  const row = desk.venue.account.ledgerUpdates(MASTER, { startTime: 0 }).at(-1)
  assert.deepEqual(row?.delta, { type: 'withdraw', usdc: '99', nonce: START + 1, fee: '1' })
})

test('money moves between the perpetual and the spot side', () => {
  const desk = openDesk()
  assert.equal(signed(desk, { type: 'usdClassTransfer', amount: '40', toPerp: false, nonce: START }), 'default')
  assert.deepEqual([value(desk, MASTER), desk.venue.account.spotUsdc(MASTER)], ['99960', '40'])
  assert.equal(
    signed(desk, { type: 'usdClassTransfer', amount: '41', toPerp: true, nonce: START + 1 }),
    'Insufficient balance for transfer',
  )
})

test('vault deposits come back, but no more than was put in', () => {
  const desk = openDesk()
  const vaultAddress = `0x${'fa'.repeat(20)}`
  desk.venue.operator.createVault(vaultAddress)
  const move = (isDeposit: boolean, usd: number) =>
    desk.submit({ type: 'vaultTransfer', vaultAddress, isDeposit, usd }).kind
  assert.equal(move(true, 10_000_000), 'default')
  assert.equal(move(false, 10_000_001), 'err')
  assert.equal(move(false, 10_000_000), 'default')
  assert.equal(value(desk, MASTER), '100000')
})

test('sub-accounts are funded and trade through the master’s agent under their own address', () => {
  const desk = openDesk()
  const made = desk.submit({ type: 'createSubAccount', name: 'one' }, { signer: MASTER })
  assert.ok(made.kind === 'createSubAccount')
  const fund = {
    type: 'subAccountTransfer',
    subAccountUser: made.address,
    isDeposit: true,
    usd: 1_000_000_000,
  } as const
  assert.equal(desk.submit(fund).kind, 'err', 'an agent may not')
  assert.equal(desk.submit(fund, { signer: MASTER }).kind, 'default')
  const order = { type: 'order', orders: [limit(BTC, 'buy', '101000', '0.01')], grouping: 'na' } as const
  assert.equal(desk.submit(order, { vaultAddress: made.address }).kind, 'order')
  assert.deepEqual([desk.venue.account.fills(made.address).length, desk.venue.account.fills(MASTER).length], [1, 0])
  assert.deepEqual(desk.venue.account.subAccounts(MASTER), [{ name: 'one', address: made.address }])
})

test('malformed amounts are refused', () => {
  const desk = openDesk()
  for (const [n, amount] of ['0', '-1', '1e3', '0.0000001', 'x'].entries()) {
    assert.equal(signed(desk, { type: 'usdSend', destination: OTHER, amount, time: START + n }), 'Invalid amount.')
  }
})
