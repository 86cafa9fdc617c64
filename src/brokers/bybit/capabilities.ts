/** What Bybit can do for us and what it cannot, as data; what is weaker is said to whoever runs `doctor`. */
import type { Capabilities } from '#brokers/broker.ts'

/** The venue refuses a request that is more than a second ahead of it, ms. */
export const CLOCK_BOUND_MS = 1_000

export const CAPABILITIES: Capabilities = {
  // orderLinkId: the venue takes an id once (110072), and nothing after the request's time window (10002).
  idempotentResend: true,
  fence: false,
  venueDeadline: true,
  attachedStop: true,
  reduceOnly: true,
  priceBound: true,
  statesOpenPnl: true,
  statesPnl: true,
  settlement: 'USDT',
  fundingEveryMs: 3_600_000,
  itemisesCash: true,
  fillRetention: null,
  voidableForMs: null,
  clockBoundMs: CLOCK_BOUND_MS,
  weakerGuarantees: [
    'How long an orderLinkId stays taken is not documented; no id is ever used for two orders.',
    'That an order never landed rests on its time window and on order records, which may lag; it is concluded only from repeated looks after the window.',
    'Acknowledgements come before the venue acts: what an order became is read afterwards, and an order that cannot be read yet counts as working.',
    'A triggered stop and an exit are market orders: only the venue bounds their price.',
    'Orders that ended without a fill are shown for a day only, and history for two years.',
  ],
}
