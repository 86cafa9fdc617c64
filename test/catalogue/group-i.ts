/** Group I: queue, store, and processes that come and go. */
import type { CatalogueCase } from './case.ts'

const AT_THE_WORKERS = ['test/workers/placement.test.ts']

export const GROUP_I: readonly CatalogueCase[] = [
  {
    id: 'I1',
    required:
      'a worker that lost its lock can land no second order and write over nothing: every write of the book carries a fence',
    mutants: [
      {
        file: 'src/workers/submit.ts',
        find: `: { op: 'replace', kind: 'intents', id, row, revision: base.revision },`,
        replace: `: { op: 'put', kind: 'intents', id, row },`,
        tests: AT_THE_WORKERS,
      },
      {
        file: 'src/book/embedded/group-commit.ts',
        find: `if (changes !== 1) throw new StaleWrite(kind, id)`,
        replace: ``,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'I2',
    required: 'a Redis that evicts is refused at boot',
    mutants: [
      {
        file: 'src/queues/bullmq/redis-check.ts',
        find: `if (seen === 'noeviction') return undefined`,
        replace: `if (seen !== 'none') return undefined`,
        tests: ['test/queues/bullmq/redis-check.test.ts'],
      },
    ],
  },
  {
    id: 'I3',
    required:
      'after Redis lost everything schedules register themselves again; the book, not the queue, says what is owed; silence is told from outside of Redis',
    mutants: [
      {
        file: 'src/queues/bullmq/schedules.ts',
        find: `const found = await queue.getJobScheduler(id)`,
        replace: `const once = ensureSchedule as unknown as { done?: Set<string> }
  once.done ??= new Set()
  if (once.done.has(id)) return 'kept'
  once.done.add(id)
  const found = await queue.getJobScheduler(id)`,
        tests: ['test/queues/bullmq/schedules.test.ts'],
      },
      {
        file: 'src/workers/requeue.ts',
        find: `if (await tools.queue.ensure(row.envelope)) count++`,
        replace: `if (row.envelope.stage === 'monitor' && (await tools.queue.ensure(row.envelope))) count++`,
        tests: ['test/workers/requeue.test.ts'],
      },
      {
        file: 'src/workers/requeue.ts',
        find: `await watchEveryPosition(tools, now)`,
        replace: `if (Number.isNaN(now)) await watchEveryPosition(tools, now)`,
        tests: ['test/workers/requeue.test.ts'],
      },
      {
        file: 'src/workers/sweep-liveness.ts',
        find: `isSilent: now - at > silenceMs`,
        replace: `isSilent: false`,
        tests: ['test/workers/sweep-liveness.test.ts'],
      },
      {
        file: 'src/workers/watchdog.ts',
        find: `await tellOurs(over, tools)`,
        replace: ``,
        tests: ['test/workers/sweep-liveness.test.ts'],
      },
      {
        file: 'src/domain/liveness.ts',
        find: `isSign: known !== undefined || looks > 0`,
        replace: `isSign: true`,
        tests: ['test/domain/liveness.test.ts'],
      },
      {
        file: 'src/workers/tell-sink.ts',
        find: `if (busyMs > 0) return`,
        replace: `if (Number.isNaN(busyMs)) return`,
        tests: ['test/workers/alerts.test.ts'],
      },
    ],
  },
  {
    id: 'I4',
    required:
      'contention is tried again, and nothing that may run again calls the venue: commits are lists of writes, there are no transactions',
    mutants: [
      {
        file: 'src/book/firestore/attempts.ts',
        find: `new Set([Status.aborted, Status.resourceExhausted])`,
        replace: `new Set([Status.resourceExhausted])`,
        tests: ['test/book/preconditions.test.ts'],
      },
    ],
  },
  {
    id: 'I5',
    required:
      'exactly-once does not rest on the emulator: each row of a commit carries its precondition in the request itself',
    mutants: [
      {
        file: 'src/book/firestore/commit.ts',
        find: `return { update, currentDocument: { updateTime: updateTimeOf(write.revision) } }`,
        replace: `return { update }`,
        tests: ['test/book/preconditions.test.ts'],
      },
      {
        file: 'src/book/firestore/commit.ts',
        find: `return { update, currentDocument: { exists: false } }`,
        replace: `return { update }`,
        tests: ['test/book/preconditions.test.ts'],
      },
    ],
  },
  {
    id: 'I6',
    required: 'a restart or a second instance repeats nothing: what is found SENDING is resolved, never sent',
    mutants: [
      {
        file: 'src/workers/place.ts',
        find: `if (intent.row.state !== 'ready') {`,
        replace: `if (intent.row.state === 'unknown') {`,
        tests: AT_THE_WORKERS,
      },
    ],
  },
  {
    id: 'I7',
    required: 'an error code that nobody knows is unknown and told, not a refusal and no crash',
    mutants: [
      {
        file: 'src/brokers/projectx/error-codes.ts',
        find: `return known && UNDECIDED[path]?.has(code) !== true ? 'refused' : 'undecided'`,
        replace: `return known || UNDECIDED[path]?.has(code) !== true ? 'refused' : 'undecided'`,
        tests: ['test/brokers/projectx/send-verdict.test.ts'],
      },
      {
        file: 'src/brokers/bybit/codes.ts',
        find: `return REFUSALS.has(retCode) ? 'refused' : 'ambiguous'`,
        replace: `return 'refused'`,
        tests: ['test/brokers/bybit/send-verdict.test.ts'],
      },
      {
        file: 'src/brokers/hyperliquid/refusals.ts',
        find: `return request === undefined ? null : { stage: 'request', advice: request.advice }`,
        replace: `return request === undefined ? { stage: 'order', advice: null } : { stage: 'request', advice: request.advice }`,
        tests: ['test/brokers/hyperliquid/exchange-answer.test.ts'],
      },
    ],
  },
]
