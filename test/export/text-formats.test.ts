/** CSV and JSON keep every digit and every character, and no cell from outside is a formula. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Cell } from '#export/column.ts'
import { csvHead, csvLine, csvText, jsonText } from '#export/text-formats.ts'
import { COLUMNS, each } from './columns.ts'

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

/** RFC 4180, by the letter. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let rest = text
  while (rest !== '') {
    const quoted = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(rest)
    const plain = /^([^",\r\n]*)(,|\r\n)/.exec(rest)
    const [found, cell = '', end] = quoted ?? plain ?? assert.fail(`CSV, saw ${JSON.stringify(rest.slice(0, 40))}`)
    row.push(quoted === null ? cell : cell.replaceAll('""', '"'))
    if (end === '\r\n') {
      rows.push(row)
      row = []
    }
    rest = rest.slice(found.length)
  }
  return rows
}

test('a row is written as it is: exact amounts, instants with their zone, nothing for null', () => {
  const cells = [0, '-0.00000000001', 'plain', '{"a":1.10}', 7, false]
  assert.equal(csvHead(COLUMNS), 'at,net,note,inputs,count,flag\r\n')
  assert.equal(csvLine(COLUMNS, cells), '1970-01-01T00:00:00.000Z,-0.00000000001,plain,"{""a"":1.10}",7,false\r\n')
  assert.equal(csvLine(COLUMNS, [null, null, null, null, null, null]), ',,,,,\r\n')
})

for (const text of ['=1+1', '+1', '-2+3', '@SUM(A1)', '\tx', '\rx', '\nx']) {
  test(`text from outside that begins with ${JSON.stringify(text[0])} is no formula`, () => {
    const [row] = parseCsv(csvLine(COLUMNS, [null, '-1', text, null, null, null]))
    assert.deepEqual([row?.[1], row?.[2]], ['-1', `'${text}`])
  })
}

test('whatever the cells hold, a reader of CSV gets them back, and no cell from outside begins a formula', async () => {
  const foreign = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\r', '\n', 'a') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(foreign, { maxLength: 5 }), async (notes) => {
      const rows = notes.map((note): Cell[] => [0, '1', note, JSON.stringify({ note }), 1, true])
      const [, ...read] = parseCsv(await whole(csvText(COLUMNS, each(rows))))
      assert.equal(read.length, rows.length)
      for (const [index, row] of read.entries()) {
        const seen = row[2] ?? ''
        assert.equal(seen.replace(/^'(?=[=+\-@\t\r\n])/, ''), notes[index])
        assert.doesNotMatch(seen, /^[=+\-@\t\r\n]/)
        assert.deepEqual(JSON.parse(row[3] ?? ''), { note: notes[index] })
      }
    }),
  )
})

test('JSON is one array, a row a line; amounts are text and structures are what they were, to the digit', async () => {
  const rows: Cell[][] = [
    [0, '0.1', '=x', '{"size":1.10}', 1, true],
    [1, null, null, null, null, null],
  ]
  const text = await whole(jsonText(COLUMNS, each(rows)))
  assert.equal(text.split('\n').length, 5)
  assert.ok(text.includes('"inputs":{"size":1.10}'))
  assert.deepEqual(JSON.parse(text), [
    { at: '1970-01-01T00:00:00.000Z', net: '0.1', note: '=x', inputs: { size: 1.1 }, count: 1, flag: true },
    { at: '1970-01-01T00:00:00.001Z', net: null, note: null, inputs: null, count: null, flag: null },
  ])
  assert.equal(await whole(jsonText(COLUMNS, each([]))), '[]\n')
})
