/** An intent as it is first written: nothing sent, nothing known. */
import type { AccountId, ClientOrderId, InstrumentId, OrderEvent, PositionId } from './ids.ts'
import type { IntentRow, OrderCommand } from './order.ts'

export interface IntentTerms {
  readonly intentId: ClientOrderId
  readonly event: OrderEvent
  readonly leg: number
  readonly command: OrderCommand
  /** A stale entry is never sent after this instant, ms; null for what always may leave. */
  readonly sendBefore: number | null
}

export function newIntent(
  about: { readonly positionId: PositionId; readonly account: AccountId; readonly instrument: InstrumentId },
  terms: IntentTerms,
  now: number,
): IntentRow {
  const { positionId, account, instrument } = about
  return {
    ...terms,
    positionId,
    account,
    instrument,
    state: 'ready',
    settled: false,
    request: null,
    evidence: [],
    createdAt: now,
    sentAt: null,
    updatedAt: now,
  }
}
