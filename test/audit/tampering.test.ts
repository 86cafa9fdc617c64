/** What is done to the file of a book behind Truebook's back is found, and the first record that does not fit is named. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import type { AuditReport } from '#audit/audit-report.ts'
import { type AuditScope, verifyAudit } from '#audit/verify-audit.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { auditHashOf } from '#domain/audit-chain.ts'
import { positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { AuditRow } from '#domain/records.ts'
import { ACCOUNT } from '#test/workers/truth-desk.ts'
import { LIFE, found, liveOnce } from './whole-life.ts'

const ALL: AuditScope = { position: null, account: null, since: null }
const folder = mkdtempSync(join(tmpdir(), 'truebook-tampering-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

/** A life in a file, tampered with in SQLite, verified again. */
async function afterTampering(tamper: (database: DatabaseSync) => void, scope = ALL): Promise<AuditReport> {
  const file = join(folder, `${files++}.sqlite`)
  const book = await openEmbeddedBook({ file })
  await liveOnce(book)
  await book.close()
  const database = new DatabaseSync(file)
  tamper(database)
  database.close()
  const again = await openEmbeddedBook({ file })
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
    assert.deepEqual(found(report), [`${LIFE} ${recordId(4)}`])
    assert.match(report.contradictions[0]?.problem ?? '', /^its content hashes to [0-9a-f]{64}, it says [0-9a-f]{64}$/)
  })

  test('a deleted record is named, be it the first, one in the middle or the last', async () => {
    for (const seq of [0, 5, 9]) {
      const report = await afterTampering((database) => {
        database.prepare('DELETE FROM audit WHERE id = ?').run(recordId(seq))
      })
      assert.deepEqual(found(report), [`${LIFE} ${recordId(seq)}`])
    }
  })

  test('a record that was changed and hashed again is found by the one behind it', async () => {
    const report = await afterTampering((database) => {
      const text = String(database.prepare('SELECT row FROM audit WHERE id = ?').get(recordId(6))?.['row'])
      const { hash: _, ...row } = { ...(JSON.parse(text) as AuditRow), actor: 'nobody' }
      const forged = JSON.stringify({ ...row, hash: auditHashOf(row) })
      database.prepare('UPDATE audit SET row = ? WHERE id = ?').run(forged, recordId(6))
    })
    assert.deepEqual(found(report), [`${LIFE} ${recordId(7)}`])
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
    assert.deepEqual(found(report), [`${LIFE}.route ${LIFE}.route`])
  })

  test('the record of a denied entry that was deleted is missed', async () => {
    const key = `${positionIdOf(signalKeyOf('test', 'two'), ACCOUNT)}.route`
    const report = await afterTampering((database) => {
      database.prepare('DELETE FROM audit WHERE subject = ?').run(key)
    })
    assert.deepEqual(found(report), [`${key} processed.${key}.000000`])
  })

  test('a ledger row or a result that was changed contradicts the record that booked it', async () => {
    const ledger = await afterTampering((database) => {
      database.exec(`UPDATE ledger SET row = json_set(row, '$.net', '1000000')`)
    })
    assert.match(ledger.contradictions[0]?.problem ?? '', /"net":"1000000".*its record booked .*"net":"9\.8"/)
    const result = await afterTampering((database) => change(database, 'positions', LIFE, '$.realised.net', '1000000'))
    assert.deepEqual(found(result), [`${LIFE} positions/${LIFE}`])
    const deleted = await afterTampering((database) => database.exec('DELETE FROM ledger'))
    assert.equal(found(deleted).length, 1)
  })

  test('a record under a subject that no book has is found', async () => {
    const report = await afterTampering((database) => change(database, 'audit', recordId(2), '$.subject', 'pos-else'))
    assert.deepEqual(found(report), [`${LIFE} ${recordId(2)}`, `pos-else ${recordId(2)}`])
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
