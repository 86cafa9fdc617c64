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
  const { prints } = contract
  const floor = (ms: number) => Math.floor(ms / spanMs) * spanMs
  const oldest = Math.max(Math.ceil(request.startTime / spanMs) * spanMs, floor(prints[0]?.ms ?? Infinity))
  const rows: BarRow[] = []
  let end = prints.length
  for (let start = newestStart(state, request); start >= oldest && rows.length < limit; start -= spanMs) {
    end = countBefore(prints, end, start + spanMs)
    const bar = barAt(contract, start, end)
    if (bar.volume > 0 || state.rules.session === 'open' || isGlobexOpen(start)) rows.push(bar)
  }
  return rows
}

/** Start of the newest bar asked for: the one under way only when partial ones are. */
function newestStart(state: VenueState, { endTime, spanMs, includePartialBar }: BarRequest): number {
  const now = state.moment.ms
  const start = Math.floor(Math.min(endTime, now) / spanMs) * spanMs
  return start + spanMs > now && !includePartialBar ? start - spanMs : start
}

/** The bar at `start`, of the first `end` prints. Without a print of its own it is flat at the last one before. */
function barAt({ prints, last }: ContractState, start: number, end: number): BarRow {
  const begin = countBefore(prints, end, start)
  const inside = prints.slice(begin, end)
  const open = (prints[begin - 1] ?? inside[0])?.price ?? last
  const seen = [open, ...inside.map(({ price }) => price)]
  return {
    start,
    open: toDecimalString(open),
    high: toDecimalString(Decimal.max(...seen)),
    low: toDecimalString(Decimal.min(...seen)),
    close: toDecimalString(seen.at(-1) ?? open),
    volume: inside.reduce((sum, { volume }) => sum + volume, 0),
  }
}

/** How many of the first `end` prints are before `ms`. */
function countBefore(prints: ContractState['prints'], end: number, ms: number): number {
  let count = end
  while (count > 0 && (prints[count - 1]?.ms ?? 0) >= ms) count--
  return count
}
