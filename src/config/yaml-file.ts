/** Reads YAML against a schema: all mistakes at once, each with line and column. */
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type SchemaOptions } from 'yaml'
import type { z } from 'zod'
import { type Mistake, mistakesOf, mistakeText } from '#validation/mistake.ts'
import { ConfigError } from './config-error.ts'

/**
 * The checked content; `rules` finds mistakes that no single key shows, in the raw input, and `further` those of a content that fits
 * the schema. `file` is for error messages. @throws ConfigError
 */
export function parseYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  rules: (input: unknown) => Mistake[] = () => [],
  further: (content: z.output<Schema>) => Mistake[] = () => [],
): z.output<Schema> {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    customTags: withoutHexNumbers,
    // Its warnings go to the console and quote the file.
    logLevel: 'error',
  })
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors
        .slice(0, ERRORS_SHOWN)
        .map((error) => ({ ...place(lines, error.pos[0]), text: `expected YAML, saw: ${wordsOf(error)}` })),
    )
  }
  const input = contentOf(document, file)
  const checked = schema.safeParse(input)
  const mistakes = [
    ...mistakesOf(checked.error?.issues ?? [], input, schema),
    ...rules(input),
    ...(checked.success ? further(checked.data) : []),
  ]
  if (checked.success && mistakes.length === 0) return checked.data
  throw new ConfigError(
    file,
    mistakes.map((mistake) => ({ ...place(lines, offsetOf(document, mistake)), text: mistakeText(mistake) })),
  )
}

/** One slip confuses a parser about everything after it. */
const ERRORS_SHOWN = 10

/** The parser's words up to where it quotes the file, which may hold what a slip made of a secret's place. */
function wordsOf({ message }: Error): string {
  return message.replace(/:\s.*$/s, '')
}

/** The plain values of a document. @throws ConfigError for references that are unknown, lead back to themselves or multiply */
function contentOf(document: Document, file: string): unknown {
  try {
    const input: unknown = document.toJS()
    requireTree(input, [])
    return input
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof Error)) throw error
    const text = `expected values without references (*name) that are unknown, lead back to themselves or multiply, saw: ${wordsOf(error)}`
    throw new ConfigError(file, [{ line: 1, column: 1, text }])
  }
}

/** @throws ReferenceError for a value that contains itself */
function requireTree(value: unknown, parents: readonly object[]): void {
  if (value === null || typeof value !== 'object') return
  if (parents.includes(value)) throw new ReferenceError('a value that contains itself')
  for (const member of Object.values(value)) requireTree(member, [...parents, value])
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
