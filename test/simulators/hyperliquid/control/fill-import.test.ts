/** Recorded fills served as history: order kept, times and trade ids made usable, bad rows reported. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlHyperliquid } from '#simulators/hyperliquid/control/client.ts'
import { runVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { info } from '#test/simulators/hyperliquid/signed-request.ts'

const HEADER =
  'Account,Coin,Execution Price,Size Tokens,Size USD,Side,Timestamp IST,Start Position,Direction,Closed PnL,' +
  'Transaction Hash,Order ID,Crossed,Fee,Trade ID,Timestamp'
const USER = `0x${'66'.repeat(20)}`
const HASH = `0x${'ab'.repeat(32)}`

function row(cells: {
  coin?: string
  px?: string
  sz: string
  side: string
  start: string
  dir: string
  pnl?: string
  fee?: string
}): string {
  const { coin = 'AIXBT', px = '0.5', sz, side, start, dir, pnl = '0', fee = '0.01' } = cells
  return `${USER},${coin},${px},${sz},50,${side},02-12-2024 22:50,${start},${dir},${pnl},${HASH},52017706630,TRUE,${fee},8.95E+14,1.73E+12`
}

test('rows of one minute keep the order of the file, unique times and unique trade ids', async (t) => {
  const venue = await runVenue(t)
  const csv = [
    HEADER,
    row({ sz: '100', side: 'BUY', start: '0', dir: 'Open Long' }),
    row({ sz: '7.00E-05', side: 'BUY', start: '100', dir: 'Open Long' }),
    row({ sz: '60', side: 'SELL', px: '0.6', start: '100.00007', dir: 'Close Long', pnl: '6' }),
    row({ coin: '@107', sz: '3', side: 'BUY', px: '8', start: '0', dir: 'Buy' }),
    'broken,row',
    row({ sz: 'many', side: 'BUY', start: '0', dir: 'Open Long' }),
  ].join('\n')
  const report = await controlHyperliquid(venue.url).call('importFills', { csv })
  assert.deepEqual(report, {
    accounts: [{ user: USER, fills: 4 }],
    skipped: [
      { line: 6, reason: 'expected 16 cells, saw 2' },
      { line: 7, reason: 'expected a decimal in Size Tokens, saw "many"' },
    ],
  })
  const fills = (await info(venue, { type: 'userFillsByTime', user: USER, startTime: 0 })) as {
    readonly time: number
    readonly sz: string
    readonly tid: number
    readonly feeToken: string
  }[]
  const minute = Date.UTC(2024, 11, 2, 17, 20)
  assert.deepEqual(
    fills.map(({ time, sz }) => [time - minute, sz]),
    [
      [0, '100.0'],
      [1, '0.00007'],
      [2, '60.0'],
      [3, '3.0'],
    ],
  )
  assert.equal(new Set(fills.map(({ tid }) => tid)).size, 4)
  assert.deepEqual(new Set(fills.map(({ feeToken }) => feeToken)), new Set(['USDC', '@107']))
  assert.partialDeepStrictEqual(await info(venue, { type: 'clearinghouseState', user: USER }), {
    assetPositions: [{ position: { coin: 'AIXBT', szi: '40.00007' } }],
  })
})
