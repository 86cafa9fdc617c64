/**
 * What the venue says of an instrument that a position stands in. A contract that expired or rolled away may be listed or priced no
 * more: its position must still be watched and its exit booked, so that is an answer here and no error (failure case H7).
 */
import { type Decimal, decimal } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { TradingAccount } from './worker.ts'

/** Specification and mark (USD); null where the venue has none any more. */
export interface Market {
  readonly instrument: Instrument | null
  readonly mark: Decimal | null
}

/** @throws BrokerUnavailable: unavailable is not unlisted */
export async function marketOf(trading: TradingAccount, id: InstrumentId, now: number): Promise<Market> {
  const [instrument, mark] = await Promise.all([specificationOf(trading, id), orNull(trading.mark(id, now))])
  return { instrument, mark: mark === null ? null : decimal(mark) }
}

/** The specification; null when the venue lists the instrument no more. @throws BrokerUnavailable */
export async function specificationOf(trading: TradingAccount, id: InstrumentId): Promise<Instrument | null> {
  return await orNull(trading.instrument(id))
}

async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
