/** Every command that a document tells people to type exists, with those options. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Command } from 'commander'
import { program } from '#cli/program.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md', 'simulators/**/*.md'], { cwd: ROOT })
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)

/** Code of a document: blocks and spans, one line each. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'))
  const spans = [...text.replaceAll(/^```[a-z]*\n[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, span = '']) => span,
  )
  return [...blocks, ...spans]
}

/** What stands behind `truebook` or `npm run` on a line, up to where another command begins. */
function commandsIn(line: string): { kind: 'truebook' | 'npm'; words: string[] }[] {
  const found = [...line.matchAll(/(?:^|[\s$(])(?:npm run (?:-s )?truebook -- |truebook )([a-z][^|;&#)]*)/g)]
  const npm = [...line.matchAll(/npm run (?:-s )?([a-z:]+)/g)]
  return [
    ...found.map(([, rest = '']) => ({ kind: 'truebook' as const, words: wordsOf(rest) })),
    ...npm.map(([, name = '']) => ({ kind: 'npm' as const, words: [name] })),
  ]
}

function wordsOf(text: string): string[] {
  return [...text.matchAll(/"[^"]*"|'[^']*'|\S+/g)].map(([word]) => word)
}

/** Why a command line is none of ours; null when it is one. */
function problemOf(words: readonly string[]): string | null {
  let command: Command = program
  let index = 0
  for (; index < words.length; index++) {
    const next = command.commands.find((child) => child.name() === words[index])
    if (next === undefined) break
    command = next
  }
  if (command === program) return `there is no command ${words[0] ?? ''}`
  const options = [...command.options, ...program.options]
  for (const word of words.slice(index)) {
    if (!word.startsWith('-') || word === '-' || word === '--help') continue
    const flag = word.split('=', 1)[0]
    if (!options.some(({ long, short }) => long === flag || short === flag))
      return `${command.name()} has no option ${flag}`
  }
  return null
}

test('the documents are found, and commands in them', () => {
  assert.ok(DOCUMENTS.includes('README.md') && DOCUMENTS.includes('docs/alerts.md'))
  const all = DOCUMENTS.flatMap((path) => codeOf(read(path)).flatMap(commandsIn))
  assert.ok(all.length > 100, `${all.length} commands`)
})

for (const path of DOCUMENTS) {
  test(`${path}: every command in it exists`, () => {
    const problems = codeOf(read(path)).flatMap((line) =>
      commandsIn(line).flatMap(({ kind, words }) => {
        if (kind === 'npm') {
          const [name = ''] = words
          return scripts.includes(name) ? [] : [`${line}: there is no npm script ${name}`]
        }
        const problem = problemOf(words)
        return problem === null ? [] : [`${line}: ${problem}`]
      }),
    )
    assert.deepEqual(problems, [])
  })
}

test('a command that does not exist, or has no such option, would be told', () => {
  assert.equal(problemOf(['sweep', '--dry-run', '--account', 'A']), null)
  assert.equal(problemOf(['alerts', 'ack', 'ALERT', '--why', 'x']), null)
  assert.match(problemOf(['swep']) ?? '', /no command swep/)
  assert.match(problemOf(['halt', '--reason', 'x']) ?? '', /halt has no option --reason/)
})

test('every link of a document to a file of this project leads to one, and to a heading that is there', () => {
  const slugOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[`*_<>[\].,:;()/?!"'|=]/g, '')
      .trim()
      .replaceAll(' ', '-')
  const headings = (path: string): string[] =>
    [
      ...read(path)
        .replaceAll(/^```[\s\S]*?^```/gm, '')
        .matchAll(/^#+ (.*)$/gm),
    ].map(([, text = '']) => slugOf(text))
  const broken = DOCUMENTS.flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)].flatMap(([, target = '']) => {
      const [file = '', anchor] = target.split('#')
      const to = file === '' ? path : join(path, '..', file)
      if (globSync(to, { cwd: ROOT }).length === 0) return [`${path}: ${target}`]
      return anchor === undefined || headings(to).includes(anchor) ? [] : [`${path}: no heading ${target}`]
    }),
  )
  assert.deepEqual(broken, [])
})
