/** A promise that a storm saw broken. */

/** Names of the invariants, each a promise of the constitution. */
export const INVARIANTS = {
  'signals-kept': 'every acknowledged signal has one outcome at every account, none is lost, none is doubled',
  'one-order-per-intent': 'at most one order landed at the venue for one intent, and none without an intent',
  'proven-states': 'no terminal state without evidence, and the evidence is true',
  'book-is-broker': 'at rest the book holds what the broker holds',
  'true-pnl': 'PnL equals the sum of the venue, to the last digit, or is marked provisional',
  'nothing-unknown-closed': 'no position that we neither opened nor adopted was ever closed by us',
  gates: 'no entry went through a gate, at any moment in the venue’s ledger',
  'operators-word': 'what an operator confirmed is done to all of its target, to nothing else, and stays so',
  alerts: 'every orphan and every unexpected position was alerted, once',
  'equity-explained': 'nothing is unexplained in the equity of any account',
  'replay-is-harmless': 'delivering everything again changes nothing',
  'records-proven': 'the records of every decision are whole, in order and as the rows say',
  rest: 'the world comes to rest by itself',
  'no-crash': 'no process ends by itself',
} as const

export type Invariant = keyof typeof INVARIANTS

export interface Breach {
  readonly invariant: Invariant
  /** Ids of what it is about. */
  readonly about: string
  readonly what: string
}
