/** Positions that somebody else opened: never touched by us. Pure. */
import { clientOrderIdOf } from '#domain/ids.ts'
import type { AccountEvidence, Evidence } from '../evidence.ts'
import { ownIdOf, trueEpisodes } from '../true-episodes.ts'
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
  return evidence.accounts.flatMap((account) => checkAccount(account, strangersOf(evidence, account.id), entries))
}

function checkAccount(
  { id, truth }: AccountEvidence,
  strangers: ReadonlySet<string>,
  entries: ReadonlySet<string>,
): Breach[] {
  const voided = new Set(truth.fills.filter((fill) => fill.voided).map((fill) => fill.symbol))
  return trueEpisodes(truth)
    .filter(({ symbol }) => !voided.has(symbol))
    .flatMap(({ symbol, openedAt, legs }) => {
      const opened = legs.filter(({ role }) => role === 'open')
      if (!opened.every(({ fill }) => strangers.has(fill.orderId))) return []
      return legs
        .filter(({ role, fill }) => {
          const own = ownIdOf(fill.clientOrderId)
          return role === 'close' && !strangers.has(fill.orderId) && own !== null && !entries.has(own)
        })
        .map(({ fill }) => ({
          invariant: 'nothing-unknown-closed' as const,
          about: `${id} ${symbol} ${openedAt}`,
          what: `was opened by somebody else, order ${fill.clientOrderId} of ours closed ${fill.size} of it`,
        }))
    })
}
