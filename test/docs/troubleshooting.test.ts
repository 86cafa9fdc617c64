/** A text that docs/troubleshooting.md explains is one that Truebook says; a gate that it names is a gate. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const page = read('docs/troubleshooting.md')

/** The source with what differs from case to case as `…`, and texts that go on in the next line joined. */
const said = globSync('src/**/*.ts', { cwd: ROOT })
  .map((path) => read(path))
  .join('\n')
  .replaceAll(/\$\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/g, '…')
  .replaceAll(/['"`]\s*\+\s*['"`]/g, '')
  .replaceAll(String.raw`\'`, "'")

const quoted = [...page.matchAll(/^\| `(.+?)` \| .+ \| .+ \|$/gm)].map(([, text = '']) => text)
const gates = [...page.matchAll(/^\| (`[^|]+`) \| [^|]+ \|$/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, gate = '']) => gate),
)

/** `…` of the page is any text of the source on that line. */
function isSaid(text: string): boolean {
  const pattern = text
    .split('…')
    // What means something in a pattern is meant as it stands.
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^\\n]*?')
  return new RegExp(pattern).test(said)
}

test('there are many texts, and every one of them is said somewhere in the source', () => {
  assert.ok(quoted.length > 60, `${quoted.length} texts`)
  assert.deepEqual(
    quoted.filter((text) => !isSaid(text)),
    [],
  )
})

test('every gate that is explained exists', () => {
  assert.ok(gates.length > 20, `${gates.length} gates`)
  assert.deepEqual(
    gates.filter((gate) =>
      gate.endsWith('…') ? !said.includes(`'${gate.slice(0, -1)}`) : !said.includes(`'${gate}'`),
    ),
    [],
  )
})

test('a text that nobody says would be told', () => {
  assert.equal(isSaid('Expected the moon to be …, saw it half.'), false)
  assert.equal(isSaid('Expected a secret in the file …, saw it empty.'), true)
})
