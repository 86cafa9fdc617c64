/** Replay of fill files: every row and cent accounted for, whatever the file is like. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ReplayError } from '#fills/account-rows.ts'
import { decimalString } from '#domain/decimal.ts'
import { readFillFile } from '#fills/read-fills.ts'
import { replayFile, replayFills } from '#fills/replay.ts'
import type { CoinReport, ReplayReport } from '#fills/report.ts'
import { HEADER, RECORDED, recordedLines, replayLines, rowOf } from './fill-file.ts'

/** Everything about the episodes except on which lines their fills stand. */
function resultsOf(report: ReplayReport): unknown {
  return {
    totals: report.totals,
    coins: report.coins
      .toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
      .map(({ order: _order, gaps: _gaps, episodes, ...coin }) => ({
        ...coin,
        episodes: episodes.map(({ lines, ...episode }) => ({ ...episode, fills: lines.length })),
      })),
  }
}

function keyOf({ account, coin }: CoinReport): string {
  return `${account} ${coin}`
}

test('the recorded fills: sums of the file, complete chains equal to the venue, one gap', async () => {
  const report = await replayFile(RECORDED)
  const { totals, sums } = report
  assert.deepEqual(sums.file, {
    rows: 4659,
    closedPnl: '654576.320773',
    fee: '6574.73922346',
    unreadablePnl: 0,
    unreadableFee: 1,
  })
  assert.deepEqual(
    [sums.inEpisodes.rows, sums.inEpisodes.closedPnl, sums.inEpisodes.fee],
    [3559, '447283.340829', '6205.377713'],
  )
  assert.deepEqual([sums.setAsideByReason.spot.rows, sums.setAsideByReason.spot.closedPnl], [1099, '207292.979944'])
  assert.equal(sums.setAsideByReason.malformed.rows, 1)
  assert.deepEqual([totals.accounts, totals.chains, totals.completeChains, totals.equalChains], [3, 31, 30, 30])
  assert.deepEqual([totals.episodes, totals.completeEpisodes, totals.equalEpisodes], [54, 53, 53])
  assert.deepEqual([totals.rowsEqual, totals.rowsUnknown, totals.rowsDifferent], [1341, 14, 0])
  assert.deepEqual(
    [totals.grossVenue, totals.fees, totals.net],
    ['447283.340829', { USDC: '6205.377713' }, '441077.963116'],
  )
})

test('the recorded fills: what is missing and set aside is named by line', async () => {
  const report = await replayFile(RECORDED)
  assert.deepEqual(
    report.coins.flatMap((coin) => coin.gaps),
    [
      {
        afterLine: 3994,
        beforeLine: 3995,
        expected: '17.64965',
        seen: '21.15737',
        missing: '3.50772',
        suspectLines: [],
      },
    ],
  )
  assert.deepEqual(report.setAside, [
    {
      line: 4660,
      reason: 'malformed',
      problems: [{ column: 'Fee, Trade ID, Timestamp', expected: '16 cells', seen: '13 cells' }],
    },
  ])
  assert.deepEqual(report.remarks, [
    { code: 'rounded-number', column: 'Size Tokens', rows: 3, firstLines: [3703, 3883, 4048] },
  ])
  assert.deepEqual(
    report.coins.flatMap(({ coin, finalPosition }) => (finalPosition === '0' ? [] : [[coin, finalPosition]])),
    [
      ['DYDX', '600000'],
      ['GMX', '5000'],
      ['BTC', '-53.21075'],
    ],
  )
})

test('the recorded fills: differences to the venue stay within what the spreadsheet rounded', async () => {
  for (const { comparable } of (await replayFile(RECORDED)).coins) {
    assert.ok(Math.abs(Number(comparable.difference)) <= Number(comparable.resolution), JSON.stringify(comparable))
  }
})

test('the recorded fills give the same episodes newest first, and with every row doubled', async () => {
  const [header = '', ...rows] = await recordedLines()
  const whole = rows.slice(0, -1)
  const expected = resultsOf(await replayLines([header, ...whole]))
  assert.deepEqual(resultsOf(await replayLines([header, ...whole.toReversed()])), expected)
  const doubled = await replayLines([header, ...whole, ...whole])
  assert.deepEqual(resultsOf(doubled), expected)
  assert.deepEqual([doubled.sums.setAsideByReason.duplicate.rows, doubled.sums.file.rows], [4658, 9316])
})

test('a row lost from the recorded fills is one gap more, and one that moved is put back', async () => {
  const [header = '', ...rows] = (await recordedLines()).slice(0, -1)
  const lost = await replayLines([header, ...rows.filter((_, index) => index !== 700)])
  assert.equal(lost.totals.gaps, 2)
  assert.deepEqual(
    lost.coins
      .filter((coin) => coin.coin === 'EIGEN')
      .flatMap((coin) => coin.gaps.map(({ afterLine, beforeLine }) => [afterLine, beforeLine])),
    [[701, 702]],
  )
  const moved = await replayLines([header, ...rows.filter((_, index) => index !== 700), rows[700] ?? ''])
  assert.equal(moved.totals.gaps, 1)
  assert.equal(moved.totals.rowsEqual, 1341)
  assert.equal(moved.coins.find((coin) => coin.coin === 'EIGEN')?.order, 'repaired')
})

test('a malformed row explains the gap it leaves', async () => {
  const [header = '', ...rows] = (await recordedLines()).slice(0, 300)
  const report = await replayLines([header, ...rows.with(80, rows[80]?.replace('BUY', 'BY') ?? '')])
  assert.deepEqual(
    report.coins.flatMap((coin) =>
      coin.gaps.map(({ afterLine, beforeLine, suspectLines }) => [coin.coin, afterLine, beforeLine, suspectLines]),
    ),
    [['AAVE', 81, 83, [82]]],
  )
})

test('a row that contradicts itself is suspected of the differences and breaks around it', async () => {
  const lines = (await recordedLines()).slice(0, 300)
  const spoil = (index: number, column: number, text: string): Promise<ReplayReport> =>
    replayLines(lines.with(index, lines[index]?.split(',').with(column, text).join(',') ?? ''))
  // Line 66 opens AAVE: its price no longer gives its size in USD, and every later closing row disagrees.
  const price = (await spoil(65, 2, '245.03')).coins.find((coin) => coin.coin === 'AAVE')
  const differences = price?.episodes.flatMap((episode) => episode.differences) ?? []
  assert.deepEqual([price?.episodes[0]?.suspectLines, differences.length], [[66], 47])
  assert.ok(differences.every(({ cause }) => cause === 'suspect-row'))
  assert.equal(price?.sizeDecimals, 2)
  // Line 68 starts elsewhere although its neighbours fit together.
  const start = (await spoil(67, 7, '17.5')).coins.find((coin) => coin.coin === 'AAVE')
  assert.deepEqual(
    start?.gaps.map(({ afterLine, beforeLine, suspectLines }) => [afterLine, beforeLine, suspectLines]),
    [
      [67, 68, [68]],
      [68, 69, [68]],
    ],
  )
})

test('a malformed row outside a gap and rows around two true gaps are not suspected', async () => {
  const lines = (await recordedLines()).slice(0, 300)
  const spoiled = lines.with(66, lines[66]?.replace('BUY', 'BY') ?? '')
  // Lines 81 and 83 are lost: line 82 stands between two breaks, but its neighbours do not fit without it either.
  const report = await replayLines(spoiled.filter((_, index) => index !== 80 && index !== 82))
  const gaps = report.coins.flatMap((coin) => coin.gaps.map(({ suspectLines }) => suspectLines))
  assert.deepEqual(gaps, [[67], [], []])
  assert.deepEqual(report.remarks, [])
})

test('a chain with a wrong PnL is complete but not equal', async () => {
  const lines = (await recordedLines()).slice(0, 300)
  const at = lines.findIndex((line) => line.includes('Close Long'))
  const report = await replayLines(lines.with(at, lines[at]?.split(',').with(9, '1').join(',') ?? ''))
  assert.equal(report.totals.completeChains - report.totals.equalChains, 1)
  assert.equal(report.totals.rowsDifferent, 1)
})

test('a file that prints more than ten digits was not rounded: nothing is forgiven', async () => {
  const trip = (order: number, price: string, pnl: string): string[] => [
    rowOf({ 'Order ID': String(order), 'Size Tokens': '1000', Coin: `C${order}` }),
    rowOf({
      'Order ID': String(order),
      'Size Tokens': '1000',
      Coin: `C${order}`,
      Side: 'SELL',
      'Start Position': '1000',
      'Execution Price': price,
      'Closed PnL': pnl,
    }),
  ]
  const near = trip(1, '120.1', '20100.000004')
  assert.equal((await replayLines([HEADER, ...trip(1, '120.1', '20100.000000')])).totals.rowsEqual, 1)
  assert.equal((await replayLines([HEADER, ...near])).totals.rowsDifferent, 1)
  const rounded = trip(2, '1000000.12345', '999900123.5')
  assert.equal((await replayLines([HEADER, ...rounded])).totals.rowsDifferent, 0)
  const mixed = await replayLines([HEADER, ...rounded, ...trip(3, '120.123456', '20123.456001')])
  assert.equal(mixed.totals.rowsDifferent, 2)
})

test('parts that do not sum to the file are an error of ours, never printed', async () => {
  const file = await readFillFile(RECORDED)
  assert.throws(() => replayFills({ ...file, sums: { ...file.sums, fee: decimalString('1') } }), ReplayError)
})

test('one wrong size does not change what is taken for the lot of the coin', async () => {
  const lines = (await recordedLines()).slice(0, 565)
  const at = lines.findIndex((line) => line.includes(',AIXBT,'))
  const report = await replayLines(lines.with(at, lines[at]?.split(',').with(3, '0.12345').join(',') ?? ''))
  const aixbt = report.coins.find((coin) => coin.coin === 'AIXBT')
  assert.equal(aixbt?.sizeDecimals, 0)
  assert.equal(aixbt?.episodes.flatMap((episode) => episode.differences).length, 0)
})

test('start positions rounded to ten digits are restored from the chain, not reported as gaps', async () => {
  const rows = [
    rowOf({ 'Size Tokens': '123456789.12' }),
    rowOf({ 'Start Position': '123456789.1', 'Size Tokens': '0.01', 'Order ID': '2' }),
    rowOf({
      'Start Position': '123456789.1',
      'Size Tokens': '123456789.13',
      'Order ID': '3',
      Side: 'SELL',
      Direction: 'Close Long',
    }),
  ]
  const report = await replayLines([HEADER, ...rows])
  assert.equal(report.totals.gaps, 0)
  assert.equal(report.totals.closedEpisodes, 1)
  assert.deepEqual(
    report.remarks.map(({ code, firstLines }) => [code, firstLines]),
    [['position-restored', [3, 4]]],
  )
})

test('a lot finer than the sizes show is found where the venue rounds by it', async () => {
  // Entry (100 + 2 * 101) / 3 = 100.666...: cut to 0.01 USD it is a lot of 4 decimals, which whole sizes do not show.
  const rows = [
    rowOf({}),
    rowOf({ 'Start Position': '1', 'Size Tokens': '2', 'Execution Price': '101', 'Order ID': '2' }),
    rowOf({
      'Start Position': '3',
      'Size Tokens': '3',
      'Execution Price': '110',
      'Order ID': '3',
      Side: 'SELL',
      Direction: 'Close Long',
      'Closed PnL': '28.02',
    }),
  ]
  const report = await replayLines([HEADER, ...rows])
  assert.deepEqual([report.coins[0]?.sizeDecimals, report.totals.rowsEqual, report.totals.rowsDifferent], [4, 1, 0])
})

test('whatever is done to rows of the recorded file, no row and no cent is lost', async () => {
  const [header = '', ...rows] = await recordedLines()
  const sample = rows.slice(3660, 3760)
  const damage = fc.array(
    fc.record({
      at: fc.nat(99),
      how: fc.constantFrom('drop', 'double', 'swap', 'cut', 'cell', 'quote', 'noise'),
      cell: fc.nat(15),
      text: fc.oneof(
        fc.constantFrom('1e5', 'NaN', '-1', '0', '', '1,2', '9.99E-05', '00.10'),
        fc.string({ maxLength: 6 }),
      ),
    }),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(damage, async (damages) => {
      const lines = [...sample]
      for (const { at, how, cell, text } of damages) {
        const line = lines[at] ?? ''
        if (how === 'drop') lines.splice(at, 1)
        else if (how === 'double') lines.splice(at, 0, line)
        else if (how === 'swap') lines.push(...lines.splice(at, 1))
        else if (how === 'cut') lines[at] = line.slice(0, cell * 9)
        else if (how === 'cell')
          lines[at] = line
            .split(',')
            .with(Math.min(cell, line.split(',').length - 1), text)
            .join(',')
        else if (how === 'quote') lines[at] = `${line.slice(0, cell * 5)}"${line.slice(cell * 5)}`
        else lines[at] = text.repeat(cell)
      }
      const report = await replayLines([header, ...lines])
      const accounted = report.sums.inEpisodes.rows + report.sums.setAside.rows
      assert.equal(accounted, report.sums.file.rows)
      const spot = report.spot.reduce((sum, row) => sum + row.rows, 0)
      const inEpisodes = new Set(report.coins.flatMap((coin) => coin.episodes.flatMap((episode) => episode.lines)))
      assert.equal(inEpisodes.size + spot + report.setAside.length, report.sums.file.rows)
      for (const coin of report.coins) {
        if (coin.complete) assert.ok(coin.episodes.every((episode) => episode.unknown === 0))
      }
    }),
    { numRuns: 150 },
  )
})
