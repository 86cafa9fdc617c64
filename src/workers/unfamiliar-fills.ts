/** Tells of words of the venue that we do not know: their fills are booked by what they did, but what caused them may be misread (B13). */
import type { Book, Write } from '#book/book.ts'
import type { Fill } from '#domain/fill.ts'
import { type AlertCause, raised } from './writes.ts'

/** One warning a word, however many fills carry it. @throws BookUnavailable */
export async function unfamiliarAlerts(book: Book, fills: readonly Fill[], now: number): Promise<Write[]> {
  const words = new Map(fills.filter((fill) => fill.unfamiliar === true).map((fill) => [fill.direction, fill]))
  const alerts = await Promise.all([...words.values()].map(async (fill) => await raised(book, causeOf(fill), now)))
  return alerts.flatMap(({ writes }) => writes)
}

function causeOf({ account, instrument, direction, side, size, price, tradeId }: Fill): AlertCause {
  return {
    severity: 'warning',
    kind: 'unfamiliar-fill',
    account,
    instrument: null,
    positionId: null,
    occurrence: direction,
    title: `The venue calls a fill "${direction}", which we do not know`,
    detail: `Trade ${tradeId} (${side} ${size} ${instrument} at ${price}) is booked by its side and start position. If the venue forced it, the exit reason shown may be wrong: look at the venue's page.`,
  }
}
