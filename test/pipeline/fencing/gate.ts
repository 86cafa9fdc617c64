/** Gates: exact points in a worker's life, between what it decided and what the book knows, where a test holds it. */
import type { Write } from '#book/book.ts'

/** Holds commits of an account with such a write, until released: before they are made, or after, when only the book knows of them. */
export interface Gate {
  readonly name: string
  readonly account: string
  readonly moment: 'before' | 'after'
  /** As `wordsOf` says it. */
  readonly write: string
}

/** What a test tells a gated worker. */
export type Order =
  /** Starts it, with these gates. */
  | { readonly order: 'start'; readonly gates: readonly Gate[] }
  /** Opens a gate for good: what it holds goes on. */
  | { readonly order: 'release'; readonly gate: string }
  /** Has it stop itself (SIGSTOP) as soon as none of its commits is on its way: a file of SQLite that it held would stop all. */
  | { readonly order: 'freeze' }
  /** Cuts it from its book, or ends that. */
  | { readonly order: 'book'; readonly away: boolean }
  /** Sets its clock off by so many ms from now on. */
  | { readonly order: 'clock'; readonly offsetMs: number }
  | { readonly order: 'say-running' }

/** What a gated worker tells. */
export type Report =
  | { readonly report: 'up' }
  | { readonly report: 'held'; readonly gate: string }
  /** How the commit of a gate ended: `committed`, or the name of its error. */
  | { readonly report: 'ended'; readonly gate: string; readonly outcome: string }
  /** Jobs at work now. */
  | { readonly report: 'running'; readonly jobs: number }

/** A write in words: `create ledger`, `replace positions open`, `create intents exit sending`, `create alerts orphan`. */
export function wordsOf(write: Write): string {
  const words: string[] = [write.op, write.kind]
  if (write.op === 'delete') return words.join(' ')
  if (write.kind === 'intents') words.push(write.row.event, write.row.state)
  if (write.kind === 'positions') words.push(write.row.state)
  if (write.kind === 'alerts') words.push(write.row.kind)
  return words.join(' ')
}

/** Whether a gate stands in the way of a commit at this moment. */
export function stands(gate: Gate, moment: Gate['moment'], writes: readonly Write[]): boolean {
  if (gate.moment !== moment || !writes.some((write) => wordsOf(write) === gate.write)) return false
  return writes.some((write) => 'row' in write && 'account' in write.row && write.row.account === gate.account)
}
