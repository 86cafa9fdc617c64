/** Work that repeats by the clock, and its messages: the sweep of a site's accounts, the guard of an account in a programme. */
import type { AccountId, IdempotencyKey, PositionId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'

/** Why a sweep runs: by the clock, at the start of a process, or because somebody asked. */
export type SweepTrigger = 'scheduled' | 'boot' | 'demand'

/** The account of a message that is meant for every account (of a site): its handler fans out. */
export const EVERY_ACCOUNT = '*'

/** What is to be done again and again, and how often. */
export interface Schedule {
  readonly stage: 'sweep' | 'guard'
  readonly account: AccountId
  readonly everyMs: number
}

/** Names the schedule in Redis, and what its messages are about. */
export function scheduleIdOf({ stage, account }: Pick<Schedule, 'stage' | 'account'>): PositionId {
  const name = account === EVERY_ACCOUNT ? 'all' : account.replaceAll(/[:\s]/g, '_')
  return `${stage}-${name}` as PositionId
}

/** The message of one slot of a schedule, ms: a slot that is run twice carries the same message twice. */
export function messageOfSlot({ stage, account }: Schedule, slot: number): Envelope {
  return stage === 'guard' ? guardEnvelope(account, slot) : sweepEnvelope(account, 'scheduled', slot)
}

/**
 * A sweep of one account, or of every account. One that waits already is enough; one that runs is followed by one more.
 * `at` (ms) is its slot or the time of the request and makes its key.
 */
export function sweepEnvelope(account: AccountId, trigger: SweepTrigger, at: number): Envelope {
  return { ...common('sweep', account, at), stage: 'sweep', payload: { trigger } }
}

/** One look at the floors that a programme puts under an account; `slot` (ms) makes its key. */
export function guardEnvelope(account: AccountId, slot: number): Envelope {
  return { ...common('guard', account, slot), stage: 'guard', payload: {} }
}

function common(stage: Schedule['stage'], account: AccountId, at: number) {
  const subject = scheduleIdOf({ stage, account })
  return {
    idempotency_key: `${subject}-${at}` as IdempotencyKey,
    client_order_id: null,
    position_id: subject,
    account,
    source: stage,
    ts: at,
  }
}
