/**
 * Takes a trade back that the venue declared void after it was booked (case B21): history is append-only, so a row is added that
 * undoes the other's effect on position, result and fees. Pure.
 */
import { type DecimalString, ZERO, decimal, toDecimalString } from './decimal.ts'
import { type Fill, effectOf } from './fill.ts'
import { chainFills } from './fill-chain.ts'
import { factIdOf } from './ids.ts'
import type { LedgerRow } from './records.ts'
import type { PositionRow } from './position.ts'

/** Id of the row that takes a fill back. */
export function reversalIdOf(fillId: string): string {
  return `${fillId}|void`
}

/** The row that undoes `fill`; `start` is the signed position just before it, `time` (ms) when it takes effect in the book. */
export function reversalOf(fill: Fill, start: DecimalString, time: number): Fill {
  return {
    ...fill,
    fillId: reversalIdOf(fill.fillId),
    reverses: fill.fillId,
    side: fill.side === 'buy' ? 'sell' : 'buy',
    time,
    startPosition: start,
    closedPnl: negated(fill.closedPnl),
    fee: negated(fill.fee),
    venueOrderId: `void-${fill.venueOrderId}`,
    tradeId: `void-${fill.tradeId}`,
    clientOrderId: null,
    attachedTo: null,
    direction: 'Voided',
    forced: 'void',
    raw: { void: fill.raw },
  }
}

/** Position after the last of these fills of one account and instrument, signed; "0" without any. */
export function positionAfter(fills: readonly Fill[]): DecimalString {
  const last = chainFills(fills, { evidence: 'time' }).fills.at(-1)
  return toDecimalString(last === undefined ? ZERO : effectOf(last).after)
}

/** The ledger row that takes back what a closed position was booked with from this fill; it stands beside the first, which is never changed. */
export function reversedLedgerRow(reversal: Fill, position: PositionRow): LedgerRow {
  return {
    ledgerId: factIdOf('ledger', reversal.account, 'reversal', reversal.fillId),
    account: reversal.account,
    kind: 'reversal',
    instrument: reversal.instrument,
    positionId: position.positionId,
    gross: reversal.closedPnl,
    fees: reversal.fee,
    net: toDecimalString(decimal(reversal.closedPnl).minus(reversal.fee)),
    evidence: [reversal.fillId],
    at: reversal.time,
  }
}

function negated(amount: DecimalString): DecimalString {
  return toDecimalString(ZERO.minus(amount))
}
