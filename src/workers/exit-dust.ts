/** What is left of a position below one lot of the venue: no order can close it, so it is said instead of tried again and again (E3). */
import { type Decimal, toDecimalString } from '#domain/decimal.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Tools, Verdict } from './worker.ts'
import { type AlertCause, raiseAlone } from './writes.ts'

/** Between two looks whether somebody has taken the dust away, ms. */
const DUST_LOOK_MS = 60_000

/** Raises one warning and waits; a broker that is flat at a later look ends the wait. @throws BookUnavailable */
export async function waitForDust(
  row: PositionRow,
  held: Decimal,
  { lot }: Instrument,
  tools: Tools,
): Promise<Verdict> {
  const left = `${toDecimalString(held)} of ${row.instrument}, less than one lot of ${lot}`
  const next = await raiseAlone(tools.book, dustCause(row, left), tools.now())
  return { kind: 'again', afterMs: DUST_LOOK_MS, detail: `dust: ${left}`, next }
}

/** What is left of the position is too small for any order. */
export function dustCause({ account, instrument, positionId }: PositionRow, left: string): AlertCause {
  return {
    severity: 'warning',
    kind: 'dust',
    account,
    instrument,
    positionId,
    occurrence: 'exit',
    title: `Dust of ${instrument} is left`,
    detail: `The broker holds ${left}: no order can close it. Close it on the venue's page; the position is booked from its fills then.`,
  }
}
