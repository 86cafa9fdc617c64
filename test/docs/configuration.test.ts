/** docs/configuration.md is what the schema says, and the schema says enough of every key. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { configurationReference, referenceRows } from '#scripts/configuration-reference.ts'

const ROOT = join(import.meta.dirname, '../..')
const rows = referenceRows()

test('docs/configuration.md is current (else run scripts/generate-schemas.ts)', () => {
  assert.equal(readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8'), configurationReference())
})

test('every key says what it means; one without a default shows how it may look', () => {
  assert.ok(rows.length > 120, `${rows.length} keys`)
  // A key with one possible value is told by that value.
  const isTag = ({ key, type }: (typeof rows)[number]): boolean =>
    ['type', 'venue'].includes(key) && type.startsWith('`"')
  const silent = rows.filter((row) => row.description === '' && !isTag(row))
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  )
  const bare = rows.filter((row) => ['-', 'required'].includes(row.default) && row.example === '')
  assert.deepEqual(
    bare.map(({ path }) => path),
    [],
  )
})

test('every key stands in truebook.example.yaml, written out or as a comment', () => {
  const example = readFileSync(join(ROOT, 'truebook.example.yaml'), 'utf8')
  const missing = rows.filter(({ key }) => !new RegExp(`(^|[\\s{,#-])${key}:`, 'm').test(example))
  assert.deepEqual(
    missing.map(({ path }) => path),
    [],
  )
})
