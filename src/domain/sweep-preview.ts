/** What a sweep would do about what two looks found. Pure; it foresees the acts of sweep-findings.ts and lift-locks.ts, and orders none of them. */
import type { AccountRow } from './account.ts'
import { locksEntries } from './comparison.ts'
import type { InstrumentId, PositionId } from './ids.ts'
import type { AlertRow, Finding } from './records.ts'

/** A finding and what a sweep would do about it, one sentence each. */
export interface ForeseenFinding extends Finding {
  readonly would: readonly string[]
}

/** What a sweep would come to, as far as book and broker say it beforehand. */
export interface Foreseen {
  readonly findings: readonly ForeseenFinding[]
  /** Instruments whose lock would be lifted, and why it stands. */
  readonly lifts: readonly { readonly instrument: InstrumentId; readonly reason: string }[]
  /** Unexpected positions that somebody asked to adopt: the fills decide. */
  readonly adoptions: readonly InstrumentId[]
}

interface Looked {
  /** Those that stand in both looks. */
  readonly findings: readonly Finding[]
  /** Instruments that either look saw differ, or did not judge. */
  readonly differing: ReadonlySet<InstrumentId>
  /** The venue's time of the first look, ms. */
  readonly asOf: number
  /** Null while the book does not know the account. */
  readonly row: AccountRow | null
  /** Active alerts of the account. */
  readonly alerts: readonly AlertRow[]
  /** Positions whose rebuilding is owed already. */
  readonly rebuilding: ReadonlySet<PositionId>
}

export function foresee({ findings, differing, asOf, row, alerts, rebuilding }: Looked): Foreseen {
  const adopting = Object.entries(row?.adopting ?? {}).flatMap(([name, { refused }]) =>
    refused === null ? [name] : [],
  )
  const isAdoption = ({ kind, instrument }: Finding): boolean =>
    kind === 'unexpected-position' && adopting.includes(instrument)
  return {
    findings: findings.map((finding) => ({
      ...finding,
      would: isAdoption(finding)
        ? ["make the position the book's where its fills prove it, as somebody asked; else alert and lock"]
        : [...rebuildSteps(finding, rebuilding), ...alertSteps(finding, alerts), ...lockSteps(finding, row)],
    })),
    lifts: Object.entries(row?.locks ?? {})
      .filter(([name, { since }]) => name !== '*' && !differing.has(name) && since < asOf)
      .map(([instrument, { reason }]) => ({ instrument, reason })),
    adoptions: findings.filter(isAdoption).map(({ instrument }) => instrument),
  }
}

function rebuildSteps({ kind, positionId }: Finding, rebuilding: ReadonlySet<PositionId>): string[] {
  if (positionId === null || (kind !== 'orphan' && kind !== 'side-drift')) return []
  return [
    rebuilding.has(positionId)
      ? 'nothing new: the exit is being rebuilt from fills already'
      : `rebuild the exit of ${positionId} from fills; a critical alert follows once they prove it`,
  ]
}

/** The alert of an orphan comes with its proof. */
function alertSteps({ kind, instrument }: Finding, alerts: readonly AlertRow[]): string[] {
  if (kind === 'orphan') return []
  const stands = alerts.some((alert) => alert.kind === kind && alert.instrument === instrument)
  return [stands ? `nothing new: alert ${kind} stands already` : `raise alert ${kind}`]
}

function lockSteps(finding: Finding, row: AccountRow | null): string[] {
  if (!locksEntries(finding)) return []
  const { instrument } = finding
  return [
    row?.locks[instrument] === undefined
      ? `lock entries of ${instrument}; exits go on`
      : `entries of ${instrument} stay locked`,
  ]
}
