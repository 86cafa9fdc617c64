/** How a request ends once faults have had their say: an answer, a cut connection, or silence. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestFault } from './faults.ts'
import type { Reply } from './reply.ts'

/** The end of a request as its client sees it. */
export type ConnectionOutcome = { readonly reply: Reply } | 'drop' | 'hang'

/**
 * Runs a request under a fault. `process` has the venue act and gives its answer; whether it runs at all is the fault's
 * matter. `rateLimited` is the venue's own way to refuse too many requests; `stopped` ends waiting when the venue stops.
 */
export async function underFault(
  fault: RequestFault | undefined,
  process: () => Reply,
  { rateLimited, stopped }: { readonly rateLimited: Reply; readonly stopped: AbortSignal },
): Promise<ConnectionOutcome> {
  if (fault === undefined) return { reply: process() }
  switch (fault.kind) {
    case 'lose-request':
      return 'drop'
    case 'lose-response':
      process()
      return 'drop'
    case 'error':
      return { reply: failure(fault.status, fault.body) }
    case 'error-after-commit':
      process()
      return { reply: failure(fault.status, fault.body) }
    case 'rate-limit':
      return { reply: rateLimited }
    case 'hang':
      if (fault.processed) process()
      return 'hang'
    case 'garbage': {
      if (fault.processed) process()
      return { reply: { status: 200, contentType: 'text/html', body: fault.body } }
    }
    case 'delay':
      return delayed(fault.when, fault.ms, process, stopped)
  }
}

async function delayed(
  when: 'before' | 'after',
  ms: number,
  process: () => Reply,
  stopped: AbortSignal,
): Promise<ConnectionOutcome> {
  const early = when === 'after' ? process() : undefined
  try {
    await sleep(ms, undefined, { signal: stopped })
  } catch {
    // The venue stopped while the request was held: nobody is left to answer.
    return 'drop'
  }
  return { reply: early ?? process() }
}

function failure(status: number, body: string | undefined): Reply {
  return body === undefined
    ? { status, contentType: 'application/json', body: 'null' }
    : { status, contentType: 'text/html', body }
}
