/**
 * Actions from hostile hands: whatever the body, nothing happens without the confirmation of what was shown; whatever the order of previews,
 * confirmations and changes of the world, a confirmation acts once. And whatever a dead job holds, it can be listed.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Queue } from 'bullmq'
import fc from 'fast-check'
import type { ErrorAnswer } from '#http/wire.ts'
import { type ConfirmAnswer, type Preview } from '#operate/operator.ts'
import { createDeadJobs } from '#queues/bullmq/dead-jobs.ts'
import { anAlert } from '#test/domain/operator/view.ts'
import { bearer, type HttpFixture, OPERATOR_TOKEN, startHttp } from '#test/http/http-fixture.ts'
import { openOperateDesk } from '#test/operate/operate-desk.ts'
import { messageOf } from '#test/queues/bullmq/messages.ts'
import { hostileDocument, mutationsOf } from './hostile-values.ts'
import { runs } from './runs.ts'

let http: HttpFixture
before(async () => {
  http = await startHttp({
    settings: {
      mode: 'paper',
      host: '127.0.0.1',
      publicUrl: null,
      queuesWritable: false,
      requestsPerMinute: 1e9,
      tls: null,
      behindProxy: false,
    },
  })
  await http.book.commit([{ op: 'create', kind: 'alerts', id: 'alert-1', row: anAlert() }])
})
after(() => http[Symbol.asyncDispose]())

const ACTIONS: readonly object[] = [
  { verb: 'halt', scope: { kind: 'strategy', strategy: 'trend' }, why: 'x' },
  { verb: 'resume', why: 'x', confirm: 'mgq1u5hc.0123456789abcdef.0123456789abcdef' },
  { verb: 'acknowledge', alert: 'alert-1', why: 'x', confirm: `abc.${'0'.repeat(16)}.${'0'.repeat(64)}` },
  { verb: 'flatten', account: '*', instrument: 'BTC-PERP', why: 'x', confirm: 'x' },
  { verb: 'quarantine', account: 'alpha', why: 'x', confirm: 'x' },
  { verb: 'adopt', account: 'alpha', instrument: 'BTC-PERP', why: 'x', confirm: 'x' },
  { verb: 'retry-job', queue: 'place', job: 'x', why: 'x', confirm: 'x' },
  { verb: 'sweep', account: '*', confirm: 'x' },
]

async function effects(): Promise<unknown> {
  const [control, accounts, alerts, audit, outbox] = await Promise.all([
    http.book.list('control', {}),
    http.book.list('accounts', {}),
    http.book.list('alerts', { orderBy: { field: 'raisedAt', direction: 'ascending' } }),
    http.book.list('audit', { orderBy: { field: 'at', direction: 'ascending' } }),
    http.book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' } }),
  ])
  return [control, accounts, alerts, audit, outbox, http.enqueued.length]
}

test('whatever the body, it is a preview or a refusal in one clear sentence, and changes nothing', async () => {
  const untouched = await effects()
  const mutated = fc.oneof(...ACTIONS.map((action) => mutationsOf(JSON.stringify(action)).map(({ text }) => text)))
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: mutated }, hostileDocument), async (payload) => {
      const headers = { ...bearer(OPERATOR_TOKEN), 'content-type': 'application/json' }
      const answer = await http.server.fastify.inject({ method: 'POST', url: '/v1/actions', headers, payload })
      if (answer.statusCode === 200) return assert.ok('preview' in answer.json<object>(), answer.body)
      assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${answer.statusCode} ${answer.body}`)
      const { message } = answer.json<ErrorAnswer>().error
      assert.ok(message.length > 0 && message.length < 2_000, message)
    }),
    runs(600),
  )
  assert.deepEqual(await effects(), untouched)
})

type Step =
  | { readonly do: 'preview'; readonly verb: 'halt' | 'resume' | 'quarantine' | 'release' | 'sweep' }
  | { readonly do: 'confirm'; readonly which: number; readonly caller: string; readonly twice: boolean }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('preview' as const),
    verb: fc.constantFrom(
      'halt' as const,
      'resume' as const,
      'quarantine' as const,
      'release' as const,
      'sweep' as const,
    ),
  }),
  fc.record({
    do: fc.constant('confirm' as const),
    which: fc.nat({ max: 20 }),
    caller: fc.constantFrom('ada', 'ada', 'ada', 'olga'),
    twice: fc.boolean(),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 90_000 }) }),
)

function actionOf(verb: Extract<Step, { do: 'preview' }>['verb']) {
  if (verb === 'halt' || verb === 'resume') return { verb, scope: { kind: 'all' } } as const
  return verb === 'sweep' ? ({ verb, account: '*' } as const) : ({ verb, account: 'alpha' } as const)
}

test('in any order of previews, confirmations and waits, each confirmation that was done is one record and no other is any', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      await using desk = await openOperateDesk()
      const shown: Preview[] = []
      const done = new Set<string>()
      const confirm = async (preview: Preview, caller: string): Promise<ConfirmAnswer> => {
        const answer = await desk.confirm(preview, 'x', caller)
        if (answer.kind === 'changed') shown.push(answer.preview)
        if (answer.kind !== 'done') return answer
        assert.equal(caller, 'ada', 'somebody confirmed what another one was shown')
        assert.ok(done.has(preview.confirm) || desk.now <= preview.expiresAt, 'a late confirmation was done')
        done.add(preview.confirm)
        return answer
      }
      for (const one of steps) {
        if (one.do === 'wait') desk.now += one.ms
        else if (one.do === 'preview') {
          const answer = await desk.operator.preview(actionOf(one.verb), 'ada')
          if (answer.kind === 'preview') shown.push(answer.preview)
        } else {
          const preview = shown[one.which % Math.max(1, shown.length)]
          if (preview === undefined) continue
          const first = await confirm(preview, one.caller)
          if (one.twice && first.kind === 'done') assert.deepEqual(await confirm(preview, one.caller), first)
        }
      }
      const records = [...(await desk.records('global')), ...(await desk.records('alpha'))]
      assert.equal(records.length, done.size)
      const names = new Set(records.map(({ inputs }) => inputs['confirmation']))
      assert.equal(names.size, done.size)
    }),
    runs(60),
  )
})

test('whatever a dead job holds, it is listed, and is a message of ours only at its own stage and id', async () => {
  const good = messageOf('place', 'a')
  const value = fc.oneof(
    fc.constant(good),
    fc.constant({ ...good, stage: 'monitor' }),
    mutationsOf(JSON.stringify(good)).map(({ text }) => textOrValue(text)),
    hostileDocument.map(textOrValue),
    fc.anything(),
  )
  await fc.assert(
    fc.asyncProperty(value, fc.option(fc.string()), async (data, failedReason) => {
      const job = { id: good.idempotency_key, data, failedReason }
      const queue = { getFailed: async () => [job], getJob: async () => job, getJobState: async () => 'failed' }
      const deadJobs = createDeadJobs({ queues: new Map([['place@desk', queue as unknown as Queue]]) })
      const [listed] = await deadJobs.list(10)
      assert.ok(listed !== undefined && listed.stage === 'place' && listed.why.length > 0)
      assert.ok(Object.values(listed.ids).every((id) => typeof id === 'string' && id.length <= 256))
      if (listed.envelope !== null)
        assert.deepEqual([listed.envelope.stage, listed.envelope.idempotency_key], ['place', good.idempotency_key])
      assert.deepEqual(await deadJobs.find('place@desk', good.idempotency_key), listed)
    }),
    runs(300),
  )
})

function textOrValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
