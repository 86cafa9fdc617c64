/** Promises that every command keeps, those that are added later too: found by walking the program. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { EXIT } from '#cli/failure.ts'
import { program } from '#cli/program.ts'
import { truebook } from './run-truebook.ts'

/** Commands that print what is no table, or run until they are stopped. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {
  start: 'runs until it is stopped',
  worker: 'runs until it is stopped',
  api: 'runs until it is stopped',
  watchdog: 'runs until it is stopped',
  export: 'writes rows in the format asked for, JSON among them',
  login: 'prints one address, to be opened',
  schema: 'prints JSON anyway',
}

function leaves(command: Command, path: readonly string[] = []): { path: readonly string[]; command: Command }[] {
  const children = command.commands.filter((child) => child.name() !== 'help')
  const below = children.flatMap((child) => leaves(child, [...path, child.name()]))
  const acts = path.length > 0 && (children.length === 0 || command.options.length > 0)
  return acts ? [{ path, command }, ...below] : below
}

const ALL = leaves(program)

test('every command that answers offers --json, and those that do not are named with the reason', () => {
  assert.ok(ALL.length > 25, `${ALL.length} commands`)
  const without = ALL.filter(({ command }) => command.options.every(({ long }) => long !== '--json'))
  assert.deepEqual(without.map(({ path }) => path.join(' ')).toSorted(), Object.keys(WITHOUT_JSON).toSorted())
})

test('every command and option says what it is for, in words that begin small and end without a full stop', () => {
  for (const { path, command } of ALL) {
    const name = path.join(' ')
    for (const text of [command.description(), ...command.options.map(({ description }) => description)]) {
      assert.notEqual(text, '', name)
      assert.doesNotMatch(text, /\.$/, `${name}: ${text}`)
    }
  }
})

test('the same option means the same everywhere', () => {
  const flags = new Map<string, Set<string>>()
  for (const { command } of ALL) {
    for (const { long, flags: text } of command.options) {
      if (long === undefined || long === null) continue
      flags.set(long, (flags.get(long) ?? new Set()).add(text.replace(/^-\w, /, '')))
    }
  }
  for (const [long, forms] of flags) assert.equal(forms.size, 1, `${long}: ${[...forms].join(' | ')}`)
})

test('exit codes are part of the interface: their numbers do not change, and --help tells them', async () => {
  assert.deepEqual(EXIT, { done: 0, failed: 1, usage: 2, unavailable: 3, refused: 4, unproven: 5 })
  const { code, stdout } = await truebook(['--help'])
  assert.equal(code, EXIT.done)
  assert.match(stdout, /Exit codes: 0 done, 1 failed, 2 wrong usage .*, 3 .*, 4 refused, 5 /)
})
