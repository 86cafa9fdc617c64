/** The kinds of rows as a value: stores make a table or a collection of each, index files are made from the list. */
import type { Kind } from './book.ts'

const ALL: Readonly<Record<Kind, true>> = {
  signals: true,
  processed: true,
  outbox: true,
  intents: true,
  orders: true,
  fills: true,
  positions: true,
  ledger: true,
  accounts: true,
  programmes: true,
  equity: true,
  equityDays: true,
  control: true,
  confirmations: true,
  cursors: true,
  signers: true,
  alerts: true,
  deliveries: true,
  heartbeats: true,
  audit: true,
  sweeps: true,
}

/** Every kind of row; the compiler refuses a kind that is missing here. */
export const KINDS: readonly Kind[] = Object.keys(ALL) as Kind[]
