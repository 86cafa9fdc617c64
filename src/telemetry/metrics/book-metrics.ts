/** What this process's commits cost, and what they decided about signals. */
import { Counter, Histogram, type Registry } from 'prom-client'
import { LATENCY_BUCKETS } from './registry.ts'

/** Why a commit changed nothing. `stale`: another worker was first, which is no fault. */
export type CommitFailure = 'stale' | 'unavailable' | 'other'

export interface BookMetrics {
  committed(seconds: number): void
  failed(reason: CommitFailure): void
  /** A signal row was created. */
  accepted(kind: string): void
  /** Routing decided about a signal at one account; `gate` is empty unless it was denied. */
  decided(result: string, gate: string): void
}

export function bookMetrics(registry: Registry): BookMetrics {
  const registers = [registry]
  const commits = new Histogram({
    name: 'truebook_book_commit_seconds',
    help: 'Commits of the book that succeeded, as this process waited for them.',
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const failures = new Counter({
    name: 'truebook_book_commit_failures_total',
    help: 'Commits that changed nothing. stale: another worker was first; unavailable: the book did not answer.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of ['stale', 'unavailable', 'other'] as const) failures.inc({ reason }, 0)
  const accepted = new Counter({
    name: 'truebook_signals_accepted_total',
    help: 'Signals that became durable in this process; repeats are not counted.',
    labelNames: ['kind'],
    registers,
  })
  const decided = new Counter({
    name: 'truebook_signals_decided_total',
    help: 'What routing made of signals, one per account. gate: which one denied; empty otherwise.',
    labelNames: ['result', 'gate'],
    registers,
  })
  return {
    committed: (seconds) => commits.observe(seconds),
    failed: (reason) => failures.inc({ reason }),
    accepted: (kind) => accepted.inc({ kind }),
    decided: (result, gate) => decided.inc({ result, gate }),
  }
}
