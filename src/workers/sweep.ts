/**
 * Sweep: the full comparison of broker and book, both directions, for one account or all of this process's site; on boot,
 * on demand, on schedule. It repairs what fills can prove (through reconcile), alerts for the rest, locks and lifts, and queues again whatever the
 * outbox still owes. An unavailable read, also one in the middle (a rate limit, say), ends the account's sweep without any conclusion.
 */
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { Envelope } from '#domain/message.ts'
import { factIdOf } from '#domain/ids.ts'
import type { SweepRow } from '#domain/records.ts'
import { requeueOwed } from './requeue.ts'
import { retryStale } from './retry-stale.ts'
import { type SweepResult, sweepAccount } from './sweep-account.ts'
import { watchVenue } from './venue-watch.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { paid } from './writes.ts'

/** @throws BookUnavailable */
export async function sweepAccounts(envelope: Envelope, tools: Tools): Promise<Verdict> {
  const accounts = envelope.account === '*' ? tools.accountIds : [envelope.account]
  if (envelope.stage !== 'sweep')
    throw new Unworkable(`Sweep: expected a sweep message, saw ${envelope.stage} ${envelope.idempotency_key}.`)
  const { trigger } = envelope.payload
  const requeued = await requeueOwed(tools)
  const next: Envelope[] = []
  const details: string[] = []
  for (const account of accounts) {
    const startedAt = tools.now()
    const result = await sweepOne(account, tools)
    next.push(...result.next)
    const row: SweepRow = {
      sweepId: factIdOf('sweep', account, envelope.idempotency_key, String(startedAt)),
      account,
      trigger,
      startedAt,
      finishedAt: tools.now(),
      complete: result.complete,
      findings: result.findings,
      requeued,
      provenFrom: result.provenFrom,
      provenThrough: result.provenThrough,
      detail: result.detail,
    }
    await tools.book.commit([{ op: 'put', kind: 'sweeps', id: row.sweepId, row }, paid(envelope.idempotency_key)])
    details.push(`${account}: ${result.detail}`)
  }
  return { kind: 'done', next, detail: `${details.join('; ')}; ${requeued} requeued` }
}

async function sweepOne(account: string, tools: Tools): Promise<SweepResult> {
  const result = await swept(account, tools)
  const failure = result.complete ? null : result.detail
  const alerts = await retryStale(async () => await watchVenue(account, failure, tools))
  return { ...result, next: [...result.next, ...alerts] }
}

async function swept(account: string, tools: Tools): Promise<SweepResult> {
  try {
    return await sweepAccount(account, tools)
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    tools.log.warn(
      { account, error: error.message },
      'sweep incomplete: the broker is unavailable, nothing was concluded',
    )
    return {
      complete: false,
      findings: [],
      provenFrom: null,
      provenThrough: null,
      detail: `incomplete: ${error.message}`,
      next: [],
    }
  }
}
