/** Reads from one source file the facts that the architecture rules speak about: its imports and certain expressions. */
import { parseSync } from 'oxc-parser'

/** One thing a file says, and where. */
export interface Fact {
  readonly what: string
  readonly line: number
}

/** What a file imports (types included, static, dynamic and re-exported) and which restricted things it says. */
export interface FileFacts {
  readonly imports: readonly Fact[]
  readonly sayings: readonly Fact[]
}

interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly [property: string]: unknown
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Parses `source`. Throws when it is not a program, since a file that cannot be read cannot be vouched for. */
export function readFacts(path: string, source: string): FileFacts {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`Expected ${path} to parse, saw: ${error.message}`)
  const imports: Fact[] = []
  const sayings: Fact[] = []
  walk(program as unknown as SyntaxNode, (node) => {
    const line = (): number => source.slice(0, node.start).split('\n').length
    const target = importTarget(node)
    if (target !== undefined) imports.push({ what: target, line: line() })
    const saying = restrictedSaying(node)
    if (saying !== undefined) sayings.push({ what: saying, line: line() })
  })
  return { imports, sayings }
}

function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node)
  for (const child of children(node)) walk(child, visit)
}

function children(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flat().filter(isNode)
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function importTarget(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return stringValue(node['source'])
    default:
      return undefined
  }
}

function stringValue(node: unknown): string | undefined {
  return isNode(node) && typeof node['value'] === 'string' ? node['value'] : undefined
}

function restrictedSaying(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'MemberExpression':
      return dottedName(node)
    case 'NewExpression':
      return nameOf(node['callee']) === 'Date' && isEmptyList(node['arguments']) ? 'new Date()' : undefined
    case 'ExportAllDeclaration':
      return 'export * from'
    case 'CatchClause':
      return returnsNothing(node['body']) ? 'catch returning nothing' : undefined
    case 'CallExpression':
      return isSwallowingCatch(node) ? 'catch returning nothing' : undefined
    default:
      return undefined
  }
}

/** `a.b` and `a['b']` of plain names. */
function dottedName(node: SyntaxNode): string | undefined {
  const object = nameOf(node['object'])
  const property = nameOf(node['property']) ?? stringValue(node['property'])
  return object === undefined || property === undefined ? undefined : `${object}.${property}`
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' ? String(node['name']) : undefined
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

/** `.catch(() => [])` and its kin. */
function isSwallowingCatch(node: SyntaxNode): boolean {
  const { callee, arguments: argv } = node
  if (!isNode(callee) || callee.type !== 'MemberExpression' || nameOf(callee['property']) !== 'catch') return false
  const handler: unknown = Array.isArray(argv) ? argv[0] : undefined
  if (!isNode(handler) || !FUNCTIONS.has(handler.type)) return false
  return isNothing(handler['body']) || returnsNothing(handler['body'])
}

/** Whether a block returns an empty list or null from its own function, not from one nested in it. */
function returnsNothing(node: unknown): boolean {
  if (!isNode(node) || FUNCTIONS.has(node.type)) return false
  if (node.type === 'ReturnStatement') return isNothing(node['argument'])
  return children(node).some(returnsNothing)
}

function isNothing(node: unknown): boolean {
  if (!isNode(node)) return false
  if (node.type === 'ArrayExpression') return isEmptyList(node['elements'])
  return node.type === 'Literal' && node['value'] === null && node['raw'] === 'null'
}
