/** A signal's whole life, over the process that took it and the one that traded it, is one trace; so are its log lines. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { startTruebook, type Truebook } from '#compose.ts'
import { STAGES } from '#domain/message.ts'
import { act, createActionClient } from '#client/actions.ts'
import { createTruebookClient, type TruebookClient } from '#client/client.ts'
import type { PositionId } from '#domain/ids.ts'
import type { SignalInput } from '#domain/signal.ts'
import { createLog } from '#telemetry/log.ts'
import { rootSpanIdOf, traceIdOf } from '#telemetry/trace-id.ts'
import { type CollectedSpan, type Collector, startCollector } from '#test/telemetry/tracing/otlp-collector.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

let collector: Collector
let desk: Desk
let api: Truebook
let client: TruebookClient
let id: PositionId
const lines: Record<string, unknown>[] = []
let closing: SignalInput

const log = createLog({
  level: 'debug',
  secrets: [],
  destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
})

before(async () => {
  collector = await startCollector()
  const config = { tracing: { endpoint: collector.url }, sweep: { every_ms: 60_000 } }
  desk = await openDesk({ role: { stages: STAGES, api: false }, config, log })
  api = await startTruebook(desk.config, { stages: [], api: true }, { log })
  client = createTruebookClient({ url: api.api?.url ?? '', token: desk.installation.signalToken })
  const common = { source: 'test', strategy: 'test', instrument: 'BTC-PERP', ts: Date.now() }
  const opening = await client.sendSignal({
    ...common,
    kind: 'open',
    signal_id: 'o-1',
    side: 'long',
    size: { type: 'notional_usd', value: '5000' },
    stop_loss: { distance_bps: 300 },
  })
  id = opening.accounts[0]?.position_id as PositionId
  await desk.until(id, 'open')
  closing = { ...common, kind: 'close', signal_id: 'c-1' }
  await client.sendSignal(closing)
  await desk.until(id, 'closed')
  await eventually(
    () => {
      const names = new Set(spans().map(({ name }) => name))
      return ['signal', 'POST /v1/signals', 'stage.reconcile'].every((name) => names.has(name)) && strays().length === 0
    },
    { what: 'the spans of both processes' },
  )
})
after(async () => {
  await api.close(2000)
  await desk[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
})

/** Of the position's trace, in order of their start. */
function spans(): CollectedSpan[] {
  return collector.spans
    .filter(({ traceId }) => traceId === traceIdOf(id))
    .toSorted((a, b) => a.startedAt - b.startedAt)
}

/** Spans whose parent was not collected, but for the root. */
function strays(): CollectedSpan[] {
  const known = new Set(spans().map(({ spanId }) => spanId))
  return spans().filter(({ parentSpanId, name }) =>
    parentSpanId === null ? name !== 'signal' : !known.has(parentSpanId),
  )
}

const named = (name: string): CollectedSpan => {
  const found = spans().find((span) => span.name === name)
  assert.ok(
    found !== undefined,
    `no span ${name} among ${spans()
      .map((span) => span.name)
      .join(', ')}`,
  )
  return found
}

test('the trace id is the position id, and every span hangs on the root that the API told', async () => {
  assert.equal(`pos-${traceIdOf(id)}`, id)
  const all = spans()
  const root = named('signal')
  assert.equal(root.spanId, rootSpanIdOf(root.traceId))
  assert.equal(root.parentSpanId, null)
  assert.equal(all.filter(({ name }) => name === 'signal').length, 1)
  // A part may be told in an earlier batch than the step around it.
  await eventually(() => strays().length === 0, { what: 'every parent' })
})

test('its steps stand in the order of a life, from the request to the booking', () => {
  const order = ['signal', 'POST /v1/signals', 'stage.route', 'stage.precheck', 'stage.place', 'stage.monitor']
  const ending = ['stage.close', 'stage.reconcile']
  const starts = [...order.slice(1), ...ending].map((name) => named(name).startedAt)
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  )
})

test('commits and venue calls hang under the step that made them; the order is sent after the commit of its bytes', () => {
  const place = named('stage.place')
  const inside = spans().filter(({ parentSpanId }) => parentSpanId === place.spanId)
  const sent = inside.findIndex(({ name }) => name === 'venue.send')
  assert.ok(sent > 0, inside.map(({ name }) => name).join(', '))
  assert.ok(
    inside
      .slice(0, sent)
      .some(({ name, attributes }) => name === 'book.commit' && /intents/.test(String(attributes['kinds']))),
  )
  assert.deepEqual(
    [inside[sent]?.attributes['outcome'], inside[sent]?.attributes['command'], inside[sent]?.attributes['venue']],
    ['accepted', 'new-order', 'hyperliquid'],
  )
  const request = named('POST /v1/signals')
  assert.ok(spans().some(({ name, parentSpanId }) => name === 'book.commit' && parentSpanId === request.spanId))
  assert.equal(request.attributes['http.response.status_code'], 202)
})

test('each step says what it was about and how it ended; processes say who they are', () => {
  const place = named('stage.place')
  const { attributes } = place
  assert.deepEqual(
    [attributes['position_id'], attributes['account'], attributes['verdict'], attributes['stage']],
    [id, 'desk', 'done', 'place'],
  )
  assert.match(String(attributes['client_order_id']), /^[0-9a-f]{32}$/)
  assert.equal(attributes['idempotency_key'], `${id}.place.${String(attributes['client_order_id'])}`)
  assert.equal(place.resource['truebook.role'], 'worker')
  assert.equal(named('signal').resource['truebook.role'], 'api')
})

test('a signal that is sent again adds its request to the same trace, and no second root', async () => {
  const again = await client.sendSignal(closing)
  const command = again.accounts[0]?.position_id ?? ''
  const ofClosing = () => collector.spans.filter(({ traceId }) => traceId === traceIdOf(command))
  const requests = await eventually(
    () => {
      const found = ofClosing().filter(({ name }) => name === 'POST /v1/signals')
      return found.length === 2 && found
    },
    { what: 'both requests of the close signal' },
  )
  assert.deepEqual(
    new Set(requests.map(({ parentSpanId }) => parentSpanId)),
    new Set([rootSpanIdOf(traceIdOf(command))]),
  )
  assert.equal(ofClosing().filter(({ name }) => name === 'signal').length, 1)
})

test("an operator's flatten begins a trace of its own, and its exit happens in the position's", async () => {
  const other = await desk.open('ETH')
  await desk.until(other, 'open')
  const operator = createActionClient({ url: api.api?.url ?? '', token: desk.installation.operatorToken })
  await act(operator, { verb: 'flatten', account: 'desk', why: 'a test' })
  await desk.until(other, 'closed')
  const request = await eventually(() => collector.spans.find(({ name }) => name === 'POST /v1/actions'), {
    what: 'the request of the flatten',
  })
  assert.equal(request.parentSpanId, rootSpanIdOf(request.traceId))
  assert.equal(request.attributes['caller'], 'operator')
  const ofTrace = (traceId: string): string[] =>
    collector.spans.filter((span) => span.traceId === traceId).map(({ name }) => name)
  await eventually(
    () => {
      const command = ofTrace(request.traceId)
      return (
        command.includes('signal') &&
        command.includes('stage.route') &&
        ofTrace(traceIdOf(other)).includes('stage.close')
      )
    },
    { what: 'the spans of the flatten and of the exit' },
  )
})

test('every log line of a job carries the ids of its message and its trace', () => {
  const ofJobs = lines.filter(({ idempotency_key }) => idempotency_key !== undefined)
  const ofLife = ofJobs.filter(({ position_id }) => position_id === id)
  assert.deepEqual(
    new Set(ofLife.map(({ stage }) => stage)),
    new Set(['route', 'precheck', 'place', 'monitor', 'close', 'reconcile']),
  )
  for (const line of ofJobs) {
    for (const key of ['stage', 'account', 'position_id', 'client_order_id', 'idempotency_key', 'trace_id']) {
      assert.ok(key in line, `${key} is missing in ${JSON.stringify(line)}`)
    }
  }
  for (const line of ofLife) assert.equal(line['trace_id'], traceIdOf(id))
  const steps = ofLife.filter(({ level }) => level === 'info').map(({ stage }) => stage)
  assert.deepEqual(steps.slice(0, 3), ['route', 'precheck', 'place'])
  assert.ok(steps.indexOf('reconcile') > steps.indexOf('close') && steps.includes('close'), steps.join())
})

test('the acceptance of a signal and every request are logged with their ids and who asked', () => {
  const accepted = lines.find(({ msg, kind }) => msg === 'signal accepted' && kind === 'open')
  assert.deepEqual([accepted?.['position_ids'], accepted?.['trace_ids']], [[id], [traceIdOf(id)]])
  const request = lines.find(({ route, msg }) => route === '/v1/signals' && msg === 'request answered')
  assert.deepEqual([request?.['caller'], request?.['role'], request?.['status']], ['strategies', 'signals', 202])
  assert.match(String(request?.['request_id']), /^[0-9a-f]{16}$/)
})

test('no secret of the installation is in what was collected or logged', () => {
  const folder = join(dirname(desk.installation.configFile), 'secrets')
  const secrets = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8').trim())
  assert.ok(secrets.length >= 3 && collector.bodies.length > 0)
  const told = [...collector.bodies, ...lines.map((line) => JSON.stringify(line))].join('\n')
  for (const secret of secrets) assert.ok(!told.includes(secret.replace(/^0x/, '')), 'a secret was told')
})
