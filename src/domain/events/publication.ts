/** The debt of telling the outside of one audit record. Its key is a function of the record, so owing twice is owing once. */
import { type AccountId, type IdempotencyKey, type PositionId, idempotencyKeyOf } from '../ids.ts'
import type { EnvelopeOf } from '../message.ts'

export function publicationKeyOf(auditId: string): IdempotencyKey {
  return idempotencyKeyOf(auditId as PositionId, 'publish')
}

/** It belongs to no position, so the record's id stands in for one. `at`: when the record was made, ms. */
export function publishEnvelope(auditId: string, account: AccountId, at: number): EnvelopeOf<'publish'> {
  return {
    stage: 'publish',
    idempotency_key: publicationKeyOf(auditId),
    client_order_id: null,
    position_id: auditId as PositionId,
    account,
    source: 'book',
    ts: at,
    payload: {},
  }
}
