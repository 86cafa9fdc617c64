/** docs/alerts.md and the source speak of the same kinds of alert. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ALERT_KINDS } from '#domain/alert-kinds.ts'

const KINDS = Object.keys(ALERT_KINDS)
const ROOT = join(import.meta.dirname, '../..')
const SEVERITIES = ['critical', 'warning', 'info']
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** The table's cells, without its head. */
const rows = read('docs/alerts.md')
  .split('\n')
  .filter((line) => line.startsWith('| [`'))
  // Each leads to its runbook, as the texts of alerts do.
  .map((line) => line.replace(/^\| \[`([a-z-]+)`\]\(#\1\)/, '| `$1`'))
  .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()))

test('every kind of alert stands in the table once, in the order of the list, and nothing else does', () => {
  assert.deepEqual(
    rows.map(([kind]) => kind),
    KINDS.map((kind) => `\`${kind}\``),
  )
  assert.deepEqual(KINDS, KINDS.toSorted())
})

test('of each kind the table says severity, meaning, end and what to do', () => {
  for (const row of rows) {
    assert.equal(row.length, 5, row.join(' | '))
    assert.ok(
      row.every((cell) => cell !== ''),
      row.join(' | '),
    )
    const [kind, severity = ''] = row
    assert.ok(
      severity.split(' or ').every((word) => SEVERITIES.includes(word)),
      `${kind}: ${severity}`,
    )
  }
})

test('the table names an acknowledgement as the end of those kinds that end with it, and of no other', () => {
  for (const [kind, { ends }] of Object.entries(ALERT_KINDS)) {
    const told = rows.find(([name]) => name === `\`${kind}\``)?.[3] ?? ''
    assert.equal(
      told.startsWith('acknowledging it'),
      ends === 'acknowledged',
      `${kind}: ${ends}, the table says: ${told}`,
    )
  }
})

const PARTS = ['Means', 'Ends', 'Look', 'Do', 'Call']

test('every kind has a runbook of its own, in the order of the list, and each has all its parts', () => {
  const [, ...sections] = read('docs/alerts.md').split(/^### /m)
  assert.deepEqual(
    sections.map((section) => section.split('\n', 1)[0]),
    KINDS,
  )
  for (const section of sections) {
    const found = [...section.matchAll(/^- \*\*(\w+):\*\*(.*)$/gm)].map(([, part]) => part)
    assert.deepEqual(found, PARTS, section)
    assert.match(section, /^- \*\*Do:\*\*.*\n {2}1\. \S/m, section)
  }
})

test('a runbook tells the same end as the list', () => {
  for (const section of read('docs/alerts.md').split(/^### /m).slice(1)) {
    const kind = KINDS.find((name) => name === section.split('\n', 1)[0]) as keyof typeof ALERT_KINDS
    const told = /^- \*\*Ends:\*\* (with your acknowledgement|by itself)/m.exec(section)?.[1]
    assert.equal(told, ALERT_KINDS[kind].ends === 'acknowledged' ? 'with your acknowledgement' : 'by itself', kind)
    // What ends with an acknowledgement needs its command; the other kinds end with what they ask to be done.
    if (ALERT_KINDS[kind].ends === 'acknowledged') assert.match(section, /`truebook alerts ack ALERT /, kind)
  }
})

test('every kind of the list is raised by a worker, and as severe as its row says', () => {
  // The compiler refuses a cause of any other kind, so that what is raised is listed.
  const paths = globSync('src/{workers,compose}/**/*.ts', { cwd: ROOT })
  assert.ok(paths.length > 50, `${paths.length} files`)
  const source = paths.map((path) => read(path)).join('\n')
  // A cause, a choice between two, the call that makes one, or the title that a finding of the sweep gets.
  const isRaised = (kind: string): boolean =>
    new RegExp(`(?:kind: |about\\(\\s*|[?:] |return )'${kind}'|'${kind}': \``).test(source)
  assert.deepEqual(
    KINDS.filter((kind) => !isRaised(kind)),
    [],
  )
  const stated = [...source.matchAll(/severity: '(\w+)',\s+kind: '([a-z-]+)'/g)]
  assert.ok(stated.length > 15, `${stated.length} causes`)
  for (const [, severity, kind] of stated) {
    const told = rows.find((row) => row[0] === `\`${kind}\``)?.[1]?.split(' or ') ?? []
    assert.ok(told.includes(severity ?? ''), `${kind} is ${severity}, the table says ${told.join(' or ')}`)
  }
})
