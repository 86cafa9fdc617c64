/**
 * Sweep: the full comparison of broker and book, both directions, for one account or all of this process's site; on boot,
 * on demand, on schedule. It repairs what fills can prove (through reconcile), alerts for the rest, locks and lifts, and queues again whatever the
 * outbox still owes. An unavailable read, also one in the middle (a rate limit, say), ends the account's sweep without any conclusion.
 */
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { Envelope } from '#domain/message.ts'
import { factIdOf } from '#domain/ids.ts'
import type { SweepRow } from '#domain/records.ts'
import { EVERY_ACCOUNT, sweepEnvelope } from '#queues/repeated-work.ts'
import { requeueOwed } from './requeue.ts'
import { retryStale } from './retry-stale.ts'
import { type SweepResult, sweepAccount } from './sweep-account.ts'
import { watchVenue } from './venue-watch.ts'
import { type Tools, Unworkable, type Verdict } from './worker.ts'
import { paid, pay } from './writes.ts'

/**
 * A sweep of every account asks for one of each, which wait for nobody else's venue; a sweep of one compares. Both put back what is owed
 * when it was asked for by itself. @throws BookUnavailable
 */
export async function sweepAccounts(envelope: Envelope, tools: Tools): Promise<Verdict> {
  if (envelope.stage !== 'sweep')
    throw new Unworkable(`Sweep: expected a sweep message, saw ${envelope.stage} ${envelope.idempotency_key}.`)
  const { account, idempotency_key: key, ts } = envelope
  const { trigger } = envelope.payload
  const isOfAll = account === EVERY_ACCOUNT
  const requeued = isOfAll || trigger === 'demand' ? await requeueOwed(tools, trigger) : 0
  if (isOfAll) {
    await pay(tools.book, key)
    const next = tools.accountIds.map((id) => sweepEnvelope(id, trigger, ts))
    return { kind: 'done', next, detail: `${requeued} requeued, ${next.length} accounts to sweep` }
  }
  const startedAt = tools.now()
  const result = await sweepOne(account, tools)
  const row: SweepRow = {
    sweepId: factIdOf('sweep', account, key, String(startedAt)),
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
    ...(result.compared !== undefined && { compared: result.compared }),
    ...(result.brokerAsOf !== undefined && { brokerAsOf: result.brokerAsOf }),
  }
  await tools.book.commit([{ op: 'put', kind: 'sweeps', id: row.sweepId, row }, paid(key)])
  return { kind: 'done', next: result.next, detail: `${result.detail}; ${requeued} requeued` }
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
