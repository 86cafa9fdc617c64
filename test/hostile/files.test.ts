/** Files of any content: configuration, rule files, secrets and fills are read whole, or refused with the place and what was expected. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#config/config-error.ts'
import { parseConfig } from '#config/load-config.ts'
import { loadProgramme } from '#config/programmes.ts'
import { readSecret, SecretUnavailable } from '#config/secret.ts'
import { decimalString } from '#domain/decimal.ts'
import { FillFileError } from '#fills/lines.ts'
import { readFillFile } from '#fills/read-fills.ts'
import { splitLine } from '#fills/cells.ts'
import { recordedLines, withFile } from '#test/fills/fill-file.ts'
import { hostileDocument, hostileText } from './hostile-values.ts'
import { runs } from './runs.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'truebook-hostile-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A text with lines lost, doubled, swapped or broken, values exchanged, or something pushed in. */
function mutatedText(sample: string): fc.Arbitrary<string> {
  const lines = sample.split('\n')
  const line = fc.nat({ max: lines.length - 1 })
  const odd = fc.oneof(
    hostileText.filter((text) => text.length < 1_000),
    fc.constantFrom(
      '&a [*a]',
      '*nobody',
      '!!binary AA==',
      '{',
      '[',
      '? [a]: b',
      '"',
      '|',
      '>-',
      '<<: *a',
      '---',
      '\t',
      '%YAML 9',
    ),
  )
  const edit = (change: (text: string, odd: string) => string): fc.Arbitrary<string> =>
    fc
      .tuple(line, odd)
      .map(([at, seen]) => lines.map((text, index) => (index === at ? change(text, seen) : text)).join('\n'))
  return fc.oneof(
    edit(() => ''),
    edit((text) => `${text}\n${text}`),
    edit((text, seen) => text.replace(/: .*$/, `: ${seen}`)),
    edit((text, seen) => `${seen}${text}`),
    edit((text, seen) => `${text}${seen}`),
    edit((text, seen) => text.slice(0, Math.ceil(text.length / 2)) + seen),
    fc.nat({ max: sample.length }).map((length) => sample.slice(0, length)),
    hostileDocument,
  )
}

test('a configuration is read or refused with line, column and what was expected', () => {
  const sample = readFileSync(join(ROOT, 'truebook.example.yaml'), 'utf8')
  const plain = sample.replaceAll(/^\s*#.*\n/gm, '')
  fc.assert(
    fc.property(mutatedText(plain), (text) => {
      requireConfigError(() => parseConfig(text, join(ROOT, 'truebook.example.yaml')))
    }),
    runs(250),
  )
})

test('a rule file of a programme is read or refused the same way', () => {
  const programmes = readdirSync(join(ROOT, 'programmes')).filter((name) => name.endsWith('.yaml'))
  const samples = programmes.slice(0, 4).map((name) => readFileSync(join(ROOT, 'programmes', name), 'utf8'))
  assert.ok(samples.length > 0)
  const file = join(folder, 'rules.yaml')
  fc.assert(
    fc.property(fc.oneof(...samples.map(mutatedText)), (text) => {
      writeFileSync(file, text)
      requireConfigError(() => loadProgramme(file))
    }),
    runs(150),
  )
})

for (const [what, text] of [
  ['a reference to nothing', 'accounts: *nobody'],
  ['a value that contains itself', 'accounts: &all [*all]'],
  ['references that multiply', bomb()],
  ['nesting without end', `accounts: ${'['.repeat(50_000)}`],
  ['a key made of a list', '? [a, b]\n: c'],
] as const) {
  test(`found: ${what} in a configuration is one clear refusal`, () => {
    assert.throws(
      () => parseConfig(text, '/etc/truebook.yaml'),
      (error) => error instanceof ConfigError && error.mistakes.length <= 12 && /expected/.test(error.message),
    )
  })
}

function bomb(): string {
  const rows = Array.from({ length: 9 }, (_, level) => {
    const members = level === 0 ? Array<string>(10).fill('x') : Array<string>(10).fill(`*l${level - 1}`)
    return `l${level}: &l${level} [${members.join(', ')}]`
  })
  return rows.join('\n')
}

test('a secret file of any bytes is one line or refused, and what it holds is never told', () => {
  const path = join(folder, 'secret')
  const inner = fc.oneof(hostileText, fc.string({ unit: 'binary', maxLength: 200 }))
  fc.assert(
    fc.property(inner, (content) => {
      writeFileSync(path, content, { mode: 0o600 })
      try {
        const { secret } = readSecret({ kind: 'file', path })
        assert.doesNotMatch(secret.reveal(), /[\r\n\0]/)
      } catch (error) {
        assert.ok(error instanceof SecretUnavailable, String(error))
        const told = error.message.replace(path, '')
        assert.ok(content.trim().length < 4 || !told.includes(content.trim()), told)
      }
    }),
    runs(150),
  )
})

test('a fill file of any content loses no line and no cent, or is refused whole', async () => {
  const lines = (await recordedLines()).slice(0, 40)
  const content = fc.oneof(
    mutatedText(lines.join('\n')),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  )
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      await withFile(bytes, async (path) => {
        try {
          const file = await readFillFile(path)
          const text = Buffer.from(bytes).toString('utf8')
          const count = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
          assert.equal(file.perp.length + file.spot.length + file.unread.length + file.blankLines + 1, count)
          assert.equal(file.sums.rows, file.perp.length + file.spot.length + file.unread.length)
          for (const fill of [...file.perp, ...file.spot]) assert.equal(decimalString(fill.size), fill.size)
          for (const row of file.unread) assert.ok(row.reason === 'repeated-header' || row.problems.length > 0)
        } catch (error) {
          assert.ok(error instanceof FillFileError, String(error))
          assert.match(error.message, /[Ee]xpected/)
        }
      })
    }),
    runs(150),
  )
})

test('found: a row of blanks before a stray quote is refused as fast as it is read', () => {
  // It took minutes a megabyte: each blank was tried as the beginning of the quoted cell.
  assert.equal(splitLine(`a,${' '.repeat(60_000)}x"y`), null)
  assert.deepEqual(splitLine(` a , "b ""c""" ,${' '.repeat(60_000)}`), ['a', 'b "c"', ''])
})

function requireConfigError(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof ConfigError, error instanceof Error ? `${error.name}: ${error.stack}` : String(error))
    assert.match(error.message, /[Ee]xpected/)
    for (const { line, column, text } of error.mistakes) {
      assert.ok(line >= 1 && column >= 1 && text.length > 0 && text.length < 1_000, text)
    }
  }
}
