/** What somebody had to be told: every orphan and every unexpected position, once each, and nothing that is not so. Pure. */
import type { SweepRow } from '#domain/records.ts'
import { type AccountEvidence, type Deed, type Evidence, symbolAt } from '../evidence.ts'
import { joinedByVoid, trueEpisodes, voidedOrders } from '../true-episodes.ts'
import type { Breach } from './breach.ts'
import { strangersOf } from './strangers.ts'

/** Clocks of processes and venues differ by less; ms. */
const CLOCKS_MS = 2_000
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
    const behind = closedBehindTheBook(account, strangersOf(evidence, account.id))
    // An exit that the venue took back later was ours when it was booked; its ledger now shows another end.
    const voided = new Set([...voidedOrders(account), ...joinedByVoid(account.truth)])
    for (const position of book.positions) {
      if (position.account !== account.id || position.state !== 'closed') continue
      const told = book.alerts.filter(({ kind, positionId }) => kind === 'orphan' && positionId === position.positionId)
      const about = `${account.id} ${position.instrument} ${position.positionId}`
      const entries = position.orders.filter(({ event }) => event === 'entry').map(({ clientOrderId }) => clientOrderId)
      const takenBack = position.orders.some(({ clientOrderId }) => voided.has(clientOrderId))
      const expected = !takenBack && entries.some((id) => behind.has(id))
      if (expected || position.orphaned) findings.push(finding(told.length, about, 'an orphan'))
      else if (told.length > 0)
        findings.push({ told: 2, breach: { invariant: 'alerts', about, what: 'is no orphan and was told as one' } })
    }
  }
  return findings
}

/** Entry ids of ours whose stretch ended by an order of somebody else. */
function closedBehindTheBook({ truth }: AccountEvidence, strangers: ReadonlySet<string>): ReadonlySet<string> {
  const ended = trueEpisodes(truth).filter(({ closedAt, legs }) => {
    const last = legs.at(-1)
    return closedAt !== null && last !== undefined && strangers.has(last.fill.orderId)
  })
  return new Set(
    ended.flatMap(({ legs }) =>
      legs.flatMap(({ role, fill }) =>
        role === 'open' && fill.clientOrderId !== null ? [plainId(fill.clientOrderId)] : [],
      ),
    ),
  )
}

function plainId(clientOrderId: string): string {
  return clientOrderId.replace(/^0x/, '').slice(0, 32)
}

/** A position that somebody opened where the venue was flat, and that stood throughout a complete sweep. */
function checkUnexpected(deed: Deed, { book, accounts }: Evidence): Finding[] {
  const account = accounts.find(({ id }) => id === deed.account)
  if (deed.kind !== 'open-by-hand' || account === undefined) return []
  const end = deed.endedAt ?? 0
  const isSeenBy = ({ account: of, complete, startedAt, finishedAt }: SweepRow): boolean =>
    of === deed.account && complete && startedAt > deed.at + STALE_MS && finishedAt < end - CLOCKS_MS
  if (!book.sweeps.some(isSeenBy)) return []
  const concerned = book.alerts.filter(
    ({ kind, account: at, instrument }) =>
      UNEXPECTED.has(kind) &&
      at === deed.account &&
      instrument !== null &&
      symbolAt(account.venue, instrument) === deed.symbol,
  )
  const told = concerned.filter(({ raisedAt }) => raisedAt >= deed.at - CLOCKS_MS && raisedAt <= end + CLOCKS_MS)
  // Beside a position of ours it is drift; once that has ended it is a position of nobody's. Each is news once.
  const ofOneKind = [...Map.groupBy(told, ({ kind }) => kind).values()].map((same) => same.length)
  // One that nobody saw end, before the next of its kind began, is told by the alert that still stands.
  const stands = concerned.some(
    ({ raisedAt, resolvedAt }) => raisedAt < deed.at && (resolvedAt === null || resolvedAt > deed.at),
  )
  const times = Math.max(stands ? 1 : 0, ...ofOneKind)
  return [finding(times, `${deed.account} ${deed.symbol} ${deed.at}`, 'an unexpected position')]
}
