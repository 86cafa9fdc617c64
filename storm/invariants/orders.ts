/** Orders at the venues against intents of the book: one each, and every settled intent says what the venue says. Pure. */
import type { IntentRow } from '#domain/order.ts'
import { type AccountEvidence, type BookRows, type Evidence, symbolAt } from '../evidence.ts'
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
  return accounts.flatMap((account) => [
    ...checkLanded(account, book),
    ...checkIntents(account, book),
    ...checkWorking(account, book),
  ])
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

/** At rest an order works in the book if it works at the venue. A child that no venue's id is known of needs any order that works there. */
function checkWorking({ id: account, venue, truth }: AccountEvidence, book: BookRows): Breach[] {
  const byOwnId = new Map(truth.orders.map((order) => [ownIdOf(order.clientOrderId), order]))
  const byVenueId = new Map(truth.orders.map((order) => [order.orderId, order]))
  return book.orders
    .filter((row) => row.account === account)
    .flatMap((row) => {
      const order = byVenueId.get(row.venueOrderId ?? '') ?? byOwnId.get(row.clientOrderId)
      const symbol = symbolAt(venue, row.instrument)
      const anyWorks = truth.orders.some((other) => other.working && other.symbol === symbol)
      if (order === undefined ? !row.working || anyWorks : row.working === order.working) return []
      const what = `is ${row.working ? 'working' : row.status} in the book, at the venue it is ${row.working ? 'not' : 'working'}`
      return [{ invariant: 'book-is-broker' as const, about: `${account} ${row.event} ${row.clientOrderId}`, what }]
    })
}

function checkIntents(account: AccountEvidence, book: BookRows): Breach[] {
  const landed = landedOrders(account)
  return book.intents
    .filter((intent) => intent.account === account.id)
    .flatMap((intent) =>
      [...contradictionsIn(intent), ...contradictionsToVenue(intent, landed.get(intent.intentId) ?? 0)].map((what) => ({
        invariant: 'proven-states' as const,
        about: `${account.id} ${intent.positionId} ${intent.intentId}`,
        what,
      })),
    )
}

function contradictionsIn({ state, settled, evidence }: IntentRow): string[] {
  if (!settled) return [`is still ${state} at rest`]
  if (state !== 'accepted' && state !== 'rejected') return [`is ${state} and settled`]
  return evidence.length === 0 ? [`is ${state} without evidence`] : []
}

function contradictionsToVenue({ state, command, evidence }: IntentRow, landed: number): string[] {
  if (command.type !== 'new-order') return []
  const { kind, detail } = evidence.at(-1) ?? { kind: 'nothing', detail: '' }
  if (state === 'accepted' && landed === 0) return [`is accepted (${kind}: ${detail}), the venue never had it`]
  return state === 'rejected' && landed > 0 ? [`is rejected (${kind}: ${detail}), the venue had it`] : []
}
