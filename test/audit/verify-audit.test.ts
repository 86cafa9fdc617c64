/** `verifyAudit` proves the records of whole lives on both books, and finds whatever is done to a book behind Truebook's back. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { AuditReport } from '#audit/audit-report.ts'
import { readTimeline } from '#audit/read-chain.ts'
import { type AuditScope, verifyAudit } from '#audit/verify-audit.ts'
import type { Book, Write } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { sealed } from '#book/seal.ts'
import { auditHashOf } from '#domain/audit-chain.ts'
import { positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { AuditRow } from '#domain/records.ts'
import { type StoreSpec, openStore } from '#test/book/store-spec.ts'
import { ACCOUNT } from '#test/workers/truth-desk.ts'
import { type FirestoreEmulator, startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import { LIFE, decisionsOf, liveOnce, recordsOf } from './whole-life.ts'

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
        ['open denied', 'adjust done', 'close done'],
      )
    })

    test('all of it is proven, and so is each part that can be asked for', async () => {
      const report = await verifyAudit(book, ALL)
      assert.deepEqual(report, {
        proven: true,
        checked: {
          positions: { rows: 1, records: 10 },
          processed: { rows: 4, records: 3 },
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
        [
          [LIFE, 'ledger/invented'],
          [id, id],
          ['none', 'ledger/homeless'],
        ].toSorted(),
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

function found({ proven, contradictions }: AuditReport): [string, string][] {
  assert.equal(proven, false)
  return contradictions.map(({ subject, record }): [string, string] => [subject.id, record]).toSorted()
}

/** A life in a file, tampered with in SQLite, verified again. */
async function afterTampering(tamper: (database: DatabaseSync) => void, scope = ALL): Promise<AuditReport> {
  const spec = embedded()
  const book = await openEmbeddedBook({ file: spec.file })
  await liveOnce(book)
  await book.close()
  const database = new DatabaseSync(spec.file)
  tamper(database)
  database.close()
  const again = await openEmbeddedBook({ file: spec.file })
  try {
    return await verifyAudit(again, scope)
  } finally {
    await again.close()
  }
}

const recordId = (seq: number): string => `positions.${LIFE}.${String(seq).padStart(6, '0')}`
const change = (database: DatabaseSync, table: string, id: string, path: string, value: string | number): void => {
  const { changes } = database
    .prepare(`UPDATE "${table}" SET row = json_set(row, ?, ?) WHERE id = ?`)
    .run(path, value, id)
  assert.equal(changes, 1, `${table}/${id}`)
}

describe('tampering with the file of a book', () => {
  test('an untouched one is proven', async () => {
    assert.equal((await afterTampering(() => undefined)).proven, true)
  })

  test('a changed input of a record names that record, with both hashes', async () => {
    const report = await afterTampering((database) => change(database, 'audit', recordId(4), '$.inputs.mark', '1'))
    assert.deepEqual(found(report), [[LIFE, recordId(4)]])
    assert.match(report.contradictions[0]?.problem ?? '', /^its content hashes to [0-9a-f]{64}, it says [0-9a-f]{64}$/)
  })

  test('a deleted record is named, be it the first, one in the middle or the last', async () => {
    for (const seq of [0, 5, 9]) {
      const report = await afterTampering((database) => {
        database.prepare('DELETE FROM audit WHERE id = ?').run(recordId(seq))
      })
      assert.deepEqual(found(report), [[LIFE, recordId(seq)]])
    }
  })

  test('a record that was changed and hashed again is found by the one behind it', async () => {
    const report = await afterTampering((database) => {
      const text = String(database.prepare('SELECT row FROM audit WHERE id = ?').get(recordId(6))?.['row'])
      const { hash: _, ...row } = { ...(JSON.parse(text) as AuditRow), actor: 'nobody' }
      const forged = JSON.stringify({ ...row, hash: auditHashOf(row) })
      database.prepare('UPDATE audit SET row = ? WHERE id = ?').run(forged, recordId(6))
    })
    assert.deepEqual(found(report), [[LIFE, recordId(7)]])
  })

  test('a head that was turned back is found by the records behind it', async () => {
    const report = await afterTampering((database) => change(database, 'positions', LIFE, '$.audit.seq', 3))
    assert.equal(report.contradictions[0]?.record, recordId(4))
  })

  test('a position that was deleted is missed by its records and by the command that opened it', async () => {
    const report = await afterTampering((database) => {
      database.prepare('DELETE FROM positions WHERE id = ?').run(LIFE)
    })
    const records = report.contradictions.map(({ record }) => record)
    assert.ok(records.includes(recordId(0)) && records.includes(`${LIFE}.route`), records.join())
  })

  test('a position that was deleted with all of its records is missed by the command that opened it', async () => {
    const report = await afterTampering((database) => {
      database.prepare('DELETE FROM positions WHERE id = ?').run(LIFE)
      database.prepare('DELETE FROM audit WHERE subject = ?').run(LIFE)
      database.prepare('DELETE FROM ledger').run()
    })
    assert.deepEqual(found(report), [[`${LIFE}.route`, `${LIFE}.route`]])
  })

  test('the record of a denied entry that was deleted is missed', async () => {
    const key = `${positionIdOf(signalKeyOf('test', 'two'), ACCOUNT)}.route`
    const report = await afterTampering((database) => {
      database.prepare('DELETE FROM audit WHERE subject = ?').run(key)
    })
    assert.deepEqual(found(report), [[key, `processed.${key}.000000`]])
  })

  test('a ledger row or a result that was changed contradicts the record that booked it', async () => {
    const ledger = await afterTampering((database) => {
      database.exec(`UPDATE ledger SET row = json_set(row, '$.net', '1000000')`)
    })
    assert.match(ledger.contradictions[0]?.problem ?? '', /"net":"1000000".*its record booked .*"net":"9\.8"/)
    const result = await afterTampering((database) => change(database, 'positions', LIFE, '$.realised.net', '1000000'))
    assert.deepEqual(found(result), [[LIFE, `positions/${LIFE}`]])
    const deleted = await afterTampering((database) => database.exec('DELETE FROM ledger'))
    assert.equal(found(deleted).length, 1)
  })

  test('a record under a subject that no book has is found', async () => {
    const report = await afterTampering((database) => change(database, 'audit', recordId(2), '$.subject', 'pos-else'))
    assert.deepEqual(
      found(report),
      [
        [LIFE, recordId(2)],
        ['pos-else', recordId(2)],
      ].toSorted(),
    )
  })
})

test('records of a version before chains are counted and named, and prove nothing; --since leaves them out', async () => {
  const old = (id: string, subject: string): [string, string] => [
    id,
    JSON.stringify({ auditId: id, subject, at: 1_700_000_000_000, actor: 'route', decision: 'done', inputs: {} }),
  ]
  const insert = (database: DatabaseSync): void => {
    const statement = database.prepare('INSERT INTO audit (id, revision, row) VALUES (?, 1, ?)')
    statement.run(...old('audit-1', LIFE))
    statement.run(...old('audit-2', ACCOUNT))
  }
  const report = await afterTampering(insert)
  assert.deepEqual([report.proven, report.unchained, report.contradictions], [false, 2, []])
  assert.equal(report.firstUnchained, 'audit-1')
  const since = await afterTampering(insert, { ...ALL, since: 1_750_000_000_000 })
  assert.deepEqual([since.proven, since.unchained], [true, 0])
})

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
