/** What somebody had to be told: every orphan and every unexpected position, once each, and nothing that is not so. Pure. */
import type { AlertRow, AuditRow, SweepRow } from '#domain/records.ts'
import { type AccountEvidence, type Deed, type Evidence, symbolAt } from '../evidence.ts'
import { type TrueEpisode, joinedByVoid, trueEpisodes, voidedOrders } from '../true-episodes.ts'
import { adoptedEpisode } from './adoptions.ts'
import type { Breach } from './breach.ts'
import { chainOf, ignoredSpans, isOn, targetOf } from './records.ts'
import { strangersOf } from './strangers.ts'

/** Clocks of processes and venues differ by less; ms. */
const CLOCKS_MS = 2_000
/** A process's clock is wrong by less; ms. */
const SKEW_MS = 450
/** A venue may tell what was, for so long; ms. A sweep that began later, and was complete, had to see it. */
const STALE_MS = 3_000
/** Told of a position that is not as the book has it. */
const UNEXPECTED: ReadonlySet<string> = new Set(['unexpected-position', 'size-drift', 'side-drift'])

export interface AlertCheck {
  readonly breaches: readonly Breach[]
  readonly expected: number
  readonly missed: number
  readonly doubled: number
}

export function checkAlerts(evidence: Evidence): AlertCheck {
  const orphans = checkOrphans(evidence)
  const unexpected = evidence.deeds.flatMap((deed) => checkUnexpected(deed, evidence))
  const findings = [...orphans, ...unexpected]
  return {
    breaches: findings.flatMap(({ breach }) => (breach === null ? [] : [breach])),
    expected: findings.length,
    missed: findings.filter(({ told }) => told === 0).length,
    doubled: findings.filter(({ told }) => told > 1).length,
  }
}

interface Finding {
  readonly told: number
  readonly breach: Breach | null
}

function finding(told: number, about: string, what: string): Finding {
  if (told === 1) return { told, breach: null }
  return { told, breach: { invariant: 'alerts', about, what: `${what} was told ${told} times` } }
}

/** Orphans of the book are told once; an exit that somebody else made is an orphan. */
function checkOrphans(evidence: Evidence): Finding[] {
  const { book, accounts } = evidence
  const findings: Finding[] = []
  for (const account of accounts) {
    const strangers = strangersOf(evidence, account.id)
    const episodes = trueEpisodes(account.truth)
    const behind = closedBehindTheBook(episodes, strangers)
    const restated = new Set(account.truth.fills.filter((fill) => fill.voided).map((fill) => fill.symbol))
    // An exit that the venue took back later was ours when it was booked; its ledger now shows another end.
    const voided = new Set([...voidedOrders(account), ...joinedByVoid(account.truth)])
    for (const position of book.positions) {
      if (position.account !== account.id || position.state !== 'closed') continue
      const told = book.alerts.filter(({ kind, positionId }) => kind === 'orphan' && positionId === position.positionId)
      const about = `${account.id} ${position.instrument} ${position.positionId}`
      const entries = position.orders.filter(({ event }) => event === 'entry').map(({ clientOrderId }) => clientOrderId)
      const takenBack =
        position.orders.some(({ clientOrderId }) => voided.has(clientOrderId)) ||
        (position.adopted !== undefined && restated.has(symbolAt(account.venue, position.instrument)))
      const adopted = adoptedEpisode(position, account, episodes)
      const closedByOthers = adopted === undefined ? entries.some((id) => behind.has(id)) : endsBy(adopted, strangers)
      const expected = !takenBack && closedByOthers
      if (expected || position.orphaned) findings.push(finding(told.length, about, 'an orphan'))
      else if (told.length > 0)
        findings.push({ told: 2, breach: { invariant: 'alerts', about, what: 'is no orphan and was told as one' } })
    }
  }
  return findings
}

/** Entry ids of ours whose stretch ended by an order of somebody else. */
function closedBehindTheBook(episodes: readonly TrueEpisode[], strangers: ReadonlySet<string>): ReadonlySet<string> {
  const ended = episodes.filter((episode) => endsBy(episode, strangers))
  return new Set(
    ended.flatMap(({ legs }) =>
      legs.flatMap(({ role, fill }) =>
        role === 'open' && fill.clientOrderId !== null ? [plainId(fill.clientOrderId)] : [],
      ),
    ),
  )
}

function endsBy({ closedAt, legs }: TrueEpisode, orders: ReadonlySet<string>): boolean {
  const last = legs.at(-1)
  return closedAt !== null && last !== undefined && orders.has(last.fill.orderId)
}

function plainId(clientOrderId: string): string {
  return clientOrderId.replace(/^0x/, '').slice(0, 32)
}

/** Ends the news of an unexpected position, and makes it news again. */
const MUTES: ReadonlySet<string> = new Set(['ignore', 'adopted'])
const CHANGED = 'ignoring ended: it has changed'

/**
 * A position that somebody opened where the venue was flat, and that stood throughout a complete sweep, is told once. An operator who
 * ignores or adopts it ends that; one that is ignored no longer, or has changed, is told once more.
 */
function checkUnexpected(deed: Deed, { book, accounts, deeds }: Evidence): Finding[] {
  const account = accounts.find(({ id }) => id === deed.account)
  if (deed.kind !== 'open-by-hand' || account === undefined) return []
  const end = endOf(deed, account)
  const isIt = (instrument: string): boolean => symbolAt(account.venue, instrument) === deed.symbol
  const isWhile = whileOf(deed, end, deeds)
  const words = chainOf(account.id, book.records).filter(
    (record) =>
      isWhile(record.at) && [...instrumentsOf(book, account.id)].some((name) => isIt(name) && isOn(record, name)),
  )
  const muted = words.filter(({ decision }) => MUTES.has(decision)).map(({ at }) => at)
  // An ignoring of the other side was of a position before this one: its end need be no further news.
  const changes = words.filter(({ decision }) => decision === CHANGED)
  const [itsOwn, before] = bySide(changes, deed)
  const spans = [
    { from: deed.at, required: muted.length > 0 },
    ...words.filter(({ decision }) => decision === 'unignore').map(({ at }) => ({ from: at, required: false })),
    ...itsOwn.map(({ at }) => ({ from: at, required: true })),
  ]
  // What is being entered explains differences of its own until it rests.
  const beside = enteringSpans(book, account.id, isIt)
  const isSeenFrom = (from: number): boolean => {
    const to = Math.min(end, ...muted.filter((at) => at > from))
    return book.sweeps.some(
      ({ account: of, complete, startedAt, finishedAt }: SweepRow) =>
        of === deed.account &&
        complete &&
        startedAt > from + STALE_MS &&
        finishedAt < to - CLOCKS_MS &&
        !beside.some((span) => startedAt >= span.from && startedAt <= span.to),
    )
  }
  const least = spans.filter(({ from, required }) => required || isSeenFrom(from)).length
  // One that equals what was ignored there before it, and was never seen flat in between, is that one for every look.
  const chain = chainOf(account.id, book.records)
  const names = [...instrumentsOf(book, account.id)].filter(isIt)
  const isTakenOver = names.some((name) =>
    ignoredSpans(chain, name).some((span) => span.from < deed.at && span.to > deed.at),
  )
  if (least === 0 || isTakenOver) return []
  const told = book.alerts.filter(
    (alert: AlertRow) =>
      alert.account === deed.account &&
      alert.instrument !== null &&
      isIt(alert.instrument) &&
      isWhile(alert.raisedAt) &&
      isOf(deed, alert),
  )
  // Beside a position of ours it is drift; once that has ended it is a position of nobody's. Each is news once.
  const ofOneKind = [...Map.groupBy(told, ({ kind }) => kind).values()].map((same) => same.length)
  // What was told of a position before it goes on standing where no sweep saw it flat in between.
  const standing = book.alerts.some(
    (alert) =>
      alert.account === deed.account &&
      alert.instrument !== null &&
      isIt(alert.instrument) &&
      isOf(deed, alert) &&
      alert.raisedAt < deed.at &&
      (alert.resolvedAt ?? Infinity) > deed.at,
  )
  const most = Math.max(standing ? 1 : 0, ...ofOneKind)
  // A trade that is taken back may make a position of nobody's once more.
  const voids = account.truth.fills.filter(({ voided, symbol }) => voided && symbol === deed.symbol).length
  const count = most < least ? 0 : most > spans.length + before.length + voids ? most : 1
  return [finding(count, `${deed.account} ${deed.symbol} ${deed.at}`, `an unexpected position (${most} of ${least})`)]
}

function sideOf({ detail }: Deed): string {
  return detail.startsWith('sell') ? 'short' : 'long'
}

/** Ends of ignorings: of this position, and of one on the other side. */
function bySide(changes: readonly AuditRow[], deed: Deed): readonly [AuditRow[], AuditRow[]] {
  const isOfIt = (record: AuditRow): boolean => sideIgnored(record) === sideOf(deed)
  return [changes.filter(isOfIt), changes.filter((record) => !isOfIt(record))]
}

/** The side that was ignored, of the record of an ignoring's end. */
function sideIgnored({ inputs }: AuditRow): unknown {
  return (inputs['ignored'] as { readonly side?: unknown } | undefined)?.side
}

/** Whether the alert may tell of it: an unexpected position on the other side was somebody's before it or after it. */
function isOf(deed: Deed, { kind, detail }: AlertRow): boolean {
  if (!UNEXPECTED.has(kind)) return false
  return kind !== 'unexpected-position' || detail.includes('Broker: -') === (sideOf(deed) === 'short')
}

/** Whether an instant is one of its life, as far as clocks can tell; what was opened there before or after it has a life of its own. */
function whileOf(deed: Deed, end: number, deeds: readonly Deed[]): (at: number) => boolean {
  const others = deeds.filter(
    ({ kind, account, symbol, at }) =>
      kind === deed.kind && account === deed.account && symbol === deed.symbol && at !== deed.at,
  )
  const from = deed.at - (others.some(({ at }) => at < deed.at) ? SKEW_MS : CLOCKS_MS)
  const next = others.filter(({ at }) => at > deed.at).map(({ at }) => at - SKEW_MS)
  const to = Math.min(end + CLOCKS_MS, ...next)
  return (at) => at >= from && at < to
}

/** When it was flat there again, by the ledger or as whoever opened it says. */
function endOf({ endedAt, orderIds }: Deed, { truth }: AccountEvidence): number {
  const episode = trueEpisodes(truth).find(({ legs }) =>
    legs.some(({ role, fill }) => role === 'open' && orderIds.includes(fill.orderId)),
  )
  if (episode === undefined) return endedAt ?? 0
  return Math.min(endedAt ?? Infinity, episode.closedAt ?? Infinity)
}

/** When an entry of ours was under way there. */
function enteringSpans(
  { positions, intents }: Evidence['book'],
  account: string,
  isIt: (instrument: string) => boolean,
) {
  const settledAt = (id: string): number =>
    intents.find(({ positionId, event }) => positionId === id && event === 'entry')?.updatedAt ?? 0
  return positions
    .filter((row) => row.account === account && row.adopted === undefined && isIt(row.instrument))
    .map(({ positionId, createdAt, openedAt, closedAt }) => ({
      from: createdAt - CLOCKS_MS,
      to: Math.max(openedAt ?? closedAt ?? Infinity, settledAt(positionId)) + STALE_MS,
    }))
}

/** Instruments that words of operators and findings are about. */
function instrumentsOf({ records }: Evidence['book'], account: string): ReadonlySet<string> {
  const chain = chainOf(account, records)
  return new Set(
    chain.flatMap((record) => targetOf(record).instrument ?? (record.inputs['instrument'] as string) ?? []),
  )
}
