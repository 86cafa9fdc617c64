/** Bars from the prices a contract has had. A quiet stretch of an open market has flat bars without volume; a closed one has none. */
import { Decimal, toDecimalString } from '#domain/decimal.ts'
import type { BarRow } from './record.ts'
import { isGlobexOpen } from './session.ts'
import type { ContractState, VenueState } from './state.ts'

/** Which bars. Times in ms; `spanMs` is the length of one. */
export interface BarRequest {
  readonly startTime: number
  readonly endTime: number
  readonly spanMs: number
  readonly limit: number
  readonly includePartialBar: boolean
}

/** Bars whose start lies in the range, newest first. */
export function barsOf(state: VenueState, contract: ContractState, request: BarRequest): readonly BarRow[] {
  const { spanMs, limit } = request
  const now = state.moment.ms
  const [first] = contract.prints
  if (first === undefined) return []
  const oldest = Math.max(Math.ceil(request.startTime / spanMs) * spanMs, Math.floor(first.ms / spanMs) * spanMs)
  const rows: BarRow[] = []
  let print = contract.prints.length - 1
  let start = Math.floor(Math.min(request.endTime, now) / spanMs) * spanMs
  for (; start >= oldest && rows.length < limit; start -= spanMs) {
    if (start + spanMs > now && !request.includePartialBar) continue
    while (print > 0 && (contract.prints[print]?.ms ?? 0) >= start + spanMs) print--
    const bar = barAt(contract, start, print)
    if (bar.volume > 0 || state.rules.session === 'open' || isGlobexOpen(start)) rows.push(bar)
  }
  return rows
}

/** The bar at `start`; `newest` is the index of the last print before its end. */
function barAt(contract: ContractState, start: number, newest: number): BarRow {
  const { prints } = contract
  let oldest = newest
  while (oldest > 0 && (prints[oldest - 1]?.ms ?? 0) >= start) oldest--
  const before = prints[oldest - 1] ?? prints[oldest]
  const inside = prints.slice(oldest, newest + 1).filter(({ ms }) => ms >= start)
  const close = prints[newest]?.price ?? contract.last
  const open = before?.price ?? close
  const seen = [open, ...inside.map(({ price }) => price)]
  return {
    start,
    open: toDecimalString(inside.length === 0 ? close : open),
    high: toDecimalString(inside.length === 0 ? close : Decimal.max(...seen)),
    low: toDecimalString(inside.length === 0 ? close : Decimal.min(...seen)),
    close: toDecimalString(close),
    volume: inside.reduce((sum, { volume }) => sum + volume, 0),
  }
}
