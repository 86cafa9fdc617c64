/** `truebook replay`: table, JSON and exit codes. */
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { renderReplay } from '#fills/replay-text.ts'
import { replayFile } from '#fills/replay.ts'
import { HEADER, RECORDED, replayLines, rowOf, withFile } from './fill-file.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.mjs')

interface Run {
  readonly code: number | string | null | undefined
  readonly out: string
  readonly err: string
}

function truebook(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { maxBuffer: 1 << 26 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : error.code, out, err })
    })
  })
}

test('the table ends with the verdict and names the gap and the broken row', async () => {
  const text = renderReplay(await replayFile(RECORDED), { verbose: false })
  assert.match(text, /31 chains \(account and coin\) of 3 accounts: 30 complete, of which 30 agree/)
  assert.match(
    text,
    /position 17\.64965 after line 3994, but line 3995 starts from 21\.15737: 3\.50772 traded in missing rows/,
  )
  assert.match(text, /line 4660: Fee, Trade ID, Timestamp: expected 16 cells, saw "13 cells"/)
  assert.match(text, /file\s+4659\s+654576\.320773\s+6574\.73922346/)
  assert.doesNotMatch(text, /#1/)
})

test('verbose adds every episode', async () => {
  const text = renderReplay(await replayFile(RECORDED), { verbose: true })
  assert.equal(text.match(/^ {2} {2}#\d+/gm)?.length, 54)
  assert.match(text, /partial: gap-inside/)
})

test('findings of every kind are printed', async () => {
  const rows = [
    rowOf({}),
    rowOf({}),
    rowOf({ Fee: '9' }),
    rowOf({ 'Start Position': '7', Direction: '?', 'Order ID': '2' }),
    HEADER,
    'junk',
  ]
  const close = rowOf({ Coin: 'ETH', Side: 'SELL', 'Closed PnL': '3', 'Order ID': '3' })
  const text = renderReplay(await replayLines([HEADER, ...rows, close, '']), { verbose: false })
  for (const finding of [
    /repeats line 2/,
    /same fill as line 2 with another fee; line 2 counts/,
    /the header again/,
    /line 7: .*expected 16 cells/,
    /unknown-direction/,
    /opening-pnl/,
    /6 traded in missing rows/,
    /blank lines: 1/,
  ]) {
    assert.match(text, finding)
  }
})

test('the command prints the whole report as JSON and exits 0 although the file has a gap and a broken row', async () => {
  const { code, out } = await truebook('replay', '--fills', RECORDED, '--json')
  assert.equal(code, 0)
  const report = JSON.parse(out) as Record<string, unknown>
  assert.deepEqual(report, JSON.parse(JSON.stringify(await replayFile(RECORDED))))
  assert.equal(report['schema'], 'truebook.replay/1')
})

test('a file that is missing or no fill file fails with its name on the error output', async () => {
  const missing = await truebook('replay', '--fills', '/nowhere/fills.csv')
  assert.notEqual(missing.code, 0)
  assert.match(missing.err, /nowhere\/fills\.csv/)
  const wrong = await withFile('a,b\n1,2\n', async (path) => ({ path, ...(await truebook('replay', '--fills', path)) }))
  assert.notEqual(wrong.code, 0)
  assert.ok(wrong.err.includes(wrong.path), wrong.err)
  assert.match(wrong.err, /missing: Account/)
  assert.equal(wrong.out, '')
})
