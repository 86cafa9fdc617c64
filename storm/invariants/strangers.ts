/** Positions that somebody else opened: never touched by us, unless an operator made them the book's. Pure. */
import { clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AccountEvidence, Evidence } from '../evidence.ts'
import { ownIdOf, trueEpisodes } from '../true-episodes.ts'
import { adoptedEpisode, mayReduce } from './adoptions.ts'
import type { Breach } from './breach.ts'

/** Venue order ids that are nobody's of ours. */
export function strangersOf({ deeds }: Pick<Evidence, 'deeds'>, account: string): ReadonlySet<string> {
  return new Set(deeds.filter((deed) => deed.account === account).flatMap(({ orderIds }) => orderIds))
}

export function checkStrangers(evidence: Evidence): Breach[] {
  // An entry that lands in the instant of somebody else's trade is netted by the venue: that is no close.
  const entries = new Set<string>(
    evidence.book.positions.map(({ positionId }) => clientOrderIdOf(positionId, 'entry', 0)),
  )
  return evidence.accounts.flatMap((account) => {
    const adopted = evidence.book.positions.filter((row) => row.adopted !== undefined && row.account === account.id)
    return checkAccount(account, strangersOf(evidence, account.id), entries, adopted)
  })
}

function checkAccount(
  account: AccountEvidence,
  strangers: ReadonlySet<string>,
  entries: ReadonlySet<string>,
  adopted: readonly PositionRow[],
): Breach[] {
  const { id, truth } = account
  const voided = new Set(truth.fills.filter((fill) => fill.voided).map((fill) => fill.symbol))
  const episodes = trueEpisodes(truth)
  return episodes
    .filter(({ symbol }) => !voided.has(symbol))
    .flatMap((episode) => {
      const { symbol, openedAt, legs } = episode
      const position = adopted.find((row) => adoptedEpisode(row, account, episodes) === episode)
      const opened = legs.filter(({ role }) => role === 'open')
      if (!opened.every(({ fill }) => strangers.has(fill.orderId))) return []
      return legs
        .filter(({ role, fill }) => {
          const own = ownIdOf(fill.clientOrderId)
          if (role !== 'close' || strangers.has(fill.orderId) || own === null || entries.has(own)) return false
          return !mayReduce(position, own, fill.time)
        })
        .map(({ fill }) => ({
          invariant: 'nothing-unknown-closed' as const,
          about: `${id} ${symbol} ${openedAt}`,
          what: `was opened by somebody else, order ${fill.clientOrderId} of ours closed ${fill.size} of it`,
        }))
    })
}
