/** What one transmission of an order or cancel can teach, in words that every venue's answers are read into. */
import type { ClientOrderId } from '#domain/ids.ts'
import type { Evidence, OrderCommand } from '#domain/order.ts'
import type { OrderReport, SendOutcome } from './broker.ts'

/** What one transmission showed about its request. */
export type TransmissionVerdict =
  | { readonly kind: 'accepted'; readonly reports: readonly OrderReport[]; readonly detail: string }
  /**
   * `final`: the request's nonce went to this refusal, so no transmission of it ever was or will be accepted.
   * Otherwise only this transmission was turned away.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly final: boolean }
  /** The venue had this very request before: the first one landed, what became of it is to be looked up. */
  | { readonly kind: 'duplicate'; readonly detail: string }
  /** The nonce or the deadline is over: nothing of this request can be accepted from now on. */
  | { readonly kind: 'over'; readonly fence: 'nonce-fence' | 'deadline-passed'; readonly detail: string }
  /** Provably nothing left this process. */
  | { readonly kind: 'not-sent'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly observed: string }

/** Ids that a command is about: the order, then the stop that rides along; a cancel's target. */
export function legIdsOf(command: OrderCommand): ClientOrderId[] {
  if (command.type === 'cancel-order') return [command.target]
  const { clientOrderId, attachedStop } = command
  return attachedStop === null ? [clientOrderId] : [clientOrderId, attachedStop.clientOrderId]
}

/** The verdict as the port's answer to `send`; `at` is the time of the answer, ms. */
export function sendOutcomeOf(verdict: TransmissionVerdict, at: number): SendOutcome {
  const evidence = (kind: Evidence['kind'], detail: string): Evidence => ({ kind, at, detail })
  switch (verdict.kind) {
    case 'accepted':
      return { kind: 'accepted', reports: verdict.reports, evidence: evidence('acknowledgement', verdict.detail) }
    case 'refused':
      return { kind: 'rejected', reason: verdict.reason, evidence: evidence('definitive-rejection', verdict.reason) }
    case 'over':
      return { kind: 'rejected', reason: verdict.detail, evidence: evidence(verdict.fence, verdict.detail) }
    case 'not-sent':
      return { kind: 'rejected', reason: verdict.detail, evidence: evidence('not-sent', verdict.detail) }
    case 'duplicate':
      return { kind: 'admitted', evidence: evidence('duplicate-id', verdict.detail) }
    case 'unknown':
      return { kind: 'unknown', observed: verdict.observed }
  }
}
