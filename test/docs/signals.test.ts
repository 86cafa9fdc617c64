/** A signal that a document shows is one that Truebook takes. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { signalSchema } from '#domain/signal.ts'

const ROOT = join(import.meta.dirname, '../..')
const DOCUMENTS = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })]

/** JSON blocks, and what `curl` sends, as far as they speak of a kind. */
function signalsIn(text: string): unknown[] {
  const blocks = [...text.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
  const sent = [...text.matchAll(/curl [^`]*?\/v1\/signals[^`]*? -d '([^']*)'/g)].map(([, body = '']) => body)
  return [...blocks, ...sent].filter((json) => json.includes('"kind"')).map((json) => JSON.parse(json) as unknown)
}

test('every signal of a document fits the schema', () => {
  const shown = DOCUMENTS.flatMap((path) =>
    signalsIn(readFileSync(join(ROOT, path), 'utf8')).map((signal) => ({ path, signal })),
  )
  assert.ok(shown.length >= 2, `${shown.length} signals`)
  for (const { path, signal } of shown) {
    const { error } = signalSchema.safeParse(signal)
    assert.equal(error?.message, undefined, path)
  }
})
