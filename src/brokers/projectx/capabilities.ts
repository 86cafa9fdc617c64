/** What the venue can do and where it guarantees less, as data. */
import type { Capabilities } from '#brokers/broker.ts'
import { CLOCK_BOUND_MS } from '#brokers/findings.ts'

/** Rows of one trading day can still be voided; fills are read again that far. */
export const VOIDABLE_MS: number = 23 * 3_600_000

export const CAPABILITIES: Capabilities = {
  idempotentResend: true,
  fence: true,
  venueDeadline: false,
  attachedStop: true,
  reduceOnly: false,
  priceBound: false,
  statesOpenPnl: false,
  statesPnl: false,
  settlement: 'USD',
  fundingEveryMs: null,
  itemisesCash: false,
  fillRetention: null,
  voidableForMs: VOIDABLE_MS,
  clockBoundMs: CLOCK_BOUND_MS,
  weakerGuarantees: [
    'Once-only orders and the fence rest on customTag being taken only once, by refused orders too: observed live in 2026-08, not documented.',
    'Requests have no deadline: an unknown order stays unknown until a record, the fence or the venue itself decides.',
    'Immediate orders are market orders: the venue enforces no worst price.',
    'No order can be reduce-only: protective orders are taken down before an exit goes out, and the position stands without a stop meanwhile.',
    'Open PnL is entry average against last price; the venue states none.',
    'Start positions of fills are counted back from the position now; the venue states none. Contradictions are reported as a gap.',
    'Deposits, withdrawals and resets are not itemised by any endpoint: where trades do not explain equity to the last digit, the identity says unknown.',
    'One API key reaches every account of its user; only our requests are limited to the configured one.',
  ],
}
