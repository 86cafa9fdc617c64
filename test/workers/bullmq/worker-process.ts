/**
 * A worker process to be killed: runs the stage `place` of the real runtime and tells its parent of every start and end.
 * What it does with a job is its third argument: `finish`, `hang` (until killed), `block-done` or `block-again` (no event
 * loop until the file of the fourth argument exists, then that verdict). The fifth is its site, `mac` or none.
 */
import { existsSync } from 'node:fs'
import type { Verdict } from '#workers/worker.ts'
import { runWorkers } from './workers.ts'

/** What the process tells its parent. */
export interface WorkerReport {
  readonly event: 'ready' | 'started' | 'ended'
  readonly key?: string
  readonly at: number
}

const [url = '', action = 'finish', releaseFile = '', site] = process.argv.slice(2)

function report(event: WorkerReport['event'], key?: string): void {
  process.send?.({ event, ...(key === undefined ? {} : { key }), at: Date.now() })
}

async function act(): Promise<Verdict> {
  if (action === 'hang') await new Promise(() => {})
  if (action.startsWith('block') && !existsSync(releaseFile)) {
    const cell = new Int32Array(new SharedArrayBuffer(4))
    while (!existsSync(releaseFile)) Atomics.wait(cell, 0, 0, 20)
    if (action === 'block-again') return { kind: 'again', afterMs: 3_600_000, detail: 'late' }
  }
  return { kind: 'done', next: [], detail: 'placed' }
}

const workers = await runWorkers(
  url,
  {
    place: async (envelope) => {
      report('started', envelope.idempotency_key)
      const verdict = await act()
      report('ended', envelope.idempotency_key)
      return verdict
    },
  },
  { site: site ?? null },
)
process.on('disconnect', () => void workers.close(0))
report('ready')
