/**
 * Whether an entry has ended, and with what. An entry is settled when the venue's own record of the order is terminal, the
 * fills read after it account for what it says, and the chain of fills ends where the broker's position stands, or has ended the
 * position before. An entry of which nothing filled is settled also beside somebody else's position, if their fills account for it.
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
  /** Signed position that all fills of the instrument leave, whoever made them. */
  readonly left: Decimal
}

export function settleEntry({ entryId, record, episode, entered, brokerSize, left }: EntryEvidence): EntryState {
  if (record === null) return { kind: 'unproven' }
  if (record.status === 'working' || record.status === 'triggered') return { kind: 'working' }
  const filled = Decimal.max(entered, filledOf(episode, entryId))
  const stated = decimal(record.originalSize).minus(record.leavesSize)
  const leftover = decimal(record.leavesSize)
  // A venue may call an immediate-or-cancel order that was cut short `filled` without saying what it left.
  const accounted = record.status === 'filled' && leftover.isZero() ? filled.gt(0) : filled.eq(stated)
  const chained = isChained({ episode, entered, brokerSize, left }, filled)
  return accounted && chained ? { kind: 'settled', filled } : { kind: 'unproven' }
}

/** Whether fills end where the broker's position stands, or have ended the entry's own before. */
function isChained(
  { episode, entered, brokerSize, left }: Pick<EntryEvidence, 'episode' | 'entered' | 'brokerSize' | 'left'>,
  filled: Decimal,
): boolean {
  if (signedResidual(episode).eq(brokerSize)) return true
  if (episode !== null) return episode.status === 'closed' && episode.coverage === 'complete'
  // Where it opened nothing, what the broker holds is somebody else's; where nothing of it filled, their fills must say so.
  return entered.gt(0) || (filled.isZero() && left.eq(brokerSize))
}

/** Contracts that fills of one order opened or closed within an episode. */
export function filledOf(episode: Episode | null, clientOrderId: ClientOrderId): Decimal {
  return (episode?.legs ?? []).reduce(
    (sum, leg) => (leg.fill.clientOrderId === clientOrderId ? sum.plus(leg.size) : sum),
    ZERO,
  )
}

/** Contracts of an episode that orders of others opened: where both went the same way, the venue holds one position of both. */
export function openedByOthers(episode: Episode | null, entryId: ClientOrderId): Decimal {
  return (episode?.legs ?? []).reduce(
    (sum, { role, fill, size }) => (role === 'open' && fill.clientOrderId !== entryId ? sum.plus(size) : sum),
    ZERO,
  )
}

/** Position an episode leaves, positive long. */
export function signedResidual(episode: Episode | null): Decimal {
  if (episode === null) return ZERO
  const residual = decimal(episode.residual)
  return episode.side === 'long' ? residual : residual.negated()
}
