/** Orders at the venues against intents of the book: one each, and every settled intent says what the venue says. Pure. */
import type { AccountEvidence, BookRows, Evidence } from '../evidence.ts'
import { ownIdOf } from '../true-episodes.ts'
import type { Breach } from './breach.ts'

/** Orders that stood at the venue, refused ones left out, by the id we gave them. */
export function landedOrders({ truth }: Pick<AccountEvidence, 'truth'>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { clientOrderId, rejected } of truth.orders) {
    const id = ownIdOf(clientOrderId)
    if (id !== null && !rejected) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

export function checkOrders({ accounts, book }: Evidence): Breach[] {
  return accounts.flatMap((account) => [...checkLanded(account, book), ...checkIntents(account, book)])
}

function checkLanded(account: AccountEvidence, book: BookRows): Breach[] {
  const breaches: Breach[] = []
  const known = new Set<string>(
    book.intents.flatMap(({ intentId, command }) =>
      command.type === 'new-order' && command.attachedStop !== null
        ? [intentId, command.attachedStop.clientOrderId]
        : [intentId],
    ),
  )
  for (const [id, count] of landedOrders(account)) {
    const about = `${account.id} ${id}`
    const what = `landed ${count} times`
    if (count > 1) breaches.push({ invariant: 'one-order-per-intent', about, what })
    // A bracket's child carries its parent's tag.
    if (!known.has(id.slice(0, 32)))
      breaches.push({
        invariant: 'one-order-per-intent',
        about,
        what: 'stands at the venue and no intent asked for it',
      })
  }
  return breaches
}

function checkIntents(account: AccountEvidence, book: BookRows): Breach[] {
  const breaches: Breach[] = []
  const landed = landedOrders(account)
  for (const intent of book.intents) {
    if (intent.account !== account.id) continue
    const about = `${account.id} ${intent.positionId} ${intent.intentId}`
    const broken = (what: string): void => void breaches.push({ invariant: 'proven-states', about, what })
    if (intent.settled !== (intent.state === 'accepted' || intent.state === 'rejected'))
      broken(`is ${intent.state} and settled ${String(intent.settled)}`)
    if (intent.settled && intent.evidence.length === 0) broken(`is ${intent.state} without evidence`)
    if (!intent.settled) broken(`is still ${intent.state} at rest`)
    if (intent.command.type !== 'new-order') continue
    const count = landed.get(intent.intentId) ?? 0
    const proof = intent.evidence.at(-1)
    if (intent.state === 'accepted' && count === 0)
      broken(`is accepted (${proof?.kind}: ${proof?.detail}), the venue never had it`)
    if (intent.state === 'rejected' && count > 0)
      broken(`is rejected (${proof?.kind}: ${proof?.detail}), the venue had it`)
  }
  return breaches
}
