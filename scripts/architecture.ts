/**
 * Checks the source tree against the architecture rules: forbidden imports, packages away from home, forbidden sayings,
 * cycles, files that no rule binds. Pure over a map of sources, so that a planted violation proves that it works.
 */
import { globSync, readFileSync } from 'node:fs'
import { join, matchesGlob, posix } from 'node:path'

import { readFacts, type FileFacts } from './architecture-facts.ts'
import { FOLDER_RULES, PACKAGE_HOMES, SPEECH_RULES, type FolderRule } from './architecture-rules.ts'

/** One breach, ready to print as `path:line message`. */
export interface Violation {
  readonly path: string
  readonly line: number
  readonly message: string
}

/** Paths from the project's folder, with `/`, to their text. */
export type Sources = ReadonlyMap<string, string>

/** Reads every TypeScript file of the project at `root`, whatever folder it is in: a new one needs a row. */
export function readSources(root: string): Sources {
  const paths = globSync('*/**/*.{ts,tsx,mjs}', { cwd: root, exclude: ['node_modules/**'] }).map((path) =>
    path.replaceAll('\\', '/'),
  )
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** Every breach of the rules in `sources`, in the order of their paths. */
export function checkArchitecture(sources: Sources): Violation[] {
  const facts = new Map([...sources].map(([path, source]) => [path, readFacts(path, source)]))
  const perFile = [...facts].flatMap(([path, fileFacts]) => checkFile(path, fileFacts, sources))
  return [...perFile, ...findCycles(facts, sources)]
}

function checkFile(path: string, facts: FileFacts, sources: Sources): Violation[] {
  const rule = FOLDER_RULES.find(({ files }) => matchesGlob(path, files))
  if (rule === undefined) {
    return [{ path, line: 1, message: 'is bound by no row of FOLDER_RULES; add one in scripts/architecture-rules.ts' }]
  }
  const imports = facts.imports.flatMap(({ what, line }) => {
    const message = importProblem(path, what, rule, sources)
    return message === undefined ? [] : [{ path, line, message }]
  })
  return [...imports, ...checkSayings(path, facts)]
}

function importProblem(path: string, specifier: string, rule: FolderRule, sources: Sources): string | undefined {
  if (specifier.startsWith('../../')) return `imports ${specifier}; across folders write #folder/file.ts`
  const target = resolve(path, specifier)
  if (target === undefined) return packageProblem(path, specifier, rule)
  if (!sources.has(target)) return `imports ${specifier}, which is no file of this project`
  const allowed = [ownFolder(path, rule), ...rule.imports]
  if (allowed.some((glob) => matchesGlob(target, glob))) return undefined
  return `imports ${target}; files of ${rule.files} may import only ${allowed.join(', ')}`
}

function packageProblem(path: string, specifier: string, rule: FolderRule): string | undefined {
  const name = packageName(specifier)
  const homes = path.startsWith('src/') ? PACKAGE_HOMES[name] : undefined
  if (homes !== undefined) {
    // A home names the exact files, so it decides alone, also where the folder takes no packages.
    const isAtHome = homes.some((glob) => matchesGlob(path, glob))
    return isAtHome ? undefined : `imports the package ${name}, whose home is ${homes.join(', ')}`
  }
  if (rule.packages === 'any') return undefined
  const isAllowed = rule.packages.some(
    (allowed) => allowed === name || (allowed === 'node:*' && name.startsWith('node:')),
  )
  if (isAllowed) return undefined
  return `imports the package ${name}; files of ${rule.files} may import ${rule.packages.join(', ') || 'no package'}`
}

/** The path of a file of this project, or `undefined` for a package. */
function resolve(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier)
  const [, folder] = /^#(simulators|test|scripts|demo|bench|storm|simulation|console)\//.exec(specifier) ?? []
  if (folder !== undefined) return specifier.slice(1)
  return specifier.startsWith('#') ? `src/${specifier.slice(1)}` : undefined
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier.split('/')[0] ?? specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** `src/book/*\/**` binds src/book/firestore/x.ts; its own folder is then src/book/firestore. */
function ownFolder(path: string, { files }: FolderRule): string {
  if (!files.endsWith('/**')) return files
  const depth = files.split('/').length - 1
  return `${path.split('/').slice(0, depth).join('/')}/**`
}

function checkSayings(path: string, facts: FileFacts): Violation[] {
  const rules = SPEECH_RULES.filter(({ files, except = [] }) => {
    return matchesGlob(path, files) && !except.some((glob) => matchesGlob(path, glob))
  })
  return facts.sayings.flatMap(({ what, line }) => {
    return rules
      .filter(({ forbids }) => forbids.includes(what))
      .map(({ because }) => ({ path, line, message: `says "${what}", but ${because}` }))
  })
}

/** One violation for each cycle, at its first file. */
function findCycles(facts: ReadonlyMap<string, FileFacts>, sources: Sources): Violation[] {
  const violations: Violation[] = []
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) {
      violations.push({ path, line: 1, message: `is in a cycle: ${[...trail.slice(start), path].join(' -> ')}` })
      return
    }
    if (finished.has(path)) return
    for (const { what } of facts.get(path)?.imports ?? []) {
      const target = resolve(path, what)
      if (target !== undefined && sources.has(target)) visit(target, [...trail, path])
    }
    finished.add(path)
  }
  for (const path of facts.keys()) visit(path, [])
  return violations
}
