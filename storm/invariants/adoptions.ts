/** Positions that an operator made the book's: whose word it was, and the stretch of the venue's ledger that each of them is. Pure. */
import type { PositionRow } from '#domain/position.ts'
import { type AccountEvidence, type BookRows, type Evidence, symbolAt } from '../evidence.ts'
import type { TrueEpisode } from '../true-episodes.ts'
import type { Breach } from './breach.ts'
import { targetOf } from './records.ts'

/** Clocks of processes and venues differ by less, ms. */
const CLOCKS_MS = 2_000

/** The stretch of exposure that was adopted: it began with the position's first fill. */
export function adoptedEpisode(
  { adopted, instrument, createdAt }: PositionRow,
  { venue }: Pick<AccountEvidence, 'venue'>,
  episodes: readonly TrueEpisode[],
): TrueEpisode | undefined {
  if (adopted === undefined) return undefined
  const symbol = symbolAt(venue, instrument)
  return episodes.find((episode) => episode.symbol === symbol && episode.openedAt === createdAt)
}

/** Orders of ours that may reduce a stretch that somebody else opened: those of the position that adopted it, from its adoption on. */
export function mayReduce(position: PositionRow | undefined, ownId: string, time: number): boolean {
  if (position?.adopted === undefined || time < position.adopted.at - CLOCKS_MS) return false
  // A child of an entry there is none: an adopted position has no entry.
  return position.orders.some(({ clientOrderId, event }) => event !== 'entry' && clientOrderId === ownId.slice(0, 32))
}

/** Nothing becomes the book's without an operator's word, and every word is in the account's chain before the adoption is. */
export function checkAdoptions({ book }: Pick<Evidence, 'book'>): Breach[] {
  return book.positions.flatMap((position) => {
    const { adopted, positionId, account, instrument } = position
    const fault = adopted === undefined ? null : faultOf(position, book)
    if (fault === null) return []
    return [{ invariant: 'records-proven', about: `${account} ${instrument} ${positionId}`, what: fault }]
  })
}

function faultOf(
  { adopted, positionId, account, instrument }: PositionRow,
  { records }: Pick<BookRows, 'records'>,
): string | null {
  const chain = records.filter(({ subjectKind, subject }) => subjectKind === 'accounts' && subject === account)
  const made = chain.find(({ decision, inputs }) => decision === 'adopted' && inputs['positionId'] === positionId)
  if (made === undefined) return 'is adopted, and no record of its account tells of it'
  const asked = chain.findLast(
    (record) => record.decision === 'adopt' && record.seq < made.seq && targetOf(record).instrument === instrument,
  )
  if (asked === undefined) return 'was adopted, and no operator had asked for it'
  if (asked.actor === adopted?.by && asked.at === adopted.at) return null
  return `was adopted by ${adopted?.by} at ${adopted?.at}, the record of it says ${asked.actor} at ${asked.at}`
}
