/** `truebook replay`: output and exit codes. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { replayCommand } from '#cli/replay.ts'
import { HEADER, RECORDED, rowOf, withFile } from './fill-file.ts'

async function run(
  path: string,
  flags: { json?: boolean; verbose?: boolean } = {},
): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const io = { out: (text: string) => void (written.out += text), err: (text: string) => void (written.err += text) }
  const code = await replayCommand({ fills: path, json: false, verbose: false, ...flags }, io)
  return { code, ...written }
}

test('the table ends with the verdict and exits 0 although the file has a gap and a broken row', async () => {
  const { code, out, err } = await run(RECORDED)
  assert.equal(code, 0)
  assert.equal(err, '')
  assert.match(out, /31 chains \(account and coin\) of 3 accounts: 30 complete, of which 30 agree/)
  assert.match(
    out,
    /position 17\.64965 after line 3994, but line 3995 starts from 21\.15737: 3\.50772 traded in missing rows/,
  )
  assert.match(out, /line 4660: Fee, Trade ID, Timestamp: expected 16 cells, saw "13 cells"/)
  assert.match(out, /file\s+4659\s+654576\.320773\s+6574\.73922346/)
})

test('verbose adds every episode', async () => {
  const { out } = await run(RECORDED, { verbose: true })
  assert.equal(out.match(/^ {2} {2}#\d+/gm)?.length, 54)
  assert.match(out, /partial: gap-inside/)
})

test('JSON is the whole report with its schema name', async () => {
  const report = JSON.parse((await run(RECORDED, { json: true })).out) as Record<string, unknown>
  assert.equal(report['schema'], 'truebook.replay/1')
  assert.deepEqual(Object.keys(report), [
    'schema',
    'totals',
    'sums',
    'coins',
    'spot',
    'spotReason',
    'setAside',
    'remarks',
    'blankLines',
    'unknownColumns',
  ])
})

test('a file that cannot be read or is none exits 1 with one line on the error output', async () => {
  for (const path of ['/nowhere/fills.csv', import.meta.dirname, import.meta.filename]) {
    const { code, out, err } = await run(path)
    assert.equal(code, 1)
    assert.equal(out, '')
    assert.match(err, /^.+: .+\n$/)
  }
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
  const { code, out } = await withFile([HEADER, ...rows, close, ''].join('\n'), (path) => run(path))
  assert.equal(code, 0)
  for (const text of [
    /repeats line 2/,
    /same fill as line 2 with another fee; line 2 counts/,
    /the header again/,
    /line 7: .*expected 16 cells/,
    /unknown-direction/,
    /opening-pnl/,
    /6 traded in missing rows/,
  ]) {
    assert.match(out, text)
  }
})
