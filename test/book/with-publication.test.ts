/** The debt of an event is made by the commit that makes its record: with it, or not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { StaleWrite } from '#book/errors.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import { withPublication } from '#book/with-publication.ts'
import type { ControlRow } from '#domain/account.ts'
import type { Envelope } from '#domain/message.ts'
import { envelopeSchema } from '#domain/message.ts'
import { NOW } from '#test/domain/samples.ts'

const ROW: ControlRow = { tradingEnabled: false, by: 'ann', why: 'drift', at: NOW }

function switched(id: string, decisions = 1): PlannedWrite[] {
  const about = { kind: 'control', id } as const
  return [
    { op: 'create', kind: 'control', id, row: ROW },
    ...Array.from({ length: decisions }, (_, n): PlannedWrite => ({
      op: 'record',
      decision: { about, at: NOW + n, actor: 'ann', decision: 'halt', inputs: {} },
    })),
  ]
}

async function owedIn(book: Book): Promise<Envelope[]> {
  const rows = await book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' } })
  return rows.map(({ row }) => row.envelope)
}

async function published() {
  const plain = await openEmbeddedBook({ file: ':memory:' })
  const handed: Envelope[] = []
  const owedWhenHanded: Promise<boolean>[] = []
  const book = withPublication(plain, (envelope) => {
    handed.push(envelope)
    owedWhenHanded.push(plain.load('outbox', envelope.idempotency_key).then((row) => row !== null))
  })
  return { book, handed, owedWhenHanded }
}

test('each record of a commit is owed with it, valid, and handed over once it is durable', async () => {
  const { book, handed, owedWhenHanded } = await published()
  await book.commit(sealed(switched('global', 2)))
  const owed = await owedIn(book)
  assert.deepEqual(
    owed.map(({ idempotency_key }) => idempotency_key),
    ['control.global.000000.publish', 'control.global.000001.publish'],
  )
  for (const envelope of owed) assert.deepEqual(envelopeSchema.parse(envelope), envelope)
  assert.deepEqual(handed, owed)
  assert.deepEqual(await Promise.all(owedWhenHanded), [true, true])
})

test('a commit that is refused owes nothing and hands nothing over', async () => {
  const { book, handed } = await published()
  await book.commit(sealed(switched('global')))
  await assert.rejects(book.commit(sealed(switched('global'))), StaleWrite)
  assert.equal((await owedIn(book)).length, 1)
  assert.equal(handed.length, 1)
})

test('whoever commits gets the revisions of its own writes, usable for the next one', async () => {
  const { book } = await published()
  const writes = sealed(switched('global'))
  const revisions = await book.commit(writes)
  assert.equal(revisions.length, writes.length)
  const [revision] = revisions
  assert.ok(revision)
  await book.commit([{ op: 'replace', kind: 'control', id: 'global', row: ROW, revision }])
})

test('the debt names the account of the row that the record is about', async () => {
  const { book } = await published()
  const about = { kind: 'processed', id: 'k' } as const
  const outcome = { result: 'done', detail: '' } as const
  const row = { idempotencyKey: 'k', stage: 'route', account: 'desk', positionId: 'p', outcome, at: NOW } as never
  await book.commit(
    sealed([
      { op: 'create', kind: 'processed', id: 'k', row },
      { op: 'record', decision: { about, at: NOW, actor: 'route', decision: 'close done', inputs: {} } },
    ]),
  )
  assert.deepEqual(
    (await owedIn(book)).map(({ account }) => account),
    ['desk'],
  )
})
