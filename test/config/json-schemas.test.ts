/** The committed JSON Schemas are those of the code. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PUBLISHED_SCHEMAS, schemaText } from '#config/json-schemas.ts'

for (const file of Object.keys(PUBLISHED_SCHEMAS) as (keyof typeof PUBLISHED_SCHEMAS)[]) {
  test(`schema/${file} is current (else run scripts/generate-schemas.ts)`, () => {
    const committed = readFileSync(new URL(`../../schema/${file}`, import.meta.url), 'utf8')
    assert.equal(committed, schemaText(file))
  })
}
