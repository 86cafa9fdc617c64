/**
 * Book and broker beside each other, for people. The broker's side is what the last sweep saw, so a difference is only called by name
 * when a sweep found it in two looks and it still stands; anything else that differs has moved since and is "unsettled". Pure.
 */
import type { IgnoredPosition } from '#domain/account.ts'
import { signedSize } from '#domain/comparison.ts'
import { ZERO, ZERO_STRING, decimal } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Finding, SweepRow } from '#domain/records.ts'
import type { BookSide, Drift, SideBySide } from '../overview-wire.ts'

export interface SidesInputs {
  /** Open positions of the account in the book. */
  readonly positions: readonly PositionRow[]
  /** The newest sweep that compared; null: none did yet. */
  readonly compared: SweepRow | null
  readonly ignored: Readonly<Record<InstrumentId, IgnoredPosition>>
}

const DRIFT_OF: Readonly<Partial<Record<Finding['kind'], Drift>>> = {
  orphan: 'orphan',
  'unexpected-position': 'unexpected',
  'size-drift': 'size',
  'side-drift': 'side',
}

/** One row an instrument that either side holds; a position that waits for a person (`unresolved`) has a row of its own. */
export function sidesOf(inputs: SidesInputs): SideBySide[] {
  const settled = inputs.positions.filter((row) => row.state !== 'unresolved')
  const seen = inputs.compared?.compared ?? []
  const instruments = new Set([
    ...settled.map((row) => row.instrument),
    ...seen.filter(({ broker }) => !decimal(broker).isZero()).map(({ instrument }) => instrument),
  ])
  const rows = [...instruments].map((instrument) => sideOf(instrument, settled, inputs))
  const unresolved = inputs.positions
    .filter((row) => row.state === 'unresolved')
    .map((row): SideBySide => ({
      instrument: row.instrument,
      book: bookSideOf(row),
      broker: null,
      drift: null,
      ignored: null,
    }))
  return [...rows, ...unresolved].toSorted((a, b) => (a.instrument < b.instrument ? -1 : 1))
}

function sideOf(
  instrument: InstrumentId,
  positions: readonly PositionRow[],
  { compared, ignored }: SidesInputs,
): SideBySide {
  const row = positions.find((position) => position.instrument === instrument) ?? null
  const broker = brokerSideOf(instrument, compared)
  const side = { instrument, book: row === null ? null : bookSideOf(row), broker, drift: null, ignored: null }
  if (broker === null || (row === null ? ZERO : signedSize(row)).eq(broker.size)) return side
  const standing = row === null ? ignored[instrument] : undefined
  if (standing !== undefined && signedSize(standing).eq(broker.size))
    return { ...side, drift: 'unexpected', ignored: standing }
  return { ...side, drift: namedDrift(instrument, row, compared) }
}

/** What the last look saw there; null: there was none. */
function brokerSideOf(instrument: InstrumentId, sweep: SweepRow | null): SideBySide['broker'] {
  if (sweep?.brokerAsOf === undefined) return null
  const seen = sweep.compared?.find((entry) => entry.instrument === instrument)
  return { size: seen?.broker ?? ZERO_STRING, as_of: sweep.brokerAsOf }
}

function namedDrift(instrument: InstrumentId, row: PositionRow | null, compared: SweepRow | null): Drift {
  const found = compared?.findings.find(
    (finding) => finding.instrument === instrument && DRIFT_OF[finding.kind] !== undefined,
  )
  // What was found about another position, or about none, says nothing of the one that stands there now.
  if (found === undefined || (found.positionId ?? null) !== (row?.positionId ?? null)) return 'unsettled'
  return DRIFT_OF[found.kind] ?? 'unsettled'
}

function bookSideOf(row: PositionRow): BookSide {
  return {
    position_id: row.positionId,
    strategy: row.strategy,
    side: row.side,
    size: row.size,
    state: row.state,
    entry: row.entryAverage,
    stop: row.nativeStop?.triggerPrice ?? null,
    naked_since: row.nakedSince,
  }
}
