/** Matching a position of the book to its episode: ids first, one candidate or none. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { buildEpisodes } from '#domain/build-episodes.ts'
import { decimalString } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import { type FillEvidence, type PositionTrace, closingEpisodeFor } from '#domain/match-episode.ts'
import { type Trade, fillsOf } from './trades.ts'

const d = decimalString
const ENTRY = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' as ClientOrderId

const start = 1_700_000_000_000
const position: PositionTrace = {
  account: 'hl-test',
  instrument: 'SOL-PERP',
  side: 'long',
  size: d('1'),
  clientOrderIds: [ENTRY],
  venueOrderIds: [],
  entryWindow: { from: start, through: start + 1000 },
}

function fills(...lots: number[]): Fill[] {
  return fillsOf(lots.map((each): Trade => ({ lots: each, ticks: 100 + Math.abs(each), later: true })))
}

function evidence(rows: readonly Fill[], overrides: Partial<FillEvidence> = {}): FillEvidence {
  const episodes = buildEpisodes(chainFills(rows, { evidence: 'time' }), { dustSize: d('0.01') })
  const coverage = { from: start - 1, through: start + 5000, complete: true }
  return { episodes, coverage, claimed: new Set(), ...overrides }
}

function ours(rows: readonly Fill[], index: number): Fill[] {
  return rows.map((fill, rank) => (rank === index ? { ...fill, clientOrderId: ENTRY } : fill))
}

test('the client order id of the entry finds the episode, closed by somebody without one (B4)', () => {
  // Two round trips of the same size: only the id can tell them apart.
  const match = closingEpisodeFor(position, evidence(ours(fills(100, -100, 100, -60, -40), 2)))
  assert.ok(match.kind === 'matched')
  assert.equal(match.by, 'client-order-id')
  assert.equal(match.episode.legs.length, 3)
  assert.equal(match.foreignEntrySize, '0')
  assert.deepEqual(
    match.episode.exitOrders.map(({ size }) => size),
    ['0.6', '0.4'],
  )
})

test('the venue order id finds it where the client id is missing', () => {
  const rows = fills(100, -100, 100, -100)
  const match = closingEpisodeFor({ ...position, venueOrderIds: [rows[2]?.venueOrderId ?? ''] }, evidence(rows))
  assert.ok(match.kind === 'matched')
  assert.equal(match.by, 'venue-order-id')
  assert.equal(match.episode.openedAt, rows[2]?.time)
})

test('our exit order alone identifies the episode too', () => {
  const match = closingEpisodeFor(position, evidence(ours(fills(100, -100, 100, -100), 1)))
  assert.ok(match.kind === 'matched')
  assert.equal(match.episode.openedAt, start + 1)
})

test('two episodes of one size without ids are refused, never summed (B15)', () => {
  const match = closingEpisodeFor(position, evidence(fills(100, -100, 100, -100)))
  assert.ok(match.kind === 'ambiguous')
  assert.equal(match.candidates.length, 2)
})

test('one episode of the right side, size and time is taken without ids', () => {
  const match = closingEpisodeFor(position, evidence(fills(100, -100, 70, -70, -100, 100)))
  assert.ok(match.kind === 'matched')
  assert.equal(match.by, 'shape')
})

test('an episode that another position was settled with is no candidate', () => {
  const rows = fills(100, -100, 100, -100)
  const match = closingEpisodeFor(position, evidence(rows, { claimed: new Set([rows[0]?.fillId ?? '']) }))
  assert.ok(match.kind === 'matched')
  assert.equal(match.episode.openedAt, rows[2]?.time)
})

test('an episode outside the entry window is no candidate', () => {
  const late = { ...position, entryWindow: { from: start + 3, through: start + 9 } }
  const match = closingEpisodeFor(late, evidence(fills(100, -100, 100, -100)))
  assert.ok(match.kind === 'matched')
  assert.equal(match.episode.openedAt, start + 3)
})

test('an episode our order only closed yields to the one it opened', () => {
  const rows = ours(ours(fills(100, -100, 70, -70), 0), 3)
  const match = closingEpisodeFor(position, evidence(rows))
  assert.ok(match.kind === 'matched')
  assert.equal(match.episode.openedAt, rows[0]?.time)
})

test('an episode that begins after the entry window is no candidate', () => {
  const early = { ...position, entryWindow: { from: start, through: start + 2 } }
  const match = closingEpisodeFor(early, evidence(fills(100, -100, 100, -100)))
  assert.ok(match.kind === 'matched')
  assert.equal(match.episode.openedAt, start + 1)
})

test('one order that opened two episodes is refused', () => {
  const rows = ours(ours(fills(60, -60, 40, -40), 0), 2)
  assert.equal(closingEpisodeFor(position, evidence(rows)).kind, 'ambiguous')
})

test('a position still held is not closed', () => {
  const match = closingEpisodeFor(position, evidence(ours(fills(100, -40), 0)))
  assert.ok(match.kind === 'not-closed')
  assert.equal(match.episode.residual, '0.6')
})

test('a position down to dust is matched with its residual (B18)', () => {
  const match = closingEpisodeFor(position, evidence(ours(fills(100, -99), 0)))
  assert.ok(match.kind === 'matched')
  assert.deepEqual([match.episode.status, match.episode.residual], ['dust', '0.01'])
})

test('contracts that other orders added are told (B20)', () => {
  const match = closingEpisodeFor(position, evidence(ours(fills(100, 50, -150), 0)))
  assert.ok(match.kind === 'matched')
  assert.equal(match.foreignEntrySize, '0.5')
})

test('missing fills are missing coverage: never closed, never open, never guessed', () => {
  const gap = ours(fills(100, 50, -50, -100), 0).filter((_, index) => index !== 1)
  const partial = closingEpisodeFor(position, evidence(gap))
  assert.ok(partial.kind === 'missing-coverage')
  assert.match(partial.why, /gap-inside/)
  const incomplete = { from: start - 1, through: start + 5000, complete: false }
  assert.equal(
    closingEpisodeFor(position, evidence(ours(fills(100), 0), { coverage: incomplete })).kind,
    'missing-coverage',
  )
  assert.equal(
    closingEpisodeFor(position, evidence(fills(100, -100), { coverage: incomplete })).kind,
    'missing-coverage',
  )
  const late = { from: start + 1, through: start + 5000, complete: true }
  const unread = closingEpisodeFor(position, evidence(fills(100, -100), { coverage: late }))
  assert.ok(unread.kind === 'missing-coverage')
  assert.match(unread.why, /begins after/)
})

test('a complete history without a trace of the position says so', () => {
  const match = closingEpisodeFor(position, evidence(fills(-100, 100)))
  assert.ok(match.kind === 'missing-coverage')
  assert.match(match.why, /no trace/)
})

test('episodes of another account or instrument are never taken (C20)', () => {
  const rows = ours(fills(100, -100), 0)
  for (const other of [{ account: 'other' }, { instrument: 'BTC-PERP' }, { side: 'short' as const }]) {
    assert.equal(closingEpisodeFor({ ...position, ...other }, evidence(rows)).kind, 'missing-coverage')
  }
})
