/** The judge of mutants: killed is only what a test that names the case failed on; everything else is said for what it is. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

import type { Judgement } from '#scripts/mutants/judge.ts'
import type { Mutant } from '#test/catalogue/case.ts'

const repository = dirname(dirname(import.meta.dirname))
let root: string

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'truebook-mutants-'))
  await writeFile(join(root, 'sum.mjs'), 'export const sum = (a, b) => a + b\nexport const unused = 1\n')
  await writeFile(join(root, 'idle.mjs'), 'export const idle = 1\n')
  await writeFile(join(root, 'child.mjs'), `import { sum } from './sum.mjs'\nprocess.stdout.write(String(sum(2, 3)))\n`)
  await writeFile(
    join(root, 'sum.test.mjs'),
    `import assert from 'node:assert/strict'
     import { execFileSync } from 'node:child_process'
     import { createServer } from 'node:http'
     import { describe, test } from 'node:test'
     import { sum } from './sum.mjs'
     test('A1: two and two', () => assert.equal(sum(2, 2), 4))
     test('A2 is weak', () => assert.equal(sum(0, 0), 0))
     describe('A3 as a group', () => test('inside', () => assert.equal(sum(2, 2), 4)))
     test('A4 in a process of its own', () => {
       assert.equal(execFileSync(process.execPath, [new URL('child.mjs', import.meta.url).pathname], { encoding: 'utf8' }), '5')
     })
     test('A5 fails as it is', () => assert.equal(sum(2, 2), 5))
     test('not named, and fails', () => assert.equal(sum(2, 2), 5))
     test('A6 leaves a server behind when it fails', async (t) => {
       const server = createServer().listen(0)
       assert.equal(sum(2, 2), 4)
       server.close()
     })
     test('A10 is another case', () => assert.equal(sum(2, 3), 5))`,
  )
  await writeFile(
    join(root, 'dies.test.mjs'),
    `import { test } from 'node:test'\ntest('A1', () => {})\nthrow new Error('planted')\n`,
  )
})
after(() => rm(root, { recursive: true, force: true }))

const product: Mutant = { file: 'sum.mjs', find: 'a + b', replace: 'a * b', tests: ['sum.test.mjs'] }

async function judge(id: string, ...mutants: Mutant[]): Promise<Judgement[]> {
  const argv = [join(import.meta.dirname, 'judge-planted.ts'), root, JSON.stringify([{ id, required: '', mutants }])]
  // Node marks the processes of a test run; a runner below one would run nothing.
  const { NODE_TEST_CONTEXT: _mark, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: repository, env })
  return JSON.parse(stdout) as Judgement[]
}

const planted: readonly [fact: string, id: string, mutant: Partial<Mutant>, verdict: string, reason: RegExp][] = [
  [
    'a test that fails on it has killed it',
    'A1',
    { replace: 'a - b' },
    'killed',
    /^"A1: two and two" \(AssertionError/,
  ],
  ['a test that passes all the same lets it survive', 'A2', {}, 'survived', /all of them passed/],
  ['only tests that name the case count, and A10 is not A1', 'A1', {}, 'survived', /all of them passed/],
  ['a group that names the case counts', 'A3', { replace: 'a - b' }, 'killed', /A3 as a group/],
  ['it reaches processes that a test starts', 'A4', {}, 'killed', /A4 in a process of its own/],
  ['a test file that does not end after a test failed is stopped', 'A6', { replace: 'a - b' }, 'killed', /^"A6 leaves/],
  ['a test that fails without it proves nothing', 'A5', {}, 'broken', /fails without a mutant: "A5/],
  ['no test that names the case is no kill', 'A7', {}, 'broken', /no test in sum\.test\.mjs names the case/],
  ['a mutant that does not parse is none', 'A1', { replace: 'a +' }, 'broken', /does not parse/],
  ['a mutant that does not run is none', 'A1', { replace: 'a + c' }, 'broken', /does not run.*c is not defined/],
  ['a text that is not there', 'A1', { find: 'a ** b' }, 'broken', /saw it 0 times/],
  ['a text that is there twice', 'A1', { find: 'export' }, 'broken', /saw it 2 times/],
  [
    'a file that no test loads',
    'A1',
    { file: 'idle.mjs', find: '1', replace: '2' },
    'broken',
    /idle\.mjs was never loaded/,
  ],
  ['a test file that dies', 'A9', { tests: ['dies.test.mjs'] }, 'broken', /do not run without a mutant/],
]
for (const [fact, id, changes, verdict, reason] of planted) {
  test(fact, async () => {
    const [judgement] = await judge(id, { ...product, ...changes })
    assert.equal(judgement?.verdict, verdict, judgement?.reason)
    assert.match(judgement.reason, reason)
  })
}

test('several mutants of a case are numbered, side by side, each alone', async () => {
  const judgements = await judge('A1', product, { ...product, replace: 'a - b' })
  assert.deepEqual(
    judgements.map(({ name, verdict }) => [name, verdict]),
    [
      ['A1.1', 'survived'],
      ['A1.2', 'killed'],
    ],
  )
})
