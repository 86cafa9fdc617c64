/**
 * What the venue takes back, takes in again, or states otherwise after it was booked (cases B21, B22). History is append-only: a
 * telling of a trade that no longer holds is undone by a row of its own, and a new telling is a further row, `restates` naming the
 * first. What stands, the rows neither undone nor undoing, is a chain of its own and what the venue tells now. Pure.
 */
import { type DecimalString, ZERO, decimal, toDecimalString } from './decimal.ts'
import { type Fill, effectOf } from './fill.ts'
import { factIdOf } from './ids.ts'
import type { LedgerRow } from './records.ts'
import type { PositionRow } from './position.ts'

/** Id of the row that takes a fill back. */
export function reversalIdOf(fillId: string): string {
  return `${fillId}|void`
}

/** Id of the n-th telling of a trade; the first is the fill's own. */
export function tellingIdOf(fillId: string, n: number): string {
  return n === 1 ? fillId : `${fillId}|${n}`
}

/** The fill that a row tells of, whichever telling it is. */
export function toldBy(row: Pick<Fill, 'fillId' | 'restates'>): string {
  return row.restates ?? row.fillId
}

/** The row that undoes `fill`; `time` (ms) is when it takes effect in the book. */
export function reversalOf(fill: Fill, time: number): Fill {
  return {
    ...fill,
    fillId: reversalIdOf(fill.fillId),
    reverses: fill.fillId,
    side: fill.side === 'buy' ? 'sell' : 'buy',
    time,
    startPosition: toDecimalString(effectOf(fill).after),
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

/** Rows that stand: neither taken back nor taking anything back. */
export function standingFills(rows: readonly Fill[]): Fill[] {
  const undone = new Set(rows.flatMap(({ reverses }) => (reverses === undefined ? [] : [reverses])))
  return rows.filter(({ fillId, reverses }) => reverses === undefined && !undone.has(fillId))
}

/** Whether two tellings of a trade say the same of position and money. */
export function saysTheSame(a: Fill, b: Fill): boolean {
  return factsOf(a) === factsOf(b)
}

/** What a telling says of position and money, as one text. */
export function factsOf({ side, size, price, closedPnl, fee, feeToken, feePending }: Fill): string {
  return [side, size, price, closedPnl, fee, feeToken, feePending === true].join(' ')
}

/** What brings a book from what stands in it to what the venue tells now. */
export interface Restatement {
  /** Standing rows to undo, the last first: each then starts where the one before it ended. */
  readonly undo: readonly Fill[]
  /** What is told from there on, in order. */
  readonly tell: readonly Fill[]
}

/** `standing` and `told`: rows of one instrument in chain order, from the same instant on. What both begin with stays. */
export function restatementOf(standing: readonly Fill[], told: readonly Fill[]): Restatement {
  let same = 0
  for (const row of standing) {
    const now = told[same]
    if (now === undefined || toldBy(row) !== now.fillId || !saysTheSame(row, now)) break
    same += 1
  }
  return { undo: standing.slice(same).toReversed(), tell: told.slice(same) }
}

/**
 * The ledger row for a fill that a booked result counted and that is undone (`reversal`), or that is told again after it was
 * (`reinstated`). It stands beside the first, which is never changed.
 */
export function restatedLedgerRow(
  kind: 'reversal' | 'reinstated',
  row: Fill,
  position: Pick<PositionRow, 'positionId'>,
  at: number,
): LedgerRow {
  return {
    ledgerId: factIdOf('ledger', row.account, kind, row.fillId),
    account: row.account,
    kind,
    instrument: row.instrument,
    positionId: position.positionId,
    gross: row.closedPnl,
    fees: row.fee,
    net: toDecimalString(decimal(row.closedPnl).minus(row.fee)),
    evidence: [row.fillId],
    at,
  }
}

function negated(amount: DecimalString): DecimalString {
  return toDecimalString(ZERO.minus(amount))
}
