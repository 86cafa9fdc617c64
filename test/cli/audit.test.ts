/** `truebook audit verify` reads a book that nobody runs, proves it or names what does not fit, and says so in its exit code. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import type { AuditReport } from '#audit/audit-report.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { LIFE, liveOnce } from '#test/audit/whole-life.ts'
import { configureBook } from './configure-book.ts'
import { type Finished, truebook } from './run-truebook.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-audit-cli-'))
const config = join(folder, 'truebook.yaml')
const file = join(folder, 'book.sqlite')
const verify = async (...args: string[]): Promise<Finished> =>
  await truebook(['audit', 'verify', '--config', config, ...args])

before(() => configureBook(config, file))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a book that is not there is no proof, and none is made', async () => {
  const { code, stderr } = await verify()
  const seen = `Expected a book at ${file}, saw no such file.`
  assert.deepEqual([code, stderr], [3, `${seen} The first "truebook start" makes it; --config names another.\n`])
})

test('a whole book is proven with 0; what is not in it is wrong usage', async () => {
  const book = await openEmbeddedBook({ file })
  await liveOnce(book)
  await book.close()
  const { code, stdout } = await verify()
  assert.equal(code, 0, stdout)
  assert.match(stdout, /^positions +1 +10$/m)
  assert.match(stdout, /^commands +5 +4$/m)
  assert.match(stdout, /^Proven: no record was changed, taken out, added or cut off\.$/m)
  for (const scope of [
    ['--position', LIFE],
    ['--account', 'account'],
    ['--since', '2020-01-01'],
  ])
    assert.equal((await verify(...scope)).code, 0, scope.join(' '))
  assert.equal((await verify('--position', 'pos-none')).code, 2)
  assert.equal((await verify('--account', 'none')).code, 2)
  assert.equal((await verify('--since', 'yesterday')).code, 2)
})

test('a book that was changed exits with 5 and names the first record that does not fit', async () => {
  const database = new DatabaseSync(file)
  const record = `positions.${LIFE}.000009`
  database.exec(`UPDATE audit SET row = json_set(row, '$.inputs.result.net', '1000000') WHERE id = '${record}'`)
  database.close()
  const { code, stdout } = await verify()
  assert.equal(code, 5, stdout)
  assert.match(
    stdout,
    new RegExp(
      `^BROKEN ${record} \\(positions ${LIFE}\\): its content hashes to [0-9a-f]{64}, it says [0-9a-f]{64}$`,
      'm',
    ),
  )
  assert.match(stdout, /^NOT PROVEN: 1 contradictions, 0 unchained records\.$/m)
  const json = await verify('--json')
  assert.equal(json.code, 5)
  assert.deepEqual(
    (JSON.parse(json.stdout) as AuditReport).contradictions.map((found) => found.record),
    [record],
  )
  assert.equal((await verify('--position', LIFE)).code, 5)
})
