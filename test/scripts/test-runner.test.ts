/** `npm test` fails whenever a test did not pass, and its last line tells how many did. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'

const root = dirname(dirname(import.meta.dirname))
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'truebook-runner-'))
})
after(() => rm(folder, { recursive: true, force: true }))

async function runnerOn(source: string): Promise<{ status: number | null; lastLine: string | undefined }> {
  const file = join(folder, 'planted.test.mjs')
  await writeFile(file, `import { test } from 'node:test'\n${source}`)
  // Node marks the processes of a test run; a runner below one would run nothing.
  const { NODE_TEST_CONTEXT: _mark, ...env } = process.env
  const run = spawnSync(process.execPath, ['scripts/test.ts', file], { cwd: root, env, encoding: 'utf8' })
  return { status: run.status, lastLine: run.stdout.trimEnd().split('\n').at(-1) }
}

test('a run in which all pass succeeds', async () => {
  assert.deepEqual(await runnerOn(`test('a', () => {})`), { status: 0, lastLine: '1 passed, 0 failed' })
})

test('a failing test fails the run', async () => {
  const planted = `test('a', () => {}); test('b', () => { throw new Error('planted') })`
  assert.deepEqual(await runnerOn(planted), { status: 1, lastLine: '1 passed, 1 failed' })
})

test('a skipped test fails the run', async () => {
  assert.deepEqual(await runnerOn(`test('a', () => {}); test.skip('b', () => {})`), {
    status: 1,
    lastLine: '1 passed, 1 failed',
  })
})

test('a file that dies at import fails the run', async () => {
  const { status } = await runnerOn(`throw new Error('planted')`)
  assert.equal(status, 1)
})

test('a run without tests fails', async () => {
  const { status } = await runnerOn(`void test`)
  assert.equal(status, 1)
})
