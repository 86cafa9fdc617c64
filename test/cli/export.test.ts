/** `truebook export` writes what the book holds, whole or not at all, and says what is wrong with its wish. */
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { type DecimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import { DATASETS, DATASET_NAMES } from '#export/datasets.ts'
import { liveOnce } from '#test/audit/whole-life.ts'
import { configureBook } from './configure-book.ts'
import { type Finished, truebook } from './run-truebook.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-export-'))
const config = join(folder, 'truebook.yaml')
const file = join(folder, 'book.sqlite')
const out = (name: string): string => join(folder, name)
const run = async (...args: string[]): Promise<Finished> => await truebook(['export', ...args, '--config', config])
let net: string | undefined

before(() => configureBook(config, file))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a book that is not there is not exported, and none is made', async () => {
  const { code, stderr } = await run('ledger', '--out', out('ledger.csv'))
  const seen = `Expected a book at ${file}, saw no such file.`
  assert.deepEqual([code, stderr], [3, `${seen} The first "truebook start" makes it; --config names another.\n`])
  assert.equal(existsSync(file), false)
})

test('the ledger in all three formats has the same sum, the one of the book', async () => {
  const book = await openEmbeddedBook({ file })
  const desk = await liveOnce(book)
  net = (await desk.position()).realised?.net
  await book.close()
  for (const format of ['csv', 'json', 'parquet']) {
    const { code, stderr, stdout } = await run('ledger', '--format', format, '--out', out(`ledger.${format}`))
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(stdout, `1 rows of ledger written to ${out(`ledger.${format}`)}\n`)
  }
  const [head = '', ...lines] = readFileSync(out('ledger.csv'), 'utf8').trimEnd().split('\r\n')
  const place = head.split(',').indexOf('net')
  const sums = [
    lines.map((line) => line.split(',')[place]),
    (JSON.parse(readFileSync(out('ledger.json'), 'utf8')) as { net: string }[]).map((row) => row.net),
    (await parquetReadObjects({ file: await asyncBufferFromFile(out('ledger.parquet')) })).map(({ net: each }) => each),
  ].map((nets) => toDecimalString(sumDecimals(nets as DecimalString[])))
  assert.deepEqual(sums, [net, net, net])
})

test('every dataset is written with its columns in their order', async () => {
  for (const name of DATASET_NAMES) {
    const { code, stderr } = await run(name, '--out', out(`of-${name}.csv`), '--account', 'account')
    assert.deepEqual([code, stderr], [0, ''], name)
    const [head] = readFileSync(out(`of-${name}.csv`), 'utf8').split('\r\n')
    assert.equal(head, DATASETS[name].columns.map((one) => one.name).join(','))
  }
})

test('days are meant whole, and what is outside of the bounds is left out', async () => {
  const rowsIn = async (...bounds: string[]): Promise<number> => {
    const { code } = await run('audit', '--format', 'json', '--out', out('audit.json'), '--force', ...bounds)
    assert.equal(code, 0)
    return (JSON.parse(readFileSync(out('audit.json'), 'utf8')) as unknown[]).length
  }
  const all = await rowsIn()
  assert.ok(all > 10)
  // The life of the samples is lived on this day.
  assert.equal(await rowsIn('--from', '2027-01-15', '--to', '2027-01-15'), all)
  assert.equal(await rowsIn('--to', '2027-01-14'), 0)
  assert.equal(await rowsIn('--from', '2027-01-16'), 0)
})

test('a wish that cannot be met is wrong usage', async () => {
  for (const args of [
    ['orders', '--out', out('x.csv')],
    ['ledger'],
    ['ledger', '--out', out('x.csv'), '--format', 'xlsx'],
    ['ledger', '--out', out('x.csv'), '--from', 'yesterday'],
    ['ledger', '--out', out('x.csv'), '--account', 'nobody'],
  ])
    assert.equal((await run(...args)).code, 2, args.join(' '))
  assert.equal(existsSync(out('x.csv')), false)
})

test('a file that cannot be written is not left half', async () => {
  const { code, stderr } = await run('ledger', '--out', join(folder, 'no-such-folder', 'ledger.csv'))
  assert.equal(code, 1)
  assert.match(stderr, /^The system refused: ENOENT/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.part')),
    [],
  )
})

test('a file that is there is replaced only when asked, the book never, and no link is written through', async () => {
  const [taken, link, hidden] = [out('taken.csv'), out('link.csv'), out('elsewhere')]
  writeFileSync(taken, 'mine')
  symlinkSync(hidden, link)
  for (const name of [taken, link]) {
    const { code, stderr } = await run('ledger', '--out', name)
    assert.deepEqual(
      [code, stderr],
      [4, `Expected no file at ${name}, saw one: it was not touched. Name another, or replace it: --force.\n`],
    )
  }
  assert.deepEqual([readFileSync(taken, 'utf8'), existsSync(hidden)], ['mine', false])
  for (const name of [taken, link]) assert.equal((await run('ledger', '--out', name, '--force')).code, 0)
  assert.equal(existsSync(hidden), false)
  assert.match(readFileSync(link, 'utf8'), /^at,account,/)
  assert.equal(statSync(taken).mode & 0o077, 0, 'as closed as the book')
  const untouched = readFileSync(file)
  assert.equal((await run('ledger', '--out', file, '--force')).code, 2)
  assert.ok(untouched.equals(readFileSync(file)))
})
