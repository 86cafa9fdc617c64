/**
 * The sweep's comparison of book and broker, over the union of both, both directions. Pure.
 *
 * 1. Book open, broker flat: `orphan`, its exit is to be rebuilt from fills.
 * 2. Book flat, broker has a position: `unexpected-position`, alert only; never closed automatically.
 * 3. Both, other side or other size: `side-drift`, `size-drift`.
 * 4. A working order of nobody's: `foreign-order`; marked, never canceled. It may fill any moment, so entries beside it are locked.
 * A position that is being entered or closed right now explains differences of its own; it is judged when it rests. An unexpected position
 * that an operator ignores is no finding while it has the side and size that were ignored.
 */
import type { IgnoredPosition } from './account.ts'
import { Decimal, type DecimalString, ZERO, ZERO_STRING, decimal, decimalString, toDecimalString } from './decimal.ts'
import type { InstrumentId } from './ids.ts'
import type { BrokerOrder } from './order.ts'
import type { PositionRow } from './position.ts'
import type { Compared, Finding } from './records.ts'

export interface ComparisonInputs {
  /** Open positions of the account in the book. */
  readonly positions: readonly PositionRow[]
  /** Signed sizes at the broker; absent is flat. */
  readonly held: ReadonlyMap<InstrumentId, DecimalString>
  readonly openOrders: readonly BrokerOrder[]
  /** Client order ids of every order the book ever made on positions it still knows. */
  readonly isOurs: (order: BrokerOrder) => boolean
  /** Unexpected positions that an operator lets stand; absent: none. */
  readonly ignored?: Readonly<Record<InstrumentId, IgnoredPosition>> | undefined
}

export function compareBookAndBroker({
  positions,
  held,
  openOrders,
  isOurs,
  ignored = {},
}: ComparisonInputs): Finding[] {
  const byInstrument = new Map(
    positions.filter((row) => row.state !== 'unresolved').map((row) => [row.instrument, row]),
  )
  const instruments = new Set([...byInstrument.keys(), ...held.keys()])
  const findings: Finding[] = []
  for (const instrument of [...instruments].toSorted()) {
    const finding = compareOne(
      instrument,
      byInstrument.get(instrument) ?? null,
      decimal(held.get(instrument) ?? ('0' as DecimalString)),
    )
    if (finding !== null && !isIgnored(finding, ignored)) findings.push(finding)
  }
  return [...findings, ...foreignOrders(openOrders, isOurs)]
}

/** Whether an unexpected position is exactly the one that an operator ignores. */
export function isIgnored(
  { kind, instrument, broker }: Pick<Finding, 'kind' | 'instrument' | 'broker'>,
  ignored: NonNullable<ComparisonInputs['ignored']> = {},
): boolean {
  const entry = ignored[instrument]
  return kind === 'unexpected-position' && entry !== undefined && signedSize(entry).eq(decimalString(broker))
}

/**
 * Instruments that the comparison did not judge: broker and book differ, and a position on its way in or out explains it for
 * now, or an operator ignores it. No finding there is no proof that all is well, so whatever stands about them goes on standing.
 */
export function unjudged({
  positions,
  held,
  ignored = {},
}: Pick<ComparisonInputs, 'positions' | 'held' | 'ignored'>): InstrumentId[] {
  const standing = Object.keys(ignored).filter((instrument) => !decimal(held.get(instrument) ?? ZERO_STRING).isZero())
  const moving = positions
    .filter((row) => {
      const broker = decimal(held.get(row.instrument) ?? ('0' as DecimalString))
      if (row.state === 'unresolved' || broker.isZero()) return false
      return !row.entrySettled || (row.state === 'closing' && !broker.eq(signedSize(row)))
    })
    .map((row) => row.instrument)
  return [...moving, ...standing]
}

/** Both sides beside each other, for people: every instrument that either of them holds. */
export function sideBySide({ positions, held }: Pick<ComparisonInputs, 'positions' | 'held'>): Compared[] {
  const book = new Map<InstrumentId, Decimal>()
  for (const row of positions) {
    if (row.state === 'unresolved') continue
    book.set(row.instrument, signedSize(row).plus(book.get(row.instrument) ?? ZERO))
  }
  return [...new Set([...book.keys(), ...held.keys()])].toSorted().map((instrument) => ({
    instrument,
    book: toDecimalString(book.get(instrument) ?? ZERO),
    broker: held.get(instrument) ?? ZERO_STRING,
  }))
}

function compareOne(instrument: InstrumentId, row: PositionRow | null, broker: Decimal): Finding | null {
  const shown = toDecimalString(broker)
  if (row === null) {
    if (broker.isZero()) return null
    return {
      kind: 'unexpected-position',
      instrument,
      positionId: null,
      book: 'flat',
      broker: shown,
      action: 'alert; entries locked; never closed automatically',
    }
  }
  const book = `${row.side} ${row.size}`
  const about = { instrument, positionId: row.positionId, book, broker: shown }
  if (!row.entrySettled) return null
  if (broker.isZero()) return { ...about, kind: 'orphan', action: 'rebuild the exit from fills' }
  if (broker.isNegative() === (row.side === 'long'))
    return { ...about, kind: 'side-drift', action: 'rebuild our exit from fills; entries locked' }
  if (row.state === 'closing' || signedSize(row).eq(broker)) return null
  return { ...about, kind: 'size-drift', action: 'entries locked until fills explain it' }
}

/** Signed size of a position of the book: positive is long. */
export function signedSize(row: Pick<PositionRow, 'side' | 'size'>): Decimal {
  return row.side === 'long' ? decimal(row.size) : ZERO.minus(row.size)
}

function foreignOrders(openOrders: readonly BrokerOrder[], isOurs: (order: BrokerOrder) => boolean): Finding[] {
  return openOrders
    .filter((order) => !isOurs(order))
    .map((order) => ({
      kind: 'foreign-order',
      instrument: order.instrument,
      positionId: null,
      book: 'unknown',
      broker: `${order.side} ${order.leavesSize} at ${order.limitPrice} (venue order ${order.venueOrderId})`,
      action: 'alert; entries locked; not ours to cancel',
    }))
}

/** Findings seen in both of two looks: a difference that only one look saw was a race, not drift. */
export function standingFindings(first: readonly Finding[], second: readonly Finding[]): Finding[] {
  const identity = (finding: Finding) => `${finding.kind} ${finding.instrument} ${finding.positionId} ${finding.broker}`
  const seen = new Set(first.map(identity))
  return second.filter((finding) => seen.has(identity(finding)))
}

/** Kinds that lock entries on their instrument. */
export function locksEntries(finding: Finding): boolean {
  return LOCKING.has(finding.kind)
}

const LOCKING: ReadonlySet<Finding['kind']> = new Set<Finding['kind']>([
  'unexpected-position',
  'side-drift',
  'size-drift',
  'foreign-order',
])

/** The larger of a stored high-water mark and equity now. */
export function highWaterOf(stored: DecimalString | null, equity: DecimalString): DecimalString {
  return stored === null ? equity : toDecimalString(Decimal.max(stored, equity))
}
