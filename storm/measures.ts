/** The numbers of a storm, from its evidence. Pure. */
import { quantile } from '#bench/statistics.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AccountEvidence, Evidence, Skew } from './evidence.ts'
import { checkAlerts } from './invariants/alerts.ts'
import { landedOrders } from './invariants/orders.ts'
import { checkPositions } from './invariants/positions.ts'
import { type TrueEpisode, ownIdOf, trueEpisodes } from './true-episodes.ts'

/** A sample of times, ms. Null where there was none. */
export interface Times {
  readonly count: number
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

export interface Measures {
  readonly signals: {
    readonly sent: number
    readonly acknowledged: number
    readonly lost: number
    readonly outcomes: Readonly<Record<string, number>>
    readonly denials: Readonly<Record<string, number>>
  }
  readonly orders: {
    readonly intents: number
    readonly landed: number
    readonly mostPerIntent: number
    readonly duplicates: number
    readonly duplicatesPerMillion: number
  }
  readonly positions: {
    readonly byState: Readonly<Record<string, number>>
    readonly byExit: Readonly<Record<string, number>>
    readonly compared: number
    readonly wrongPnl: number
    readonly provisional: number
    readonly voided: number
  }
  /** From the venue's time of the exit, its clock's error taken away, to the alert. */
  readonly orphanDetection: Times
  readonly recoveryAfterKill: Times & { readonly never: number }
  readonly recoveryAfterWipe: Times & { readonly never: number }
  readonly accounts: readonly {
    readonly account: string
    readonly positions: number
    readonly unexplainedUsd: string | null
    readonly openAtBroker: number
  }[]
  readonly alerts: {
    readonly expected: number
    readonly missed: number
    readonly doubled: number
    readonly byKind: Readonly<Record<string, number>>
  }
  readonly disturbances: Readonly<Record<string, number>>
}

export function measure(evidence: Evidence): Measures {
  const { signals, book, accounts, recoveries, happenings } = evidence
  const landed = accounts.flatMap((account) => [...landedOrders(account).values()])
  const total = landed.reduce((sum, count) => sum + count, 0)
  const duplicates = total - landed.length
  const { breaches: _, compared, wrong, provisional, voided } = checkPositions(evidence)
  const { expected, missed, doubled } = checkAlerts(evidence)
  const recovered = (of: 'kill' | 'wipe') => {
    const all = recoveries.filter((recovery) => recovery.of === of)
    const ms = all.flatMap((recovery) => (recovery.ms === null ? [] : [recovery.ms]))
    return { ...timesOf(ms), never: all.length - ms.length }
  }
  const acknowledged = signals.filter((signal) => signal.acknowledged !== null).length
  return {
    signals: {
      sent: signals.length,
      acknowledged,
      lost: signals.length - acknowledged,
      outcomes: countBy(book.routed, ({ outcome }) => outcome.result),
      denials: countBy(
        book.routed.filter(({ outcome }) => outcome.result === 'denied'),
        ({ outcome }) => outcome.gate ?? 'none',
      ),
    },
    orders: {
      intents: book.intents.filter(({ command }) => command.type === 'new-order').length,
      landed: total,
      mostPerIntent: Math.max(0, ...landed),
      duplicates,
      duplicatesPerMillion: total === 0 ? 0 : Math.round((duplicates / total) * 1_000_000),
    },
    positions: {
      byState: countBy(book.positions, ({ state }) => state),
      byExit: countBy(
        book.positions.filter(({ state }) => state === 'closed'),
        ({ exitReason, orphaned }) => `${exitReason ?? 'none'}${orphaned ? ' (orphan)' : ''}`,
      ),
      compared,
      wrongPnl: wrong,
      provisional,
      voided,
    },
    orphanDetection: timesOf(orphanDetections(evidence)),
    recoveryAfterKill: recovered('kill'),
    recoveryAfterWipe: recovered('wipe'),
    accounts: accounts.map(({ id, equity, truth }) => ({
      account: id,
      positions: book.positions.filter(({ account }) => account === id).length,
      unexplainedUsd: equity?.unexplained ?? null,
      openAtBroker: truth.positions.length,
    })),
    alerts: { expected, missed, doubled, byKind: countBy(book.alerts, ({ kind }) => kind) },
    disturbances: countBy(
      happenings.filter(({ detail, kind }) => detail !== 'is over' && !kind.endsWith('failed')),
      ({ kind }) => kind.split(' ')[0] ?? kind,
    ),
  }
}

function timesOf(sample: readonly number[]): Times {
  if (sample.length === 0) return { count: 0, p50: null, p99: null, max: null }
  return { count: sample.length, p50: quantile(sample, 0.5), p99: quantile(sample, 0.99), max: Math.max(...sample) }
}

function countBy<T>(rows: readonly T[], nameOf: (row: T) => string): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a))
}

function orphanDetections({ accounts, book, skews }: Evidence): number[] {
  return accounts.flatMap((account) => {
    const episodes = trueEpisodes(account.truth)
    return book.positions.flatMap((row) => {
      if (row.account !== account.id || row.state !== 'closed' || !row.orphaned) return []
      const alert = book.alerts.find(({ kind, positionId }) => kind === 'orphan' && positionId === row.positionId)
      const closedAt = episodeOf(row, episodes)?.closedAt ?? null
      if (alert === undefined || closedAt === null) return []
      // Clocks of workers are off by up to a second: what would be negative is seen at once.
      return [Math.max(0, alert.raisedAt - undisturbed(closedAt, account.venue, skews))]
    })
  })
}

function episodeOf(row: PositionRow, episodes: readonly TrueEpisode[]): TrueEpisode | undefined {
  const entries = new Set<string>(
    row.orders.filter(({ event }) => event === 'entry').map((order) => order.clientOrderId),
  )
  return episodes.find(({ legs }) =>
    legs.some(({ role, fill }) => role === 'open' && entries.has(ownIdOf(fill.clientOrderId) ?? '')),
  )
}

/** A time of a venue's clock on the clock that nobody disturbed, ms. */
function undisturbed(time: number, venue: AccountEvidence['venue'], skews: readonly Skew[]): number {
  const skew = skews.findLast((entry) => entry.venue === venue && entry.from + entry.aheadMs <= time)
  return time - (skew?.aheadMs ?? 0)
}
