/** docs/configuration.md is what the schema says, and the schema says enough of every key. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { parseConfig } from '#config/load-config.ts'
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

/** Enough of a configuration for a fragment to stand in. */
const ACCOUNT = {
  id: 'a',
  venue: 'hyperliquid',
  network: 'testnet',
  master: `0x${'a'.repeat(40)}`,
  agent_key_env: 'KEY',
  strategies: ['*'],
  gates: { instruments: ['*'] },
}
/** Fragments name a sender by this name. */
const SENDERS = { signal_tokens: [{ name: 'strategies', token_env: 'TOKEN' }] }

test('every fragment of a configuration that a document shows is one', () => {
  const documents = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })]
  const fragments = documents.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => ({
      path,
      text,
    })),
  )
  assert.ok(fragments.length >= 3, `${fragments.length} fragments`)
  for (const { path, text } of fragments) {
    const shown = parse(text) as Record<string, unknown>
    // What belongs to an account is shown without it.
    const { gates, programme, http, ...rest } = shown
    const account = { ...ACCOUNT, ...(gates !== undefined && { gates }), ...(programme !== undefined && { programme }) }
    assert.doesNotThrow(
      () =>
        parseConfig(
          stringify({ accounts: [account], ...rest, http: { ...SENDERS, ...(http as object | undefined) } }),
          join(ROOT, 'truebook.yaml'),
        ),
      `${path}: ${text}`,
    )
  }
})

test('every key stands in truebook.example.yaml, written out or as a comment', () => {
  const example = readFileSync(join(ROOT, 'truebook.example.yaml'), 'utf8')
  const missing = rows.filter(({ key }) => !new RegExp(`(^|[\\s{,#-])${key}:`, 'm').test(example))
  assert.deepEqual(
    missing.map(({ path }) => path),
    [],
  )
})
