/** The demo is a claim: three accounts on three venues at once, disturbed in every way it knows, end with book and brokers equal. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Reckoning } from '#demo/reckoning.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'demo', 'main.ts')

test('three accounts on three venues end with drift 0, one order an intent and every cent explained', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--seed', '7', '--json'])
  const { positions, accounts, clean } = JSON.parse(stdout) as Reckoning
  assert.deepEqual(
    accounts.map(({ venue }) => venue),
    ['hyperliquid', 'bybit', 'projectx'],
  )
  for (const { account, duplicateOrders, openAtBroker, workingOrdersAtBroker, unexplainedEquityUsd } of accounts) {
    assert.deepEqual(
      [account, duplicateOrders, openAtBroker, workingOrdersAtBroker, unexplainedEquityUsd],
      [account, 0, 0, 0, '0'],
    )
  }
  assert.deepEqual([...new Set(positions.map((row) => row.driftUsd))], ['0'])
  assert.deepEqual(
    positions
      .filter((row) => row.orphaned)
      .map((row) => row.part)
      .toSorted(),
    ['hand', 'hand', 'hand', 'stop', 'stop', 'stop'],
  )
  assert.ok(clean)
})
