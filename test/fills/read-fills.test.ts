/** Fill files as they come: odd in form, malformed, doubled, or no fill file at all. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { FillFileError } from '#fills/lines.ts'
import { replayFile } from '#fills/replay.ts'
import { ACCOUNT, HEADER, replayLines, rowOf, withFile } from './fill-file.ts'

const OPEN = rowOf({ 'Order ID': '1' })
const CLOSE = rowOf({
  'Order ID': '2',
  Side: 'SELL',
  'Start Position': '1',
  'Closed PnL': '20',
  'Execution Price': '120',
  Direction: 'Close Long',
})

test('byte order mark, CRLF, quotes, blanks, column order, case and unknown columns change nothing', async () => {
  const plain = await replayLines([HEADER, OPEN, CLOSE])
  assert.deepEqual([plain.totals.equalChains, plain.totals.net], [1, '19.8'])
  const reversed = [HEADER.toUpperCase(), OPEN, CLOSE].map((line, index) =>
    [
      ...line
        .split(',')
        .toReversed()
        .map((cell) => ` "${cell}"`),
      index === 0 ? 'Note' : 'x "y"'.replaceAll('"', ''),
    ].join(','),
  )
  const odd = await withFile(`\uFEFF${reversed.join('\r\n\r\n')}`, replayFile)
  assert.deepEqual(odd.totals, plain.totals)
  assert.deepEqual([odd.unknownColumns, odd.blankLines, odd.setAside], [['Note'], 2, []])
})

test('every malformed row is set aside with line, column, expected and seen; the rest is replayed', async () => {
  const bad: readonly [Readonly<Record<string, string>>, string, string][] = [
    [{ 'Execution Price': '1e5' }, 'Execution Price', '1e5'],
    [{ 'Execution Price': '0' }, 'Execution Price', '0'],
    [{ 'Size Tokens': '-1' }, 'Size Tokens', '-1'],
    [{ 'Size Tokens': 'NaN' }, 'Size Tokens', 'NaN'],
    [{ 'Closed PnL': '"1,234.5"' }, 'Closed PnL', '1,234.5'],
    [{ 'Start Position': '' }, 'Start Position', ''],
    [{ Fee: '-' }, 'Fee', '-'],
    [{ Side: 'HOLD' }, 'Side', 'HOLD'],
    [{ Side: 'constructor' }, 'Side', 'constructor'],
    [{ Crossed: 'maybe' }, 'Crossed', 'maybe'],
    [{ 'Timestamp IST': '2024-12-02' }, 'Timestamp IST', '2024-12-02'],
    [{ Timestamp: 'now' }, 'Timestamp', 'now'],
    [{ Account: '0xabc' }, 'Account', '0xabc'],
    [{ Coin: '' }, 'Coin', ''],
    [{ 'Order ID': '' }, 'Order ID', ''],
  ]
  const report = await replayLines([HEADER, OPEN, ...bad.map(([cells]) => rowOf(cells)), CLOSE])
  assert.deepEqual(
    report.setAside.map((row) =>
      row.reason === 'malformed' ? [row.line, ...row.problems.map(({ column, seen }) => [column, seen])] : [],
    ),
    bad.map(([, column, seen], index) => [index + 3, [column, seen]]),
  )
  assert.equal(report.totals.equalChains, 1)
  assert.deepEqual([report.sums.file.rows, report.sums.file.unreadablePnl, report.sums.file.unreadableFee], [17, 1, 1])
})

test('a stray quote, a row too long, a row too short and a second header harm their own row only', async () => {
  const lines = [HEADER, OPEN, `"${OPEN}`, `${OPEN},7`, OPEN.slice(0, -20), HEADER, '\0\0', `${CLOSE},`]
  const report = await replayLines(lines)
  assert.deepEqual(
    report.setAside.map(({ line, reason }) => [line, reason]),
    [
      [3, 'malformed'],
      [4, 'malformed'],
      [5, 'malformed'],
      [6, 'repeated-header'],
      [7, 'malformed'],
    ],
  )
  assert.equal(report.totals.equalChains, 1)
})

test('cells of a row too long have shifted: none of them enters the sums', async () => {
  const { sums } = await replayLines([HEADER, OPEN, `${OPEN},7`])
  assert.deepEqual(sums.file, { rows: 2, closedPnl: '0', fee: '0.1', unreadablePnl: 1, unreadableFee: 1 })
})

test('a repeated row is a duplicate, one with another fee a conflict', async () => {
  const report = await replayLines([
    HEADER,
    OPEN,
    OPEN,
    rowOf({ 'Order ID': '1', Fee: '0.2' }),
    CLOSE,
    rowOf({ Coin: '@1' }),
    rowOf({ Coin: '@1' }),
  ])
  assert.deepEqual(report.setAside, [
    { line: 3, reason: 'duplicate', ofLine: 2 },
    { line: 4, reason: 'conflict', ofLine: 2, differs: ['fee'] },
    { line: 7, reason: 'duplicate', ofLine: 6 },
  ])
  assert.equal(report.totals.net, '19.8')
})

test('a direction that is unknown or wrong is remarked, the position decides (B13)', async () => {
  const report = await replayLines([
    HEADER,
    rowOf({ Direction: 'Teleport' }),
    CLOSE.replace('Close Long', 'Open Short'),
  ])
  assert.deepEqual(
    report.remarks.map(({ code, firstLines }) => [code, firstLines]),
    [
      ['unknown-direction', [2]],
      ['direction-disagrees', [3]],
    ],
  )
  assert.equal(report.totals.equalChains, 1)
})

test('a size in USD that contradicts price and size is remarked', async () => {
  const report = await replayLines([
    HEADER,
    rowOf({ 'Size USD': '100.01' }),
    rowOf({ 'Start Position': '1', 'Size USD': '100.004' }),
  ])
  assert.deepEqual(
    report.remarks.map(({ code, rows, firstLines }) => [code, rows, firstLines]),
    [['size-usd-disagrees', 1, [2]]],
  )
})

test('exact timestamps and trade ids of another export are used as they are', async () => {
  const exact = { 'Timestamp IST': '02-12-2024 22:50', Timestamp: '1733159400123', 'Trade ID': '895000000000001' }
  const twin = rowOf({ ...exact, 'Trade ID': '895000000000002', 'Start Position': '1' })
  const report = await replayLines([HEADER, rowOf(exact), twin])
  assert.equal(report.coins[0]?.episodes[0]?.openedAt, 1_733_159_400_123)
  assert.deepEqual(report.setAside, [])
  // With exact ids the identity is the venue's own: another start position does not make it another fill.
  const again = await replayLines([HEADER, rowOf(exact), rowOf({ ...exact, 'Start Position': '7' })])
  assert.deepEqual(again.setAside, [{ line: 3, reason: 'conflict', ofLine: 2, differs: ['startPosition'] }])
})

test('with rounded ids the start position tells fills of one order apart', async () => {
  const report = await replayLines([
    HEADER,
    rowOf({}),
    rowOf({ 'Start Position': '1' }),
    rowOf({ 'Trade ID': '5' }),
    rowOf({ 'Trade ID': '5', 'Start Position': '2' }),
  ])
  assert.deepEqual(report.setAside, [])
})

test('addresses are one account in any letter case; a spot purchase pays its fee in the coin', async () => {
  const upper = rowOf({ Account: ACCOUNT.toUpperCase().replace('0X', '0x'), 'Start Position': '1' })
  const spot = [
    rowOf({ Coin: '@1', Direction: 'Buy' }),
    rowOf({ Coin: '@1', Direction: 'Sell', Side: 'SELL', 'Start Position': '0.9', Fee: '0.3' }),
  ]
  const report = await replayLines([HEADER, rowOf({}), upper, ...spot])
  assert.deepEqual([report.totals.accounts, report.totals.chains, report.totals.gaps], [1, 1, 0])
  assert.deepEqual(report.spot, [
    { account: ACCOUNT, coin: '@1', rows: 2, closedPnl: '0', fees: { '@1': '0.1', USDC: '0.3' } },
  ])
})

test('a file that is no fill file is refused with what was expected and seen', async () => {
  const refused = async (content: string | Buffer, message: RegExp): Promise<void> => {
    await assert.rejects(
      withFile(content, replayFile),
      (error) => error instanceof FillFileError && message.test(error.message),
    )
  }
  await refused('', /empty file/)
  await refused('\n\n', /empty file/)
  await refused(`${HEADER.replace('Closed PnL', 'Profit')}\n${OPEN}\n`, /missing: Closed PnL.*saw/)
  await refused(`${HEADER},Fee\n`, /more than once: Fee/)
  await refused(HEADER.replace('Timestamp IST,', '').replace(',Timestamp', ''), /Timestamp IST or Timestamp/)
  await refused(HEADER.replaceAll(',', ';'), /comma-separated/)
  await refused(Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le'), /header/)
  await refused('x'.repeat(3_000_000), /longer/)
})

test('a header alone is a file with nothing in it', async () => {
  const report = await replayLines([HEADER])
  assert.deepEqual([report.totals.chains, report.sums.file.rows, report.totals.net], [0, 0, '0'])
})
