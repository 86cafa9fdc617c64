/** docs/configuration.md, made from the schema that the configuration is read with, so that it can say nothing else. */
import { z } from 'zod'
import { configFileSchema } from '#config/file-schema.ts'
import { exampleOf } from './configuration-examples.ts'

/** The part of JSON Schema that our schemas become. */
interface Node {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly oneOf?: readonly Node[]
  readonly anyOf?: readonly Node[]
  readonly additionalProperties?: Node | boolean
}

/** One key as the reference shows it. */
export interface ReferenceRow {
  /** As in the file, e.g. `accounts[].gates.max_positions`; variants as `<bybit>`. */
  readonly path: string
  readonly key: string
  readonly type: string
  readonly default: string
  readonly unit: string
  readonly description: string
  readonly example: string
}

interface Section {
  readonly title: string
  readonly about: string
  readonly rows: readonly ReferenceRow[]
}

const INTRODUCTION = `# Configuration

Every key of \`truebook.yaml\`. This page is made from the schema that Truebook reads the file with (\`node scripts/generate-schemas.ts\`); the same as
JSON Schema, for editors: [schema/config.schema.json](../schema/config.schema.json). \`truebook init\` writes a first file,
[truebook.example.yaml](../truebook.example.yaml) shows every key at its place, \`truebook doctor\` checks a file and what it names.

- Unknown keys are refused. All mistakes are told at once, each with line and column; nothing starts on a doubtful file.
- Amounts are decimals in quotes (\`"1000.50"\`): an unquoted number of YAML loses digits and is refused.
- Secrets never stand in the file. \`*_file\` names a file (mode 600; one line), \`*_env\` an environment variable: exactly one of them where a secret
  is needed.
- Relative paths start at the folder of the file. The rule files of programmes have a schema of their own:
  [schema/programme.schema.json](../schema/programme.schema.json).
- Rules that span several keys (paper and mainnet, listening beyond this machine, two accounts that are one) are checked at start and by \`truebook doctor\`.
- A change takes effect at the next start of a process. Default \`required\`: the key must be there. Default \`-\`: it may be left out.
`

/** Text of docs/configuration.md. */
export function configurationReference(): string {
  return `${INTRODUCTION}\n${referenceSections().map(sectionText).join('\n')}`
}

/** Every key, once for each variant that has it. */
export function referenceRows(): ReferenceRow[] {
  return referenceSections().flatMap(({ rows }) => rows)
}

function referenceSections(): Section[] {
  const root = z.toJSONSchema(configFileSchema, { io: 'input' }) as Node
  const { accounts, ...rest } = root.properties ?? {}
  const top: Node = { ...root, properties: rest }
  return [...sectionsOf(top, [], 'Top level'), ...accountSections(accounts ?? {})]
}

/** The keys of an object, then a section for each object below it. */
function sectionsOf(node: Node, path: readonly string[], title: string): Section[] {
  const entries = Object.entries(node.properties ?? {})
  const rows = entries
    .filter(([, child]) => objectsIn(child).length === 0)
    .map(([key, child]) => rowOf(key, child, [...path, key], node.required?.includes(key) ?? false))
  const below = entries.flatMap(([key, child]) => childSections(key, child, path))
  return [...(rows.length === 0 ? [] : [{ title, about: node.description ?? '', rows }]), ...below]
}

function childSections(key: string, child: Node, path: readonly string[]): Section[] {
  const inner = child.items ?? (typeof child.additionalProperties === 'object' ? child.additionalProperties : child)
  const name = child.items === undefined ? (inner === child ? key : `${key}.NAME`) : `${key}[]`
  return objectsIn(child).flatMap((node) => {
    const variant = variantOf(node)
    const at = [...path, name, ...(variant === null ? [] : [`<${variant}>`])]
    const shown = [...path.filter((part) => !part.startsWith('<')), name].join('.')
    const about = { ...node, description: child.description ?? inner.description ?? '' }
    return sectionsOf(about, at, variant === null ? shown : `${shown}, ${variant}`)
  })
}

/** The objects that a value may be: one, or one for each variant. */
function objectsIn(node: Node): readonly Node[] {
  if (node.items !== undefined) return objectsIn(node.items)
  if (node.oneOf !== undefined) return node.oneOf.filter(({ properties }) => properties !== undefined)
  if (typeof node.additionalProperties === 'object') return objectsIn(node.additionalProperties)
  return node.properties === undefined ? [] : [node]
}

/** Variants are told apart by one key with one value. */
function variantOf({ properties = {} }: Node): string | null {
  const tag = ['venue', 'type'].map((key) => properties[key]?.const).find((value) => value !== undefined)
  return typeof tag === 'string' ? tag : null
}

/** What all venues share is told once. */
function accountSections(accounts: Node): Section[] {
  const venues = accounts.items?.oneOf ?? []
  const [first] = venues
  const names = Object.keys(first?.properties ?? {}).filter((key) => {
    const texts = new Set(venues.map(({ properties }) => JSON.stringify(properties?.[key])))
    return texts.size === 1
  })
  const keep = (node: Node, keys: readonly string[]): Node => ({
    ...node,
    properties: Object.fromEntries(Object.entries(node.properties ?? {}).filter(([key]) => keys.includes(key))),
  })
  const about = `${accounts.description ?? ''} These keys are the same at every venue.`
  const common = sectionsOf({ ...keep(first ?? {}, names), description: about }, ['accounts[]'], 'accounts[]')
  return [
    ...withOneSizing(common),
    ...venues.flatMap((venue) => {
      const own = Object.keys(venue.properties ?? {}).filter((key) => !names.includes(key))
      const variant = variantOf(venue) ?? ''
      const node = { ...keep(venue, own), description: 'Beside the keys above.' }
      return sectionsOf(node, ['accounts[]', `<${variant}>`], `accounts[], venue ${variant}`)
    }),
  ]
}

/** Size rules are the same four for an account and for its single strategies. */
function withOneSizing(sections: readonly Section[]): Section[] {
  return sections
    .filter(({ title }) => !title.startsWith('accounts[].strategy_sizing'))
    .map((section) =>
      section.title.startsWith('accounts[].sizing')
        ? { ...section, about: `${section.about} The same below \`strategy_sizing\`, by the name of the strategy.` }
        : section,
    )
}

function rowOf(key: string, node: Node, path: readonly string[], required: boolean): ReferenceRow {
  const example = exampleOf(path.join('.'))
  const fallback = node.default
  return {
    path: path.join('.'),
    key,
    type: typeText(node),
    default: fallback === undefined ? (required ? 'required' : '-') : code(fallback),
    unit: unitOf(key, node),
    description: node.description ?? '',
    example:
      node.const !== undefined
        ? code(node.const)
        : fallback === undefined && example !== undefined
          ? code(example)
          : '',
  }
}

function typeText(node: Node): string {
  if (node.const !== undefined) return code(node.const)
  if (node.enum !== undefined) return node.enum.map(code).join(', ')
  if (node.type === 'array') return `list of ${typeText(node.items ?? {})}`
  return node.anyOf === undefined ? plainType(node) : choiceText(node.anyOf)
}

function choiceText(options: readonly Node[]): string {
  return options.map((option) => (option.type === 'null' ? '`null`' : typeText(option))).join(' or ')
}

function plainType(node: Node): string {
  if (node.type === 'integer' || node.type === 'number') return rangeText(node)
  if (node.type === 'string') return node.format === undefined ? 'text' : (FORMATS[node.format] ?? node.format)
  return node.type ?? 'text'
}

const FORMATS: Readonly<Record<string, string>> = { decimal: 'decimal in quotes', path: 'path', date: 'day' }

function rangeText({ type, minimum, maximum, exclusiveMinimum }: Node): string {
  const word = type === 'integer' ? 'whole number' : 'number'
  const least = minimum ?? exclusiveMinimum
  if (least === undefined || maximum === undefined) return word
  return exclusiveMinimum === undefined ? `${word} ${least} to ${maximum}` : `${word} above ${least}, up to ${maximum}`
}

function unitOf(key: string, node: Node): string {
  if (key.endsWith('_ms')) return 'ms'
  if (key.endsWith('_bps')) return 'basis points'
  if (key.endsWith('_per_minute')) return 'a minute'
  if (/^USD\b/.test(node.description ?? '')) return 'USD'
  return /fraction|over broker equity/.test(node.description ?? '') ? 'ratio' : ''
}

function code(value: unknown): string {
  return `\`${JSON.stringify(value).replaceAll('|', String.raw`\|`)}\``
}

function sectionText({ title, about, rows }: Section): string {
  const head = `## ${title}\n${about === '' ? '' : `\n${about}\n`}`
  const lines = rows.map((row) =>
    [
      `\`${row.key}\``,
      row.type,
      row.default,
      row.unit,
      row.description.replaceAll('|', String.raw`\|`),
      row.example,
    ].join(' | '),
  )
  return `${head}\n| key | type | default | unit | what it means | example |\n| --- | --- | --- | --- | --- | --- |\n${lines
    .map((line) => `| ${line} |`)
    .join('\n')}\n`
}
