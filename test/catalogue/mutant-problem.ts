/** What makes a mutant no mutant, told without running it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parseSync } from 'oxc-parser'

import type { Mutant } from './case.ts'

/** What is wrong with `mutant` in the project at `root`, or `undefined`: its text must occur once, and the result must parse. */
export function mutantProblem(root: string, { file, find, replace, tests }: Mutant): string | undefined {
  const missing = [file, ...tests].find((path) => !existsSync(join(root, path)))
  if (missing !== undefined) return `there is no file ${missing}`
  if (find === replace) return `the mutant of ${file} changes nothing`
  const [before = '', ...rest] = readFileSync(join(root, file), 'utf8').split(find)
  if (rest.length !== 1) return `expected its text once in ${file}, saw it ${rest.length} times: ${find}`
  const [error] = parseSync(file, before + replace + rest.join('')).errors
  return error === undefined ? undefined : `${file} does not parse with the mutant in it: ${error.message}`
}
