/** A chain of records: its hash is published, and whatever is done to a record of it is found. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type StoredRecord, auditHashOf, auditIdOf, chained, checkChain } from '#domain/audit-chain.ts'
import { canonicalJson } from '#domain/ids.ts'
import type { AuditHead, AuditRow, Decision } from '#domain/records.ts'

const ABOUT = { kind: 'positions', id: 'pos-1' } as const

function decisions(count: number, inputs: Readonly<Record<string, unknown>> = { px: '1.10' }): Decision[] {
  return Array.from({ length: count }, (_, index) => ({
    about: ABOUT,
    at: 1_800_000_000_000 + index,
    actor: 'monitor',
    decision: `decision ${index}`,
    inputs,
  }))
}

function stored(rows: readonly AuditRow[]): StoredRecord[] {
  return rows.map((row) => ({ id: row.auditId, row }))
}

function faultOf(head: AuditHead | null, records: readonly StoredRecord[]): string | null {
  return checkChain(ABOUT, head, records).fault?.record ?? null
}

test('canonical JSON is that of RFC 8785, sections 3.2.2 and 3.2.3', () => {
  const values = JSON.parse(
    String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
  ) as unknown
  assert.equal(
    canonicalJson(values),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  )
  const keys = JSON.parse(
    String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
  ) as object
  assert.deepEqual(Object.values(JSON.parse(canonicalJson(keys)) as object).length, 7)
  assert.equal(
    canonicalJson(keys),
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  )
  // Numbers in keys are text: JavaScript would put 9 before 10.
  assert.equal(canonicalJson({ 9: 1, 10: 2 }), '{"10":2,"9":1}')
})

test('the hash of a record is SHA-256 over the canonical JSON of all its other fields', () => {
  const { head, rows } = chained(null, [
    {
      about: { kind: 'positions', id: 'pos-00000000000000000000000000000001' },
      at: 1_800_000_000_000,
      actor: 'route',
      decision: 'open done',
      inputs: { signal: { side: 'long', size: '0.05' }, gates: [], stop: null },
    },
    {
      about: { kind: 'positions', id: 'pos-00000000000000000000000000000001' },
      at: 1_800_000_000_001,
      actor: 'place',
      decision: 'entry sent',
      inputs: { größe: '1', 10: true, 9: false },
    },
  ])
  // Made once with Python's hashlib and json (sort_keys, no blanks, ensure_ascii off).
  assert.deepEqual(
    rows.map(({ auditId, previous, hash }) => [auditId, previous, hash]),
    [
      ['positions.pos-00000000000000000000000000000001.000000', null, VECTORS[0]],
      ['positions.pos-00000000000000000000000000000001.000001', VECTORS[0], VECTORS[1]],
    ],
  )
  assert.deepEqual(head, { seq: 1, hash: VECTORS[1] })
})

const VECTORS = [
  '9d34ead0d4b70ea1943bd8c6547537aa92bf02cdc80265df4cd02a0314d89476',
  '5b67a73db27dc8c1d80d643688da7235aba95fed6ca6f58e8957a4c67094bf98',
]

test('the order of keys, of decisions already recorded and of the store does not matter', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (inputs) => {
      const reversed = Object.fromEntries(Object.entries(inputs).toReversed())
      const [one, two] = [chained(null, decisions(3, inputs)), chained(null, decisions(3, reversed))]
      assert.deepEqual(one.head, two.head)
      const begun = chained(null, decisions(3, inputs).slice(0, 1))
      assert.deepEqual(chained(begun.head, decisions(3, inputs).slice(1)).head, one.head)
      assert.equal(faultOf(one.head, stored(one.rows).toReversed()), null)
    }),
  )
})

test('a whole chain has no fault; no records and no head neither', () => {
  const { head, rows } = chained(null, decisions(5))
  assert.deepEqual(checkChain(ABOUT, head, stored(rows)), { records: 5, unchained: [], fault: null })
  assert.deepEqual(checkChain(ABOUT, null, []), { records: 0, unchained: [], fault: null })
})

const FIELDS = [
  'auditId',
  'subjectKind',
  'subject',
  'at',
  'actor',
  'decision',
  'inputs',
  'seq',
  'previous',
  'hash',
] as const

test('any field of any record that is changed or taken out is found', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      fc.constantFrom(...FIELDS),
      fc.option(fc.jsonValue(), { nil: undefined }),
      (count, pick, field, value) => {
        const { head, rows } = chained(null, decisions(count))
        const index = pick % count
        const row = rows[index] as AuditRow
        fc.pre(canonicalJson({ value: row[field] }) !== canonicalJson({ value }))
        const { [field]: _, ...rest } = row
        const altered = { ...rest, ...(value !== undefined && { [field]: value }) } as Partial<AuditRow>
        const records = stored(rows).with(index, { id: row.auditId, row: altered })
        assert.notEqual(faultOf(head, records), null)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a field deep inside the inputs that is changed names the record', () => {
  const { head, rows } = chained(null, decisions(4, { deep: [{ fee: '0.10' }] }))
  const row = { ...(rows[2] as AuditRow), inputs: { deep: [{ fee: '0.11' }] } }
  assert.equal(faultOf(head, stored(rows).with(2, { id: row.auditId, row })), auditIdOf(ABOUT, 2))
})

test('records taken out anywhere are found, the first missing one by name; the tail by the head alone', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 8 })
        .chain((count) => fc.tuple(fc.constant(count), fc.subarray([...Array(count).keys()], { minLength: 1 }))),
      ([count, out]) => {
        const { head, rows } = chained(null, decisions(count))
        const kept = stored(rows).filter((_, index) => !out.includes(index))
        assert.equal(faultOf(head, kept), auditIdOf(ABOUT, Math.min(...out)))
      },
    ),
  )
  const { head, rows } = chained(null, decisions(5))
  assert.equal(faultOf(head, stored(rows.slice(0, 4))), auditIdOf(ABOUT, 4))
  assert.equal(faultOf(head, []), auditIdOf(ABOUT, 0))
})

test('two records whose contents or places were swapped are found', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(), fc.nat(), fc.boolean(), (count, a, b, hashesToo) => {
      const [i, j] = [a % count, b % count]
      fc.pre(i !== j)
      const { head, rows } = chained(null, decisions(count))
      const [one, two] = [rows[i] as AuditRow, rows[j] as AuditRow]
      const swapped = (into: AuditRow, from: AuditRow): StoredRecord => {
        const row = { ...from, auditId: into.auditId, seq: into.seq, previous: into.previous }
        return { id: into.auditId, row: hashesToo ? { ...row, hash: hashOf(row) } : row }
      }
      assert.notEqual(faultOf(head, stored(rows).with(i, swapped(one, two)).with(j, swapped(two, one))), null)
      const places = stored(rows).with(i, { id: one.auditId, row: two }).with(j, { id: two.auditId, row: one })
      assert.notEqual(faultOf(head, places), null)
    }),
  )
})

function hashOf(row: AuditRow): string {
  const { hash: _, ...content } = row
  return auditHashOf(content)
}

test('a record that was changed and hashed again breaks the one behind it, and the last one breaks the head', () => {
  const { head, rows } = chained(null, decisions(4))
  const forged = (index: number): StoredRecord[] => {
    const row = { ...(rows[index] as AuditRow), actor: 'somebody else' }
    return stored(rows).with(index, { id: row.auditId, row: { ...row, hash: hashOf(row) } })
  }
  assert.equal(faultOf(head, forged(1)), auditIdOf(ABOUT, 2))
  assert.equal(faultOf(head, forged(3)), auditIdOf(ABOUT, 3))
})

test('records that were added, behind the head or with no head at all, are found', () => {
  const { head, rows } = chained(null, decisions(3))
  const longer = chained(head, decisions(1))
  assert.equal(faultOf(head, stored([...rows, ...longer.rows])), auditIdOf(ABOUT, 3))
  assert.equal(faultOf(null, stored(rows)), auditIdOf(ABOUT, 0))
  const copy = { id: 'positions.pos-1.copy', row: rows[1] as AuditRow }
  assert.notEqual(faultOf(head, [...stored(rows), copy]), null)
})

test('records of a version before chains are told apart and prove nothing', () => {
  const old = {
    id: 'audit-0123',
    row: { auditId: 'audit-0123', subject: 'pos-1', at: 1, actor: 'route', decision: 'done', inputs: {} },
  }
  assert.deepEqual(checkChain(ABOUT, null, [old]), { records: 0, unchained: ['audit-0123'], fault: null })
  const { head, rows } = chained(null, decisions(2))
  assert.deepEqual(checkChain(ABOUT, head, [old, ...stored(rows)]), {
    records: 2,
    unchained: ['audit-0123'],
    fault: null,
  })
  const { hash: _, seq: __, ...stripped } = rows[1] as AuditRow
  assert.equal(faultOf(head, stored(rows).with(1, { id: stripped.auditId, row: stripped })), auditIdOf(ABOUT, 1))
})
