/** Positions of the book against stretches of exposure in the venue's ledger: each ours, each proven, each equal to the last digit. Pure. */
import { Decimal, decimal } from '#domain/decimal.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { type AccountEvidence, type BookRows, type Evidence, symbolAt } from '../evidence.ts'
import { type TrueEpisode, ownIdOf, trueEpisodes, voidedOrders } from '../true-episodes.ts'
import type { Breach } from './breach.ts'

/** How positions and the venue's own stretches compare. */
export interface PositionCheck {
  readonly breaches: readonly Breach[]
  readonly compared: number
  readonly wrong: number
  /** Results that the book itself calls provisional or unknown. */
  readonly provisional: number
  /** Positions with a trade that the venue took back: their result is checked through the equity of their account. */
  readonly voided: number
}

export function checkPositions({ accounts, book }: Evidence): PositionCheck {
  const checks = accounts.map((account) => checkAccount(account, book))
  const sum = (count: (check: PositionCheck) => number): number =>
    checks.reduce((total, check) => total + count(check), 0)
  return {
    breaches: checks.flatMap((check) => check.breaches),
    compared: sum((check) => check.compared),
    wrong: sum((check) => check.wrong),
    provisional: sum((check) => check.provisional),
    voided: sum((check) => check.voided),
  }
}

function checkAccount(account: AccountEvidence, book: BookRows): PositionCheck {
  const breaches: Breach[] = []
  const episodes = trueEpisodes(account.truth)
  const byEntry = new Map<string, TrueEpisode[]>()
  for (const episode of episodes)
    for (const id of openersOf(episode)) byEntry.set(id, [...(byEntry.get(id) ?? []), episode])
  const voidedIds = voidedOrders(account)
  const counts = { compared: 0, wrong: 0, provisional: 0, voided: 0 }
  const claimed = new Set<TrueEpisode>()
  for (const position of book.positions) {
    if (position.account !== account.id) continue
    const mine = byEntry.get(clientOrderIdOf(position.positionId, 'entry', 0)) ?? []
    for (const episode of mine) claimed.add(episode)
    if (position.orders.some(({ clientOrderId }) => voidedIds.has(clientOrderId))) {
      counts.voided += 1
      continue
    }
    const found = checkOne(position, mine, account)
    breaches.push(...found)
    if (position.state !== 'closed') continue
    counts.compared += 1
    if (found.some(({ invariant }) => invariant === 'true-pnl')) counts.wrong += 1
    if (position.realised === null || position.realised.provisional) counts.provisional += 1
  }
  const exits = new Set<string>(
    book.positions.flatMap(({ orders }) =>
      orders.filter(({ event }) => event === 'exit').map(({ clientOrderId }) => clientOrderId),
    ),
  )
  for (const episode of episodes) {
    const openers = openersOf(episode)
    if (openers.size > 0 && !claimed.has(episode)) {
      // Without reduce-only orders an exit that lands after somebody else's opens the other side: told, and left alone.
      if (account.venue === 'projectx' && [...openers].every((id) => exits.has(id))) continue
      const about = `${account.id} ${episode.symbol} ${episode.openedAt}`
      breaches.push({
        invariant: 'book-is-broker',
        about,
        what: 'exposure of ours that no position of the book explains',
      })
    }
  }
  return { breaches, ...counts }
}

/** Client order ids of ours among the orders that opened it. */
function openersOf(episode: TrueEpisode): ReadonlySet<string> {
  const ids = episode.legs.filter(({ role }) => role === 'open').map(({ fill }) => ownIdOf(fill.clientOrderId))
  return new Set(ids.filter((id) => id !== null))
}

function checkOne(position: PositionRow, episodes: readonly TrueEpisode[], account: AccountEvidence): Breach[] {
  const about = `${account.id} ${position.instrument} ${position.positionId}`
  const broken = (invariant: Breach['invariant'], what: string): Breach[] => [{ invariant, about, what }]
  const [episode] = episodes
  switch (position.state) {
    case 'canceled':
      return episode === undefined ? [] : broken('proven-states', 'is canceled, its entry was filled at the venue')
    case 'pending':
    case 'entering':
    case 'closing':
      return broken('rest', `is ${position.state} at rest`)
    case 'unresolved':
      return position.realised === null ? [] : broken('proven-states', 'is unresolved and has a result')
    case 'open':
      return episode?.closedAt === null ? [] : broken('book-is-broker', 'is open, the venue holds none of it')
    case 'closed':
      return episode === undefined
        ? broken('proven-states', 'is closed, the venue never had exposure for it')
        : checkClosed(position, episode, broken)
  }
}

function checkClosed(
  position: PositionRow,
  episode: TrueEpisode,
  broken: (invariant: Breach['invariant'], what: string) => Breach[],
): Breach[] {
  if (episode.closedAt === null) return broken('book-is-broker', 'is closed, the venue holds it')
  const { realised } = position
  if (realised === null) return broken('true-pnl', 'is closed without a result and not marked unresolved')
  if (realised.provisional) return []
  if (episode.side !== position.side)
    return broken('proven-states', `is ${position.side}, the venue held ${episode.side}`)
  if (decimal(realised.net).eq(episode.net)) return []
  return broken('true-pnl', `has a result of ${realised.net} USD, the venue's ledger says ${episode.net}`)
}

/** Positions of the book and of the venue that differ, for a moment at rest. */
export function openDifferences(
  account: Pick<AccountEvidence, 'id' | 'venue' | 'truth'>,
  positions: readonly PositionRow[],
): string[] {
  const book = new Map<string, string>()
  for (const row of positions) {
    if (row.account !== account.id || !row.open || row.state === 'unresolved') continue
    const signed = row.side === 'long' ? decimal(row.size) : decimal(row.size).neg()
    book.set(symbolAt(account.venue, row.instrument), signed.toFixed())
  }
  const broker = new Map(account.truth.positions.map(({ symbol, size }) => [symbol, new Decimal(size).toFixed()]))
  return [...new Set([...book.keys(), ...broker.keys()])]
    .filter((symbol) => book.get(symbol) !== broker.get(symbol))
    .map(
      (symbol) => `${account.id} ${symbol}: book ${book.get(symbol) ?? 'flat'}, broker ${broker.get(symbol) ?? 'flat'}`,
    )
}
