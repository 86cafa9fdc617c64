/** What a scenario plans to send; time and identity come when it is sent. */
import type { StormAccount } from '#storm/accounts.ts'

/** A signal still without time and identity. */
export interface PlannedSignal {
  readonly at: number
  readonly strategy: StormAccount['strategy']
  readonly fields: Readonly<Record<string, unknown>>
}
