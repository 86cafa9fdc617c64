/** The demo is a claim: three accounts on three venues at once, disturbed in every way it knows, end with book and brokers equal. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Reckoning } from '#demo/reckoning.ts'
import { eventually } from '#test/support/eventually.ts'

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

test('a demo that is interrupted in the middle leaves no process and no file behind', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'truebook-interrupted-'))
  const demo = spawn(process.execPath, [MAIN], {
    env: { ...process.env, TMPDIR: dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(demo, 'exit')
  const told: string[] = []
  for await (const line of createInterface(demo.stdout)) {
    told.push(line)
    if (line.startsWith('2. ')) demo.kill('SIGINT')
  }
  assert.deepEqual(await ended, [130, null])
  const workers = [...told.join('\n').matchAll(/\(pid (\d+)\)/g)].map(([, pid]) => Number(pid))
  assert.equal(workers.length, 2)
  await eventually(() => !workers.some(isAlive), { what: 'both workers to be gone' })
  const redis = /redis:\/\/\S+/.exec(told.join('\n'))?.[0] ?? assert.fail('an address of Redis')
  await eventually(async () => !(await listens(Number(new URL(redis).port))), { what: 'Redis to be gone' })
  assert.deepEqual(readdirSync(dir), [])
  rmSync(dir, { recursive: true })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
