/** Secrets come from files or the environment, complete, and errors name the place only. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readSecret, SecretUnavailable } from '#config/secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-secret-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string, mode: number): { kind: 'file'; path: string } {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return { kind: 'file', path }
}

test('a private file gives its content without the final newline, and no warning', () => {
  const { secret, warning } = readSecret(file('private', 'value-of-secret\n', 0o600))
  assert.equal(secret.reveal(), 'value-of-secret')
  assert.equal(warning, null)
})

test('a file that others can read is used with a warning that names the fix', () => {
  const { warning } = readSecret(file('open', 'value-of-secret', 0o644))
  assert.match(warning ?? '', /mode 644.*chmod 600/)
})

test('a missing or empty place is named', () => {
  assert.throws(() => readSecret({ kind: 'file', path: join(folder, 'none') }), SecretUnavailable)
  assert.throws(() => readSecret(file('empty', ' \n', 0o600)), /saw it empty/)
  assert.throws(() => readSecret({ kind: 'env', name: 'NOT_SET' }, {}), /NOT_SET, saw it unset/)
  assert.equal(readSecret({ kind: 'env', name: 'SET' }, { SET: ' v ' }).secret.reveal(), 'v')
})
