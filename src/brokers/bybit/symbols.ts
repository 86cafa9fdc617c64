/** Names of the venue's tradables: canonical `BTC-PERP` is the USDT settled linear perpetual `BTCUSDT`. Nothing else is traded here. */
import type { InstrumentId } from '#domain/ids.ts'

const QUOTE = 'USDT'
const PERP = '-PERP'

/** Canonical instrument of a symbol; other contracts (`BTCPERP`, dated ones) keep their own name, which no order can use. */
export function instrumentOf(symbol: string): InstrumentId {
  return isPerpetual(symbol) ? symbol.slice(0, -QUOTE.length) + PERP : symbol
}

/** Symbol of a canonical instrument; null when it names no USDT perpetual. */
export function symbolOf(instrument: InstrumentId): string | null {
  return instrument.endsWith(PERP) && instrument.length > PERP.length ? instrument.slice(0, -PERP.length) + QUOTE : null
}

/** Whether it is a USDT settled perpetual; dated contracts carry a hyphen, e.g. `BTCUSDT-26DEC26`. */
export function isPerpetual(symbol: string): boolean {
  return symbol.endsWith(QUOTE) && symbol.length > QUOTE.length && !symbol.includes('-')
}

/** Whether a linear contract settles in USDT, dated ones included: `BTCUSDT`, `BTCUSDT-26DEC26`. */
export function isSettledInUsdt(symbol: string): boolean {
  return symbol.endsWith(QUOTE) || symbol.includes(`${QUOTE}-`)
}
