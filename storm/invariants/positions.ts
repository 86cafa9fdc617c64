/** Positions of the book against stretches of exposure in the venue's ledger: each ours, each proven, each equal to the last digit. Pure. */
import { Decimal, decimal } from '#domain/decimal.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { type AccountEvidence, type BookRows, type Evidence, LEFT_TO_PEOPLE, symbolAt } from '../evidence.ts'
import { type TrueEpisode, joinedByVoid, openersOf, trueEpisodes, voidedOrders } from '../true-episodes.ts'
import { adoptedEpisode } from './adoptions.ts'
import type { Breach } from './breach.ts'

/** Decimals to which results are equal: the fee of a fill through zero is divided, and a division may never end. */
const PLACES = 8

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
  const positions = book.positions.filter((row) => row.account === account.id)
  const episodes = trueEpisodes(account.truth)
  const voided = voidedOrders(account)
  const joined = joinedByVoid(account.truth)
  const restated = new Set(account.truth.fills.filter((fill) => fill.voided).map((fill) => fill.symbol))
  const reversed = new Set(book.ledger.filter(({ kind }) => kind === 'reversal').map(({ positionId }) => positionId))
  const told = new Set(book.alerts.filter(({ kind }) => LEFT_TO_PEOPLE.has(kind)).map(({ positionId }) => positionId))
  // A trade taken back may leave a later position of its symbol without any exposure to prove: a person was told.
  const isVoided = ({ orders, positionId, instrument, state, adopted }: PositionRow): boolean =>
    (adopted !== undefined && restated.has(symbolAt(account.venue, instrument))) ||
    orders.some(({ clientOrderId }) => voided.has(clientOrderId) || joined.has(clientOrderId)) ||
    reversed.has(positionId) ||
    (state !== 'closed' && told.has(positionId) && restated.has(symbolAt(account.venue, instrument)))
  const checked = positions
    .filter((row) => !isVoided(row))
    .map((row) => ({ row, breaches: checkOne(row, episodeOf(row, account, episodes), account) }))
  const closed = checked.filter(({ row }) => row.state === 'closed')
  return {
    breaches: [...checked.flatMap(({ breaches }) => breaches), ...unclaimed(account, positions, episodes)],
    compared: closed.length,
    wrong: closed.filter(({ breaches }) => breaches.some(({ invariant }) => invariant === 'true-pnl')).length,
    provisional: closed.filter(({ row }) => row.realised?.provisional !== false).length,
    voided: positions.length - checked.length,
  }
}

/** The stretch that the position's entry opened, or was part of; of an adopted one the stretch that was adopted. */
function episodeOf(
  position: PositionRow,
  account: AccountEvidence,
  episodes: readonly TrueEpisode[],
): TrueEpisode | undefined {
  if (position.adopted !== undefined) return adoptedEpisode(position, account, episodes)
  const entry = clientOrderIdOf(position.positionId, 'entry', 0)
  return episodes.find((episode) => openersOf(episode).has(entry))
}

/** Exposure that orders of ours opened and that is no position of the book. */
function unclaimed(
  account: AccountEvidence,
  positions: readonly PositionRow[],
  episodes: readonly TrueEpisode[],
): Breach[] {
  const entries = new Set<string>(positions.map(({ positionId }) => clientOrderIdOf(positionId, 'entry', 0)))
  const orders = positions.flatMap((row) => row.orders)
  const exits = new Set<string>(orders.filter(({ event }) => event === 'exit').map((order) => order.clientOrderId))
  return episodes.flatMap((episode) => {
    const openers = [...openersOf(episode)]
    if (openers.length === 0 || openers.some((id) => entries.has(id))) return []
    // Without reduce-only orders an exit that lands after somebody else's opens the other side: told, and left alone.
    if (account.venue === 'projectx' && openers.every((id) => exits.has(id))) return []
    // An entry that is taken back makes an opening of what had closed it: told as an unexpected position, and left alone.
    if (account.truth.fills.some(({ voided, symbol }) => voided && symbol === episode.symbol)) return []
    const about = `${account.id} ${episode.symbol} ${episode.openedAt}`
    return [
      { invariant: 'book-is-broker' as const, about, what: 'exposure of ours that no position of the book explains' },
    ]
  })
}

function checkOne(position: PositionRow, episode: TrueEpisode | undefined, account: AccountEvidence): Breach[] {
  const about = `${account.id} ${position.instrument} ${position.positionId}`
  const broken = (invariant: Breach['invariant'], what: string): Breach[] => [{ invariant, about, what }]
  switch (position.state) {
    case 'canceled':
      return episode === undefined ? [] : broken('proven-states', 'is canceled, its entry was filled at the venue')
    case 'unresolved':
      return position.realised === null ? [] : broken('proven-states', 'is unresolved and has a result')
    case 'open':
      return episode?.closedAt === null ? [] : broken('book-is-broker', 'is open, the venue holds none of it')
    case 'closed':
      return checkClosed(position, episode, broken)
    default:
      return broken('rest', `is ${position.state} at rest`)
  }
}

function checkClosed(
  position: PositionRow,
  episode: TrueEpisode | undefined,
  broken: (invariant: Breach['invariant'], what: string) => Breach[],
): Breach[] {
  if (episode === undefined) return broken('proven-states', 'is closed, the venue never had exposure for it')
  if (episode.closedAt === null) return broken('book-is-broker', 'is closed, the venue holds it')
  const { realised } = position
  if (realised === null) return broken('true-pnl', 'is closed without a result and not marked unresolved')
  if (realised.provisional) return []
  if (episode.side !== position.side)
    return broken('proven-states', `is ${position.side}, the venue held ${episode.side}`)
  if (decimal(realised.net).toDecimalPlaces(PLACES).eq(decimal(episode.net).toDecimalPlaces(PLACES))) return []
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
