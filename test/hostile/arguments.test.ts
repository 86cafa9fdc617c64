/** Command lines of any content end with a documented exit code and words, never as a bug. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { truebook } from '#test/cli/run-truebook.ts'
import { runs } from './runs.ts'

const COMMANDS = [
  'start',
  'worker',
  'api',
  'doctor',
  'status',
  'sweep',
  'orders',
  'alerts',
  'init',
  'halt',
  'flatten',
  'export',
  'signal',
  'programmes',
  'replay',
  'schema',
  '',
]
const OPTIONS = [
  '--config',
  '--stages',
  '--site',
  '--url',
  '--fills',
  '--json',
  '--why',
  '-f',
  '--',
  '--__proto__',
  '-é',
]
const value = fc.oneof(
  fc.constantFrom('', '/nowhere', '/dev/null', '-1', 'NaN', '__proto__', '../..', 'a'.repeat(5_000)),
  fc.string(),
)

test('whatever stands on a command line, the command ends with a known code and says what it expected', async () => {
  const argument = fc.oneof(fc.constantFrom(...OPTIONS), value).map((text) => text.replaceAll('\0', ''))
  // Nothing is started by chance: each line names a configuration that is none.
  const line = fc
    .tuple(fc.constantFrom(...COMMANDS), fc.array(argument, { maxLength: 4 }))
    .map(([command, rest]) => [command, ...rest, '--config', '/dev/null'].filter((text) => text !== ''))
  const lines = fc.sample(line, runs(12))
  const ended = await Promise.all(lines.map((args) => truebook(args)))
  for (const [index, { code, stdout, stderr }] of ended.entries()) {
    const what = `truebook ${lines[index]?.map((text) => text.slice(0, 40)).join(' ')}: ${code} ${stderr.slice(0, 400)}`
    assert.ok(code !== null && code >= 0 && code <= 4, what)
    assert.doesNotMatch(stderr + stdout, /bug in Truebook|node:internal|at file:/, what)
    assert.ok(code === 0 || (stderr + stdout).trim() !== '', what)
  }
})
