/** A sink that hangs or is down while hundreds of alerts wait for it: what trades shares book and queue with them and does not notice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AlertNotDelivered, type Sink } from '#alerting/alerting.ts'
import { openAlerting } from '#alerting/open-alerting.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { withCommit } from '#book/with-commit.ts'
import { alertEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import { deliverAlert } from '#workers/alerts.ts'
import { raised } from '#workers/writes.ts'
import { CAUSE } from '#test/workers/alert-desk.ts'
import { hearing, ONCE } from '#test/workers/silent-sinks.ts'

const ALERTS = 300
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }

/** So many alerts stand, and each owes the sink its first telling; counted is what asks the book from then on. */
async function storm(sink: Sink, clock: { now: number }) {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const asked = { reads: 0, commits: 0 }
  const counting = withCommit(book, (writes) => {
    asked.commits += 1
    return book.commit(writes)
  })
  const counted: typeof book = {
    ...counting,
    load: (kind, id) => {
      asked.reads += 1
      return book.load(kind, id)
    },
  }
  const alerting = openAlerting([sink], ONCE, () => clock.now)
  const tools = { book: counted, alerting, log: SILENT, now: () => clock.now }
  for (let n = 0; n < ALERTS; n += 1) {
    const { writes, next } = await raised(book, { ...CAUSE, occurrence: String(n) }, clock.now)
    await book.commit(writes)
    for (const envelope of next) await deliverAlert(envelope, tools)
  }
  const rows = await book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' } })
  const tellings: Envelope[] = rows.map(({ row }) => row.envelope)
  assert.equal(tellings.length, ALERTS)
  Object.assign(asked, { reads: 0, commits: 0 })
  return { book, asked, tellings, tools, [Symbol.asyncDispose]: () => book.close() }
}

test('while it hangs, those behind the four that it was given ask the book nothing and come back one after another', async () => {
  const release = Promise.withResolvers<undefined>()
  const sink: Sink = { terms: hearing('slow'), send: async () => await release.promise }
  await using desk = await storm(sink, { now: 1_000_000 })
  const { asked, tellings, tools } = desk
  const hanging = tellings.slice(0, 4).map(async (envelope) => await deliverAlert(envelope, tools))
  // Each has claimed and hangs.
  while (asked.commits < 4) await new Promise(setImmediate)
  await new Promise(setImmediate)
  const before = { ...asked }
  const waits: number[] = []
  for (const envelope of tellings.slice(4)) {
    const verdict = await deliverAlert(envelope, tools)
    assert.ok(verdict.kind === 'again')
    waits.push(verdict.afterMs)
  }
  assert.deepEqual(asked, before)
  assert.deepEqual([waits[0], waits[1], waits.at(-1)], [250, 300, 250 + 50 * (ALERTS - 5)])
  release.resolve(undefined)
  for (const verdict of await Promise.all(hanging)) assert.equal(verdict.kind, 'done')
})

test('while it is down one of them finds that out, and the others ask the book nothing until it is worth trying', async () => {
  const clock = { now: 1_000_000 }
  const failing = async (): Promise<never> => Promise.reject(new AlertNotDelivered('down'))
  await using desk = await storm({ terms: hearing('down'), send: failing }, clock)
  const { asked, tellings, tools } = desk
  for (const envelope of tellings) assert.equal((await deliverAlert(envelope, tools)).kind, 'again')
  assert.ok(asked.commits <= 2 && asked.reads <= 6, JSON.stringify(asked))
  clock.now += 1_000
  for (const envelope of tellings) await deliverAlert(envelope, tools)
  assert.ok(asked.commits <= 4 && asked.reads <= 12, JSON.stringify(asked))
})

test('a message about what is over or was told is no telling: it waits for no sink', async () => {
  const failing = async (): Promise<never> => Promise.reject(new AlertNotDelivered('down'))
  await using desk = await storm({ terms: hearing('down'), send: failing }, { now: 1_000_000 })
  const { tellings, tools } = desk
  await deliverAlert(tellings[0]!, tools)
  const plan = alertEnvelope('alert-unknown', '*', 1_000_000)
  assert.equal((await deliverAlert(plan, tools)).kind, 'done')
})
