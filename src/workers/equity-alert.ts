/** Says when money of an account moved that nothing of the venue's own record explains: the identity leaves a remainder, and it stays. */
import type { Book, Write } from '#book/book.ts'
import type { EquityRow } from '#domain/equity-row.ts'
import type { Envelope } from '#domain/message.ts'
import { type AlertCause, ended, raised } from './writes.ts'

/**
 * For the commit of the running row. Raised once two readings in a row leave the same: a row that the venue lists late is no news. Ended
 * once nothing is left, or once lost fills make it unknown for good (`evidence-expired` says that); a reading that is unknown only for now
 * does neither. @throws BookUnavailable
 */
export async function equityAlert(
  book: Book,
  before: EquityRow | null,
  after: EquityRow,
): Promise<{ writes: Write[]; next: Envelope[] }> {
  if (after.unproven !== null) return { writes: [], next: [] }
  if (after.unexplained === null || after.unexplained === '0')
    return { writes: await ended(book, causeOf(after), after.asOf), next: [] }
  if (before?.unexplained !== after.unexplained) return { writes: [], next: [] }
  return await raised(book, causeOf(after), after.asOf)
}

function causeOf({ account, unexplained, brokerEquity, baselineAt }: EquityRow): AlertCause {
  return {
    severity: 'critical',
    kind: 'equity-unexplained',
    account,
    instrument: null,
    positionId: null,
    occurrence: 'identity',
    title: `${unexplained} USD of ${account}'s equity are unexplained`,
    detail: `Fills, fees, funding, transfers and open PnL since ${new Date(baselineAt).toISOString()} leave ${unexplained} USD of ${brokerEquity} USD over, in two readings. Compare the days (truebook equity --account ${account}) with the venue's statement.`,
  }
}
