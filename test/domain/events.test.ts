/** Every decision is an event of a type of its own, the same record is the same event, and what nobody foresaw is told whole. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { eventOf, isToldByRule } from '#domain/events/event-of.ts'
import { type ExecutionEvent, executionEventSchema } from '#domain/events/event-schema.ts'
import { actionRequestSchema } from '#domain/operator/action.ts'
import type { AuditRow } from '#domain/records.ts'
import { liveOnce, recordsOf } from '#test/audit/whole-life.ts'
import { NOW, POSITION } from './samples.ts'

const ROOT = join(import.meta.dirname, '../..')

const RECORD: AuditRow = {
  auditId: `positions.${POSITION}.000003`,
  subjectKind: 'positions',
  subject: POSITION,
  at: NOW,
  actor: 'monitor',
  decision: 'something new',
  inputs: { seen: '1' },
  seq: 3,
  previous: null,
  hash: 'f'.repeat(64),
}
const alone = { position: null, processed: null }

function told(record: Partial<AuditRow>): ExecutionEvent {
  return eventOf({ record: { ...RECORD, ...record }, ...alone })
}

test('a whole life is told without a decision that has no type, and every event fits the published schema', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  await using desk = await liveOnce(book)
  const position = await desk.position()
  const events: ExecutionEvent[] = []
  for (const record of await recordsOf(book)) {
    const processed = await book.load('processed', record.subject)
    events.push(
      eventOf({
        record,
        position: record.subjectKind === 'positions' ? position : null,
        processed: processed?.row ?? null,
      }),
    )
  }
  for (const event of events) assert.deepEqual(executionEventSchema.parse(event), event)
  assert.deepEqual(new Set(events.map(({ account }) => account)), new Set(['account']))
  assert.deepEqual(
    events.filter(({ subject }) => subject.id === POSITION).map(({ type }) => type),
    [
      'signal.accepted',
      'order.sent',
      'order.accepted',
      'position.opened',
      'position.adjusted',
      'exit.requested',
      'order.sent',
      'order.accepted',
      'exit.found_flat',
      'position.closed',
    ],
  )
  const others = events.filter(({ subject }) => subject.kind === 'processed').map(({ type }) => type)
  assert.deepEqual(others, ['signal.denied', 'signal.accepted', 'signal.accepted', 'signal.accepted'])
  const closed = events.find((event) => event.type === 'position.closed')
  assert.deepEqual(closed?.payload.realised, {
    gross: position.realised?.gross,
    fees: position.realised?.fees,
    funding: position.realised?.funding,
    net: position.realised?.net,
    provisional: false,
  })
})

test('an order is named by its id, its event by the id of its record', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  await using _desk = await liveOnce(book)
  const record = (await recordsOf(book)).find(({ decision }) => decision === 'entry sent') ?? assert.fail('it was sent')
  const event = eventOf({ record, ...alone })
  assert.equal(event.type, 'order.sent')
  assert.equal(event.client_order_id, record.inputs['intentId'])
  assert.equal(event.idempotency_key, record.auditId)
  assert.deepEqual(event.subject, { kind: 'positions', id: POSITION, seq: record.seq })
})

test('a decision that no rule knows, or with other inputs than it knows, is told whole', () => {
  for (const decision of ['something new', 'entry sent', 'closed signal', 'fees final']) {
    const event = told({ decision })
    assert.equal(event.type, 'decision.recorded')
    assert.deepEqual(event.payload, { decision, inputs: { seen: '1' } })
    assert.deepEqual(executionEventSchema.parse(event), event)
  }
})

test('whatever a record holds, it is told as an event of the schema, and always as the same', () => {
  const word = fc.constantFrom(
    'entry sent',
    'closed x',
    'open done',
    'found orphan',
    'halt',
    'adopted',
    'unresolved',
    '',
  )
  const kind = fc.constantFrom('positions', 'processed', 'accounts', 'programmes', 'control')
  fc.assert(
    fc.property(word, kind, fc.dictionary(fc.string(), fc.jsonValue()), (decision, subjectKind, inputs) => {
      const event = told({ decision, subjectKind, inputs })
      assert.doesNotThrow(() => executionEventSchema.parse(event))
      assert.deepEqual(told({ decision, subjectKind, inputs }), event)
    }),
  )
})

test('an end that was not ours is told as a rebuilt orphan', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  await using desk = await liveOnce(book)
  const record =
    (await recordsOf(book)).find(({ decision }) => decision.startsWith('closed ')) ?? assert.fail('it closed')
  const position = await desk.position()
  assert.equal(eventOf({ record, position, processed: null }).type, 'position.closed')
  assert.equal(eventOf({ record, position: { ...position, orphaned: true }, processed: null }).type, 'orphan.rebuilt')
})

test('a switch tells what it is about, an action its verb; the confirmation is not told', () => {
  const inputs = {
    target: { account: 'a' },
    why: 'drift',
    before: null,
    after: { tradingEnabled: false },
    confirmation: 'c',
  }
  const halted = told({ subjectKind: 'control', subject: 'account.a', decision: 'halt', inputs })
  assert.equal(halted.account, 'a')
  assert.ok(halted.type === 'control.changed')
  assert.deepEqual(
    [halted.payload.scope, halted.payload.trading_enabled, halted.payload.why],
    ['account.a', false, 'drift'],
  )
  const taken = told({ subjectKind: 'accounts', subject: 'a', decision: 'quarantine', inputs })
  assert.ok(taken.type === 'action.taken')
  assert.deepEqual([taken.payload.verb, taken.payload.target], ['quarantine', { account: 'a' }])
  assert.doesNotMatch(JSON.stringify([halted, taken]), /confirmation/)
})

test('every verb of an operator has a type', () => {
  const verbs = actionRequestSchema.options.map(({ shape }) => shape.verb.value)
  for (const decision of verbs) {
    const subjectKind = decision === 'halt' || decision === 'resume' ? 'control' : 'accounts'
    assert.notEqual(told({ subjectKind, decision, inputs: {} }).type, 'decision.recorded', decision)
  }
})

/** Words that stand where code puts others in. */
const STAND_INS: Readonly<Record<string, string>> = {
  'signal.kind': 'open',
  'outcome.result': 'denied',
  'intent.event': 'entry',
  'conclusion.kind': 'absent',
  'finding.kind': 'orphan',
  'cause.reason': 'signal',
}

/** Decisions by their words in the source: literals after `decision:` or `const decision =`. */
function decisionsOfSource(): string[] {
  const found = globSync('src/{workers,http,operate}/**/*.ts', { cwd: ROOT }).flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8')
    const places = text.matchAll(/(?:\bdecision: |\bconst decision = )([^,;\n]+)|lockRecord\(account, ([^,]+)/g)
    return [...places].flatMap(([, first = '', second = '']) =>
      [...`${first}${second}`.matchAll(/'([^']+)'|`([^`]+)`/g)].map(([, plain, template]) => plain ?? template ?? ''),
    )
  })
  return [...new Set(found)].map((words) =>
    words.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => STAND_INS[name] ?? assert.fail(`a stand-in for ${name}`)),
  )
}

test('every decision that the code words is known to a rule', () => {
  const decisions = decisionsOfSource()
  assert.ok(decisions.length > 25, `expected the words of the code to be found, saw ${decisions.length}`)
  assert.deepEqual(
    decisions.filter((decision) => !isToldByRule(decision)),
    [],
  )
})
