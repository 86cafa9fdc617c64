/** What the book keeps of an account under a programme. */
import type { AccountId } from '../ids.ts'
import type { Audited } from '../records.ts'
import type { Floor } from './floors.ts'
import type { ProgrammeVerdict } from './judge.ts'
import type { ProgrammeState } from './record.ts'

/** Row id: account id. Written at every look that taught something, at the latest at every second one. */
export interface ProgrammeRow extends Audited {
  readonly account: AccountId
  readonly firm: string
  readonly state: ProgrammeState
  /** Standing floors and the verdict at `asOf`, for people and other accounts. */
  readonly floors: readonly Floor[]
  readonly verdict: ProgrammeVerdict
  /** Ids of the alerts that stand, by cause. */
  readonly alerts: Readonly<Record<string, string>>
  /** When the broker was looked at, ms. */
  readonly asOf: number
}

/** Looks after which what the row says is no knowledge any more: entries are closed then. */
export const LOOKS_TRUSTED = 3
