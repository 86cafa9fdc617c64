/** What route works on, read in one round. */
import type { Stored } from '#book/book.ts'
import type { AccountRow } from '#domain/account.ts'
import type { EnvelopeOf } from '#domain/message.ts'
import type { SignalRow } from '#domain/records.ts'

export interface RouteView {
  readonly envelope: EnvelopeOf<'route'>
  readonly signal: SignalRow
  readonly account: Stored<AccountRow> | null
  readonly now: number
}
