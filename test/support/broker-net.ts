/** The broker's side of a position's result, summed from the venue's ledger without any code of the book. */
import assert from 'node:assert/strict'
import type { PositionRow } from '#domain/position.ts'
import type { RunningVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { trueFill, trueFunding } from '#simulators/hyperliquid/simulated-hyperliquid.ts'
import { trueResult } from '#simulators/venue/true-result.ts'

type Ledger = ReturnType<RunningVenue['engine']['oracle']['ledger']>

/** The result is final and, to the last digit, that of the venue while the position stood. */
export function assertEqualsBroker(position: PositionRow, { fills, funding }: Ledger): void {
  assert.equal(position.realised?.provisional, false)
  const rows = { fills: fills.map(trueFill), fundingPayments: funding.map(trueFunding) }
  const symbol = position.instrument.replace(/-PERP$/, '')
  const stretch = { symbol, from: position.openedAt ?? 0, through: position.closedAt ?? 0 }
  assert.equal(position.realised.net, trueResult(rows, stretch))
}
