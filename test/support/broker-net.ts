/** The broker's side of a position's result, summed from the venue's ledger without any code of the book. */
import assert from 'node:assert/strict'
import { Decimal } from 'decimal.js'
import type { PositionRow } from '#domain/position.ts'
import type { RunningVenue } from '#simulators/hyperliquid/server/venue-server.ts'

type Ledger = ReturnType<RunningVenue['engine']['oracle']['ledger']>

/** closedPnl minus fees of the coin's fills while the position stood, USD. */
export function brokerNetOf(position: PositionRow, ledger: Ledger): string {
  const coin = position.instrument.replace(/-PERP$/, '')
  const [from, through] = [position.openedAt ?? 0, position.closedAt ?? 0]
  return ledger.fills
    .filter((fill) => fill.coin === coin && fill.time >= from && fill.time <= through)
    .reduce((sum, fill) => sum.plus(fill.closedPnl).minus(fill.fee), new Decimal(0))
    .toFixed()
}

export function assertEqualsBroker(position: PositionRow, ledger: Ledger): void {
  assert.equal(position.realised?.provisional, false)
  assert.equal(position.realised.net, brokerNetOf(position, ledger))
}
