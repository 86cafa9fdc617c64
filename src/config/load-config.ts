/** Reads the configuration file: all its mistakes at once, each with line and column; nothing starts on a doubtful file. */
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type SchemaOptions } from 'yaml'
import { type Mistake, mistakesOf, mistakeText } from '#validation/mistake.ts'
import { type Config, configFrom } from './config.ts'
import { configFileSchema } from './file-schema.ts'
import { ruleMistakes } from './rules.ts'

/** One mistake and its place in the file; lines and columns count from 1. */
export interface ConfigMistake {
  readonly line: number
  readonly column: number
  readonly text: string
}

/** Thrown for a file that cannot be used; the message lists every mistake as `file:line:column  text`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly ConfigMistake[]
  constructor(file: string, mistakes: readonly ConfigMistake[]) {
    const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column)
    const list = sorted.map((mistake) => `  ${basename(file)}:${mistake.line}:${mistake.column}  ${mistake.text}`)
    super(`${sorted.length} ${sorted.length === 1 ? 'mistake' : 'mistakes'} in ${file}:\n${list.join('\n')}`)
    this.mistakes = sorted
  }
}

/** Loads and checks a configuration file. @throws ConfigError */
export function loadConfig(path: string): Config {
  const file = resolve(path)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const seen = `expected a readable configuration file, saw: ${(error as Error).message}. Copy truebook.example.yaml to start one.`
    throw new ConfigError(file, [{ line: 1, column: 1, text: seen }])
  }
  return parseConfig(text, file)
}

/** Checks the text of a configuration file; `file` names it in errors and anchors its relative paths. @throws ConfigError */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, customTags: withoutHexNumbers })
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map((error) => ({ ...place(lines, error.pos[0]), text: `expected YAML, saw: ${error.message}` })),
    )
  }
  const input: unknown = document.toJS()
  const checked = configFileSchema.safeParse(input)
  const mistakes = [...mistakesOf(checked.error?.issues ?? [], input, configFileSchema), ...ruleMistakes(input)]
  if (checked.success && mistakes.length === 0) return configFrom(checked.data, file)
  throw new ConfigError(
    file,
    mistakes.map((mistake) => ({ ...place(lines, offsetOf(document, mistake)), text: mistakeText(mistake) })),
  )
}

/** YAML reads an unquoted 0xabc as a number and so destroys addresses; here it stays text. */
const withoutHexNumbers: NonNullable<SchemaOptions['customTags']> = (tags) =>
  tags.filter((tag) => typeof tag === 'string' || !('format' in tag && tag.format === 'HEX'))

function place(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Where the mistake stands in the text: the value, the unknown key itself, or the nearest parent that exists. */
function offsetOf(document: Document, mistake: Mistake): number {
  if (mistake.kind === 'unknown-key') {
    const key = mistake.path.at(-1)
    const parent = document.getIn(mistake.path.slice(0, -1), true)
    const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined
    if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0] ?? 0
  }
  for (let length = mistake.path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(mistake.path.slice(0, length), true)
    if (isNode(node)) return node.range?.[0] ?? 0
  }
  return 0
}
