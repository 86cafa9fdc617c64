/** The catalogue is complete: every case once, with a test that carries its id and a mutant that can be tried, or the reason why not. */
import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'

import type { Mutant } from './case.ts'
import { CASE_IDS, CATALOGUE } from './catalogue.ts'
import { mutantProblem } from './mutant-problem.ts'
import { possibleTitles } from './titles.ts'

const root = dirname(dirname(import.meta.dirname))
const covered = CATALOGUE.filter((one) => 'mutants' in one)

/** One line for each mutant that has a problem. */
function problems(find: (mutant: Mutant, id: string) => string | undefined): string {
  const found = covered.flatMap(({ id, mutants }) => {
    return mutants.flatMap((mutant) => {
      const problem = find(mutant, id)
      return problem === undefined ? [] : [`${id}: ${problem}`]
    })
  })
  return found.join('\n')
}

test('the catalogue holds every case once, in order', () => {
  assert.deepEqual(
    CATALOGUE.map(({ id }) => id),
    CASE_IDS,
  )
})

test('every case says what it demands, and the reason where it does not apply, each in one line', () => {
  for (const one of CATALOGUE) {
    assert.match(one.required, /^\S.{10,}$/, one.id)
    if ('notApplicable' in one) assert.match(one.notApplicable, /^\S.{10,}$/, one.id)
  }
})

test('every mutant changes a text that occurs exactly once, into something that parses', () => {
  assert.equal(
    problems((mutant) => mutantProblem(root, mutant)),
    '',
  )
})

test('every mutant has a test that carries the id of its case in its title', () => {
  const titles = new Map<string, string[]>()
  const titlesOf = (file: string): string[] => {
    const known = titles.get(file) ?? possibleTitles(root, file)
    titles.set(file, known)
    return known
  }
  const named = (file: string, id: string): boolean =>
    titlesOf(file).some((title) => new RegExp(`\\b${id}\\b`).test(title))
  assert.equal(
    problems(({ tests }, id) => {
      return tests.some((file) => named(file, id)) ? undefined : `no title in ${tests.join(', ')} carries ${id}`
    }),
    '',
  )
})
