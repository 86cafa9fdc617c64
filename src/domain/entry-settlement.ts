/**
 * Whether an entry has ended, and with what. An entry is settled when the venue's own record of the order is terminal, the
 * fills read after it account for what it says, and the chain of fills ends where the broker's position stands, or has ended the
 * position before.
 * A cancel alone settles nothing: the order may have filled first.
 */
import { Decimal, ZERO, decimal } from './decimal.ts'
import type { Episode } from './episode.ts'
import type { ClientOrderId } from './ids.ts'
import type { BrokerOrder } from './order.ts'

export type EntryState =
  | { readonly kind: 'working' }
  /** Terminal or gone, but the fills do not yet account for it. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'settled'; readonly filled: Decimal }

export interface EntryEvidence {
  readonly entryId: ClientOrderId
  /** The venue's record, read before the fills; null is one "not found". */
  readonly record: BrokerOrder | null
  readonly episode: Episode | null
  /** Contracts of the entry in the fills, also those that closed somebody else's exposure instead of opening ours. */
  readonly entered: Decimal
  /** Signed broker position, read before the fills. */
  readonly brokerSize: Decimal
}

export function settleEntry({ entryId, record, episode, entered, brokerSize }: EntryEvidence): EntryState {
  if (record === null) return { kind: 'unproven' }
  if (record.status === 'working' || record.status === 'triggered') return { kind: 'working' }
  const filled = Decimal.max(entered, filledOf(episode, entryId))
  const stated = decimal(record.originalSize).minus(record.leavesSize)
  const leftover = decimal(record.leavesSize)
  // A venue may call an immediate-or-cancel order that was cut short `filled` without saying what it left.
  const accounted = record.status === 'filled' && leftover.isZero() ? filled.gt(0) : filled.eq(stated)
  // Once its fills have ended it, or where they opened nothing, what the broker holds is somebody else's.
  const ended = episode === null ? entered.gt(0) : episode.status === 'closed' && episode.coverage === 'complete'
  const chained = ended || signedResidual(episode).eq(brokerSize)
  return accounted && chained ? { kind: 'settled', filled } : { kind: 'unproven' }
}

/** Contracts that fills of one order opened or closed within an episode. */
export function filledOf(episode: Episode | null, clientOrderId: ClientOrderId): Decimal {
  return (episode?.legs ?? []).reduce(
    (sum, leg) => (leg.fill.clientOrderId === clientOrderId ? sum.plus(leg.size) : sum),
    ZERO,
  )
}

/** Position an episode leaves, positive long. */
export function signedResidual(episode: Episode | null): Decimal {
  if (episode === null) return ZERO
  const residual = decimal(episode.residual)
  return episode.side === 'long' ? residual : residual.negated()
}
