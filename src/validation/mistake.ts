/**
 * What is wrong with an input, said once and well: the place, what was expected and what was seen. Made from zod issues
 * and shared by configuration, HTTP and CLI, so that the same mistake reads the same everywhere.
 */
import type { z } from 'zod'
import { knownKeys } from './known-keys.ts'
import { nearestWord } from './nearest-word.ts'

/** Unknown keys that are named at one place; an input made of them is no better understood by all of their names. */
const UNKNOWN_KEYS_MAX = 20
const KEY_SHOWN = 80

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
    const key = harmless(String(step)).slice(0, KEY_SHOWN)
    return text === '' ? key : `${text}.${key}`
  }, '')
}

function fromIssue(issue: Issue, parents: Path, input: unknown, schema: z.ZodType): Mistake[] {
  const path = [...parents, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [closest] = issue.errors.toSorted((a, b) => a.length - b.length)
    return (closest ?? []).flatMap((inner) => fromIssue(inner, path, input, schema))
  }
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path, input)
    return issue.keys.slice(0, UNKNOWN_KEYS_MAX).map((key) => unknownKey([...path, key], key, known))
  }
  const value = valueAt(input, path)
  const kind = value === undefined ? 'missing' : 'wrong-value'
  return [{ path, kind, expected: expectation(issue, value), seen: describe(value) }]
}

function unknownKey(path: Path, key: string, known: readonly string[]): Mistake {
  const nearest = nearestWord(key, known)
  const expected = nearest === null ? `one of the keys ${known.join(', ')}` : `a known key (did you mean "${nearest}"?)`
  return { path, kind: 'unknown-key', expected, seen: `the unknown key "${harmless(key).slice(0, KEY_SHOWN)}"` }
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
  const text = JSON.stringify(typeof value === 'string' ? harmless(value) : value)
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text
}

/**
 * Text without what may be a secret: what is not printed cannot leak. Long hex is a key more often than not, long runs of letters and
 * digits are tokens, and what stands before an @ logs in.
 */
function harmless(text: string): string {
  return text
    .replaceAll(/[0-9a-fA-F]{48,}/g, '[long hex]')
    .replaceAll(TOKEN, '[long token]')
    .replace(/^.*[:/].*@/s, '[credentials]@')
}

/** Letters of both cases and digits without a separator, as keys and tokens are; names have separators or are shorter. */
const TOKEN = /(?<![A-Za-z0-9])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{16,}={0,2}/g

/** The token of a bot: its number and a key. */
const BOT_TOKEN = /^\d{6,}:[\w-]{30,}$/

/** Whether a text is a secret rather than the place of one: an address with a login or a path, long hex, or a token. */
export function looksLikeSecret(text: string): boolean {
  // Also with a folder before it.
  const name = text.slice(text.lastIndexOf('/') + 1)
  if (/:\/\//.test(text) || /^(0x)?[0-9a-fA-F]{32,}$/.test(name) || BOT_TOKEN.test(name)) return true
  return name !== '' && name.replace(TOKEN, '') === ''
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    input,
  )
}
