/** `verifyAudit` proves the records of whole lives on both books, at rest and at work. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readTimeline } from '#audit/read-chain.ts'
import { type AuditScope, verifyAudit } from '#audit/verify-audit.ts'
import type { Book, Write } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { sealed } from '#book/seal.ts'
import { positionIdOf, signalKeyOf } from '#domain/ids.ts'
import { type StoreSpec, openStore } from '#test/book/store-spec.ts'
import { ACCOUNT } from '#test/workers/truth-desk.ts'
import { type FirestoreEmulator, startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import { LIFE, decisionsOf, found, liveOnce, recordsOf } from './whole-life.ts'

const ALL: AuditScope = { position: null, account: null, since: null }
const folder = mkdtempSync(join(tmpdir(), 'truebook-audit-'))
let emulator: FirestoreEmulator
before(async () => {
  emulator = await startFirestoreEmulator()
})
after(async () => {
  rmSync(folder, { recursive: true, force: true })
  await emulator.stop()
})

let stores = 0
const embedded = (): StoreSpec & { store: 'embedded' } => ({
  store: 'embedded',
  file: join(folder, `${stores++}.sqlite`),
})
const firestore = (): StoreSpec => ({
  store: 'firestore',
  emulatorHost: emulator.host,
  projectId: `truebook-audit-${process.pid}`,
  prefix: `life-${stores++}`,
})

for (const [name, fresh] of [
  ['embedded', embedded],
  ['firestore', firestore],
] as const) {
  describe(`${name} book`, () => {
    let book: Book
    before(async () => {
      book = await openStore(fresh())
      await liveOnce(book)
    })
    after(() => book.close())

    test('every decision of a life is recorded once and in order, although every message came twice', async () => {
      assert.deepEqual(await decisionsOf(book, 'positions', LIFE), [
        'route: open done',
        'place: entry sent',
        'place: entry accepted',
        'monitor: entry settled',
        'route: discipline adjusted',
        'route: exit asked for',
        'close: exit sent',
        'close: exit accepted',
        'close: broker found flat',
        'reconcile: closed signal',
      ])
      const commands = (await recordsOf(book)).filter(({ subjectKind }) => subjectKind === 'processed')
      assert.deepEqual(
        commands.map(({ decision }) => decision),
        ['open denied', 'adjust done', 'close done', 'close done'],
      )
    })

    test('all of it is proven, and so is each part that can be asked for', async () => {
      const report = await verifyAudit(book, ALL)
      assert.deepEqual(report, {
        proven: true,
        checked: {
          positions: { rows: 1, records: 10 },
          processed: { rows: 5, records: 4 },
          accounts: { rows: 1, records: 0 },
          programmes: { rows: 0, records: 0 },
          control: { rows: 0, records: 0 },
          ledger: { rows: 1, records: 0 },
        },
        unchained: 0,
        firstUnchained: null,
        contradictions: [],
        contradictionsFound: 0,
      })
      assert.deepEqual((await verifyAudit(book, { ...ALL, account: ACCOUNT })).checked, {
        ...report.checked,
      })
      const one = await verifyAudit(book, { ...ALL, position: LIFE })
      assert.deepEqual([one.proven, one.checked.positions], [true, { rows: 1, records: 10 }])
      const later = await verifyAudit(book, { ...ALL, since: 2_000_000_000_000 })
      assert.deepEqual([later.proven, later.checked.positions.rows], [true, 0])
    })

    test('the timeline of a position tells its commands too', async () => {
      const chains = await readTimeline(book, LIFE)
      assert.deepEqual(
        chains.map(({ about, records, fault }) => [about.kind, records, fault]),
        [
          ['processed', 0, null],
          ['positions', 10, null],
        ],
      )
    })

    test('a position, a ledger row or a command without its records is found', async () => {
      const stored = (await book.load('positions', LIFE)) ?? assert.fail('a position')
      const { audit: _, ...bare } = stored.row
      const id = positionIdOf(signalKeyOf('nobody', 'signed'), ACCOUNT)
      await book.commit([
        { op: 'create', kind: 'positions', id, row: { ...bare, positionId: id, realised: null } },
        { op: 'create', kind: 'ledger', id: 'invented', row: { ...LEDGER, positionId: LIFE } },
        { op: 'create', kind: 'ledger', id: 'homeless', row: { ...LEDGER, ledgerId: 'homeless' } },
      ])
      assert.deepEqual(
        found(await verifyAudit(book, ALL)),
        [`${LIFE} ledger/invented`, `${id} ${id}`, 'none ledger/homeless'].toSorted(),
      )
    })
  })
}

const LEDGER = {
  ledgerId: 'invented',
  account: ACCOUNT,
  kind: 'realised',
  instrument: 'BTC-PERP',
  positionId: null,
  gross: '1',
  fees: '0',
  net: '1',
  evidence: [],
  at: 1_800_000_000_500,
} as unknown as Extract<Write, { op: 'create'; kind: 'ledger' }>['row']

test('many records of one instant are read in pages, none left out', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const about = { kind: 'control', id: 'global' } as const
  const row = { tradingEnabled: true, by: 'operator', why: 'test', at: 1 }
  const decision = { about, at: 1, actor: 'operator', decision: 'trading-enabled', inputs: {} }
  const records = Array.from({ length: 450 }, () => ({ op: 'record', decision }) as const)
  await book.commit(sealed([{ op: 'create', kind: 'control', id: 'global', row }, ...records]))
  const report = await verifyAudit(book, ALL)
  assert.deepEqual([report.proven, report.checked.control], [true, { rows: 1, records: 450 }])
  await book.close()
})

test('a book at work is not called broken: what moves while it is read is read again', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const about = { kind: 'control', id: 'global' } as const
  const decide = async (): Promise<void> => {
    const stored = await book.load('control', 'global')
    const row = {
      tradingEnabled: true,
      by: 'operator',
      why: 'test',
      at: 1,
      ...(stored !== null && { audit: stored.row.audit }),
    }
    const decision = { about, at: 1, actor: 'operator', decision: 'trading-enabled', inputs: {} }
    await book.commit(
      sealed([
        stored === null
          ? { op: 'create', kind: 'control', id: 'global', row }
          : { op: 'replace', kind: 'control', id: 'global', row, revision: stored.revision },
        { op: 'record', decision },
      ]),
    )
  }
  await decide()
  let moves = 3
  const moving: Book = {
    load: (kind, id) => book.load(kind, id),
    loadMany: (kind, ids) => book.loadMany(kind, ids),
    commit: (writes) => book.commit(writes),
    close: () => book.close(),
    async list(kind, query) {
      if (kind === 'audit' && moves-- > 0) await decide()
      return await book.list(kind, query)
    },
  }
  const report = await verifyAudit(moving, ALL)
  assert.deepEqual([report.contradictions, report.checked.control.records], [[], 4])
  await book.close()
})

test('a decision is recorded in a commit that writes the row it is about, or the commit is refused', () => {
  const about = { kind: 'positions', id: LIFE } as const
  const decision = { about, at: 1, actor: 'test', decision: 'alone', inputs: {} }
  assert.throws(
    () => sealed([{ op: 'record', decision }]),
    /records "alone" about positions\/pos-.*expected it to write that row/,
  )
})
