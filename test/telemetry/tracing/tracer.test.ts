/** Spans never hold a secret, never hold up trading, and a life is traced whole or not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concealerOf } from '#domain/conceal.ts'
import type { Broker } from '#brokers/broker.ts'
import type { PreparedRequest } from '#domain/order.ts'
import { observedBroker } from '#telemetry/observed-broker.ts'
import { traceIdOf } from '#telemetry/trace-id.ts'
import type { LifeTracer } from '#telemetry/tracing/life-tracer.ts'
import { openTracer } from '#telemetry/tracing/open-tracer.ts'
import { eventually } from '#test/support/eventually.ts'
import { startCollector } from './otlp-collector.ts'

const SECRET = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'
const HEADER = 'Bearer collector-token-0123456789'
const step = { name: 'stage.place', kind: 'consumer' } as const
const positionId = (index: number): string => `pos-${index.toString(16).padStart(8, '0')}${'5a'.repeat(12)}`

function open(endpoint: string, terms: { readonly sample?: number } = {}) {
  const counted = { exported: 0, lost: 0, reasons: [] as string[] }
  const tracer = openTracer({
    endpoint: `${endpoint}/v1/traces`,
    headers: { authorization: HEADER },
    sample: terms.sample ?? 1,
    resource: { 'service.version': '0' },
    conceal: concealerOf([SECRET, HEADER]),
    metrics: {
      exported: (spans) => {
        counted.exported += spans
      },
      lost: (spans) => {
        counted.lost += spans
      },
    },
    onLost: (_spans, reason) => counted.reasons.push(reason),
  })
  return { tracer, counted }
}

test('a secret in an attribute, a verdict or an error of the venue is cut out before it is kept', async () => {
  await using collector = await startCollector()
  const { tracer } = open(collector.url)
  const body = JSON.stringify({ signature: SECRET })
  const broker = {
    venue: 'v',
    account: 'a',
    readAccount: () => Promise.reject(new Error(`refused ${SECRET}`)),
    send: () => Promise.resolve({ kind: 'unknown', observed: SECRET }),
  } as unknown as Broker
  const observed = observedBroker(broker, tracer)
  await assert.rejects(
    tracer.inLife(positionId(1), step, { detail: `key ${SECRET}` }, async (span) => {
      span.setAttributes({ verdict_detail: `Base64 ${Buffer.from(SECRET).toString('base64')}` })
      await observed.send({ body } as PreparedRequest, { type: 'cancel-order', instrument: 'I' } as never)
      await observed.readAccount()
    }),
    /refused/,
  )
  await tracer.close(5_000)
  const text = collector.bodies.join()
  assert.deepEqual(collector.spans.map(({ name }) => name).toSorted(), [
    'stage.place',
    'venue.readAccount',
    'venue.send',
  ])
  assert.equal(collector.spans.filter(({ failed }) => failed).length, 2)
  assert.match(text, /refused 0x\[secret\]/)
  for (const form of [SECRET, SECRET.slice(2), Buffer.from(SECRET).toString('base64').slice(4, 40)]) {
    assert.ok(!text.includes(form), form)
  }
  assert.equal(collector.headers[0]?.authorization, HEADER)
})

test('every process decides alike which lives are traced, and traces those whole', async () => {
  await using collector = await startCollector()
  const processes = [open(collector.url, { sample: 0.3 }), open(collector.url, { sample: 0.3 })]
  const lives = Array.from({ length: 400 }, (_, index) => positionId(index * 7_919_777))
  for (const { tracer } of processes) {
    for (const life of lives) {
      await tracer.inLife(life, step, {}, () => tracer.inside('book.commit', {}, () => Promise.resolve()))
    }
    await tracer.close(5_000)
  }
  const spansOf = (life: string): number => collector.spans.filter(({ traceId }) => traceId === traceIdOf(life)).length
  const counts = lives.map(spansOf)
  assert.deepEqual(new Set(counts), new Set([0, 4]))
  const traced = counts.filter((count) => count > 0).length
  assert.ok(traced > 60 && traced < 180, `${traced} of 400 are traced`)
})

test('what happens outside of any step is run and not traced', async () => {
  await using collector = await startCollector()
  const { tracer } = open(collector.url)
  assert.equal(await tracer.inside('book.commit', {}, () => Promise.resolve(7)), 7)
  await tracer.close(5_000)
  assert.deepEqual(collector.spans, [])
})

test('steps that overlap keep their own children', async () => {
  await using collector = await startCollector()
  const { tracer } = open(collector.url)
  const both = Promise.withResolvers<void>()
  let waiting = 0
  const life = (index: number): Promise<void> =>
    tracer.inLife(positionId(index), step, { n: index }, async () => {
      waiting += 1
      if (waiting === 2) both.resolve()
      await both.promise
      await tracer.inside('book.commit', { n: index }, () => Promise.resolve())
    })
  await Promise.all([life(1), life(2)])
  await tracer.close(5_000)
  for (const index of [1, 2]) {
    const own = collector.spans.filter(({ traceId }) => traceId === traceIdOf(positionId(index)))
    assert.equal(own.length, 2)
    const [stage, commit] = ['stage.place', 'book.commit'].map((name) => own.find((span) => span.name === name))
    assert.equal(commit?.parentSpanId, stage?.spanId)
  }
})

/** Runs so many steps and answers how long they took, ms, with what they answered. */
async function steps(tracer: LifeTracer, count: number): Promise<number[]> {
  const answers: number[] = []
  for (let index = 0; index < count; index++) {
    answers.push(await tracer.inLife(positionId(index), step, {}, () => Promise.resolve(index)))
  }
  return answers
}

test('a collector that refuses or is not there costs spans, is told without its headers, and nothing else', async () => {
  await using collector = await startCollector()
  collector.status = 400
  const refused = open(collector.url)
  assert.deepEqual(await steps(refused.tracer, 3), [0, 1, 2])
  await eventually(() => refused.counted.lost === 3, { what: 'the batch to be told as lost' })
  assert.ok(refused.counted.reasons.length > 0 && !refused.counted.reasons.join().includes(HEADER))
  await refused.tracer.close(1_000)

  const nowhere = open('http://127.0.0.1:9')
  assert.deepEqual(await steps(nowhere.tracer, 3), [0, 1, 2])
  await nowhere.tracer.close(100)
})

test('a collector that never answers keeps neither the process nor more than a bounded number of spans', async () => {
  await using collector = await startCollector()
  collector.status = null
  const { tracer } = open(collector.url)
  assert.equal((await steps(tracer, 20_000)).length, 20_000)
  // Waits for it as long as it is told, not as long as an answer takes: there is none.
  await tracer.close(50)
  assert.ok(collector.headers.length <= 10, `${collector.headers.length} batches went out at once`)
})
