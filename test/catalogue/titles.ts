/**
 * Reads which texts of a test file may be titles of its tests, without running it. Titles stand in tables and templates
 * and in the contract suites that a file imports, so every text of more than one word counts; `npm run mutants` then
 * takes only titles of tests that ran.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { parseSync, Visitor } from 'oxc-parser'

/** Every text that may be a title, of the test file at `path` and of what it imports from test/, below `root`. */
export function possibleTitles(root: string, path: string): string[] {
  const titles: string[] = []
  const seen = new Set<string>()
  const waiting = [path]
  for (const file of waiting) {
    if (seen.has(file)) continue
    seen.add(file)
    const { texts, imports } = read(root, file)
    titles.push(...texts.filter((text) => /\S\s+\S/.test(text)))
    waiting.push(...imports.filter((imported) => existsSync(join(root, imported))))
  }
  return titles
}

function read(root: string, file: string): { texts: readonly string[]; imports: readonly string[] } {
  const { program, module } = parseSync(file, readFileSync(join(root, file), 'utf8'))
  const texts: string[] = []
  const visitor = new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') texts.push(value)
    },
    // What is inserted is no word of the title that we could read.
    TemplateLiteral: ({ quasis }) => {
      texts.push(quasis.map(({ value }) => value.cooked ?? '').join('…'))
    },
  })
  visitor.visit(program)
  return { texts, imports: module.staticImports.flatMap(({ moduleRequest }) => testFileOf(file, moduleRequest.value)) }
}

function testFileOf(importer: string, specifier: string): string[] {
  if (specifier.startsWith('#test/')) return [specifier.slice(1)]
  return specifier.startsWith('.') ? [join(dirname(importer), specifier)] : []
}
