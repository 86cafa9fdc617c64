/** Cash rows and order bodies: what the adapter makes of funding and transfers, and the exact bytes it sends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalString } from '#domain/decimal.ts'
import { idOf } from '#test/brokers/orders.ts'
import { openScriptedVenue } from './scripted-venue.ts'
import { MASTER } from './simulated-account.ts'

const interval = { from: 0, through: 2_000_000 }

test('a cash row of an unknown kind is kept with amount 0', async (t) => {
  const time = 1_500
  const rows = [
    { time, hash: '0x1', delta: { type: 'deposit', usdc: '100.0' } },
    { time, hash: '0x2', delta: { type: 'withdraw', usdc: '40.0', nonce: 1, fee: '1.0' } },
    { time, hash: '0x3', delta: { type: 'accountClassTransfer', usdc: '5.0', toPerp: false } },
    {
      time,
      hash: '0x4',
      delta: { type: 'internalTransfer', usdc: '7.0', user: '0xsomebody', destination: MASTER, fee: '1.0' },
    },
    {
      time,
      hash: '0x5',
      delta: {
        type: 'send',
        token: 'USDC',
        amount: '3.0',
        fee: '0.5',
        user: MASTER,
        destination: '0xsomebody',
        sourceDex: '',
        destinationDex: '',
      },
    },
    {
      time,
      hash: '0x6',
      delta: {
        type: 'spotTransfer',
        token: 'PURR',
        amount: '9.0',
        usdcValue: '9.0',
        user: MASTER,
        destination: '0xsomebody',
        fee: '1.0',
      },
    },
    { time, hash: '0x7', delta: { type: 'brandNew', usdc: '11.0' } },
  ]
  const { broker } = await openScriptedVenue(t, { userFunding: [], userNonFundingLedgerUpdates: rows })
  const cash = await broker.listCash(interval)
  assert.deepEqual(
    cash.map((row) => row.amount),
    ['100', '-41', '-5', '7', '-3.5', '0', '0'],
  )
  assert.match(cash.at(-1)?.id ?? '', /^transfer-brandNew-/)
})

test('cash ids do not change when the venue adds a field', async (t) => {
  const row = { time: 1_500, hash: '0x1', delta: { type: 'deposit', usdc: '100.0' } }
  const { broker } = await openScriptedVenue(t, {
    userFunding: [],
    userNonFundingLedgerUpdates: () => [{ ...row, delta: { ...row.delta, note: String(Math.random()) } }],
  })
  const ids = [await broker.listCash(interval), await broker.listCash(interval)].map((rows) => rows.map(({ id }) => id))
  assert.deepEqual(ids[0], ids[1])
})

test('order bodies carry canonical decimals and the source of their network', async (t) => {
  const { broker } = await openScriptedVenue(t, {})
  const command = {
    type: 'new-order',
    clientOrderId: idOf('a'),
    instrument: 'ETH-PERP',
    side: 'sell',
    size: decimalString('1.50'),
    limitPrice: decimalString('3500.0'),
    timeInForce: 'alo',
    reduceOnly: true,
    trigger: null,
    attachedStop: null,
  } as const
  const { body, deadline, nonce } = await broker.prepare(command, { nonce: 1_999_999, now: 2_000_000 })
  const { signature, ...rest } = JSON.parse(body) as { signature: object }
  assert.deepEqual(rest, {
    action: {
      type: 'order',
      orders: [{ a: 1, b: false, p: '3500', s: '1.5', r: true, t: { limit: { tif: 'Alo' } }, c: `0x${idOf('a')}` }],
      grouping: 'na',
    },
    nonce: 1_999_999,
    expiresAfter: 2_015_000,
  })
  assert.deepEqual([Object.keys(signature), deadline, nonce], [['r', 's', 'v'], 2_015_000, 1_999_999])
})
