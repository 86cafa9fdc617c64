/**
 * The only way to the wire. Makes an intent SENDING (bytes, nonce, deadline durable) and transmits it once; an intent that
 * is already SENDING or UNKNOWN is never sent blind, it is resolved with proof.
 */
import type { Stored } from '#book/book.ts'
import type { PlannedWrite } from '#book/seal.ts'
import type { OrderReport } from '#brokers/broker.ts'
import { payloadHashOf } from '#domain/ids.ts'
import type { Evidence, IntentRow, PreparedRequest } from '#domain/order.ts'
import { commitWithNonce } from './signer.ts'
import type { Tools } from './worker.ts'

/** What is known about an intent after trying. */
export type Conclusion =
  | { readonly kind: 'accepted'; readonly reports: readonly OrderReport[]; readonly evidence: Evidence }
  | { readonly kind: 'rejected'; readonly reason: string; readonly evidence: Evidence }
  /** Proven never to have landed and never to land. */
  | { readonly kind: 'absent'; readonly evidence: Evidence }
  | { readonly kind: 'unknown'; readonly observed: string }

/**
 * Signs, commits SENDING together with what `alongside` makes of the signed request, sends. `base` is the stored intent, or the fresh
 * row of one that is created by this very commit. @throws StaleWrite when another worker was first, BookUnavailable
 */
export async function submit(
  base: Stored<IntentRow> | { readonly row: IntentRow; readonly revision: null },
  alongside: (request: PreparedRequest) => readonly PlannedWrite[],
  tools: Tools,
): Promise<Conclusion> {
  const { broker } = tools.account(base.row.account)
  let request: PreparedRequest | null = null
  await commitWithNonce(
    tools.book,
    broker.signer,
    () => tools.now(),
    async (nonce) => {
      const now = tools.now()
      request = await broker.prepare(base.row.command, { nonce, now })
      const row: IntentRow = { ...base.row, state: 'sending', request, sentAt: now, updatedAt: now }
      const id = row.intentId
      return [
        base.revision === null
          ? { op: 'create', kind: 'intents', id, row }
          : { op: 'replace', kind: 'intents', id, row, revision: base.revision },
        ...alongside(request),
      ]
    },
  )
  const sent = await broker.send(request as unknown as PreparedRequest, base.row.command)
  if (sent.kind === 'accepted' || sent.kind === 'rejected') return sent
  // Most lost answers are found by the next call; only what stays unknown is worth an alarm.
  return await resolveRequest({ ...base.row, request }, tools)
}

/** What a record says of a request: what may reach the venue, not the bytes, which the intent keeps. */
export function requestShown({
  body,
  ...shown
}: PreparedRequest): Omit<PreparedRequest, 'body'> & { bodyHash: string } {
  return { ...shown, bodyHash: payloadHashOf(body) }
}

/** Finds out what became of an intent that may have been sent. Re-sends only the very same bytes. */
export async function resolveRequest(intent: IntentRow, tools: Tools): Promise<Conclusion> {
  const { broker } = tools.account(intent.account)
  if (intent.request === null) return { kind: 'unknown', observed: 'the intent has no prepared request' }
  return await broker.resolve(intent.request, intent.command, {
    now: tools.now(),
    resend: broker.capabilities.idempotentResend,
  })
}

/**
 * For an entry that may have been sent but is no longer wanted (halt, stale, exit asked for): makes the venue refuse it for good
 * where it can, and never sends its bytes again. What had landed before is found and stays ours.
 */
export async function fenceOff(intent: IntentRow, tools: Tools): Promise<Conclusion> {
  const { broker } = tools.account(intent.account)
  if (intent.request === null) return { kind: 'unknown', observed: 'the intent has no prepared request' }
  if (broker.capabilities.fence) {
    const fenced = await broker.fence(intent.request, tools.now())
    if (fenced.kind === 'unknown') return fenced
    if (fenced.kind === 'absent') return { kind: 'absent', evidence: fenced.evidence }
  }
  return await broker.resolve(intent.request, intent.command, { now: tools.now(), resend: false })
}
