/**
 * What is wrong with an input, said once and well: the place, what was expected and what was seen. Made from zod issues
 * and shared by configuration, HTTP and CLI, so that the same mistake reads the same everywhere.
 */
import type { z } from 'zod'
import { knownKeys } from './known-keys.ts'
import { nearestWord } from './nearest-word.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** One mistake. `path` is the place in the input; for an unknown key it ends with that key. */
export interface Mistake {
  readonly path: Path
  readonly expected: string
  readonly seen: string
  readonly kind: 'missing' | 'unknown-key' | 'wrong-value'
}

/** Every mistake that a schema finds in an input, in the input's order of checks; empty when there is none. */
export function mistakesOf(issues: readonly Issue[], input: unknown, schema: z.ZodType): Mistake[] {
  return issues.flatMap((issue) => fromIssue(issue, [], input, schema))
}

/** One sentence: `size.value: expected text in quotes, saw the number 0.5`. */
export function mistakeText(mistake: Mistake): string {
  const where = pathText(mistake.path)
  return `${where === '' ? 'the input' : where}: expected ${mistake.expected}, saw ${mistake.seen}`
}

/** A path as people write it: `accounts[0].gates.max_positions`; empty for the whole input. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')
}

function fromIssue(issue: Issue, parents: Path, input: unknown, schema: z.ZodType): Mistake[] {
  const path = [...parents, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [closest] = issue.errors.toSorted((a, b) => a.length - b.length)
    return (closest ?? []).flatMap((inner) => fromIssue(inner, path, input, schema))
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], key, knownKeys(schema, path, input)))
  }
  const value = valueAt(input, path)
  const kind = value === undefined ? 'missing' : 'wrong-value'
  return [{ path, kind, expected: expectation(issue, value), seen: describe(value) }]
}

function unknownKey(path: Path, key: string, known: readonly string[]): Mistake {
  const nearest = nearestWord(key, known)
  const expected = nearest === null ? `one of the keys ${known.join(', ')}` : `a known key (did you mean "${nearest}"?)`
  return { path, kind: 'unknown-key', expected, seen: `the unknown key "${key}"` }
}

function expectation(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    if (issue.expected === 'string' && typeof value === 'number') {
      return `text in quotes, such as "${value}" (an unquoted number loses exact digits)`
    }
    return typeWord(issue.expected)
  }
  if (issue.code === 'invalid_value') return choice(issue.values)
  if (issue.code === 'invalid_union') return choice(unionOptions(issue))
  if (issue.code === 'too_small')
    return `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`
  if (issue.code === 'too_big')
    return `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`
  return issue.message.replace(/^expected /, '')
}

function unionOptions(issue: Issue): readonly unknown[] {
  const options: unknown = 'options' in issue ? issue.options : undefined
  return Array.isArray(options) ? options : []
}

function choice(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value))
  return words.length === 1 ? (words[0] ?? '') : `one of ${words.join(', ')}`
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'string') return `${limit} characters`
  if (origin === 'array') return `${limit} entries`
  return String(limit)
}

function typeWord(type: string): string {
  const words: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    array: 'a list',
    object: 'a mapping of keys to values',
    record: 'a mapping of keys to values',
    boolean: 'true or false',
    null: 'null',
  }
  return words[type] ?? type
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'number') return `the number ${value}`
  // Long hex is a key more often than not; what is not printed cannot leak.
  const text = JSON.stringify(value).replaceAll(/[0-9a-fA-F]{48,}/g, '[long hex]')
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    input,
  )
}
