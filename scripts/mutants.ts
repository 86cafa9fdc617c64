/**
 * `npm run mutants [-- ID... --jobs N --json FILE]`: puts the wrong behaviour of each case of the catalogue in and shows
 * that a test which names the case fails on it. IDs are of cases (A1) or of whole groups (A); without any, all. Ends with
 * 1 unless every mutant is killed.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'

import { CATALOGUE } from '#test/catalogue/catalogue.ts'

import { judgeMutants } from './mutants/judge.ts'
import { reportText } from './mutants/table.ts'
import { shareEmulators } from './shared-emulator.ts'

const { values, positionals } = parseArgs({
  options: { jobs: { type: 'string', default: '2' }, json: { type: 'string' } },
  allowPositionals: true,
})
const jobs = Number(values.jobs)
if (!Number.isInteger(jobs) || jobs < 1)
  throw new Error(`Expected --jobs to be a whole number from 1, saw ${values.jobs}.`)

const cases = CATALOGUE.filter(
  ({ id }) => positionals.length === 0 || positionals.some((asked) => asked === id || asked === id[0]),
)
const unknown = positionals.filter((asked) => !cases.some(({ id }) => asked === id || asked === id[0]))
if (unknown.length > 0)
  throw new Error(`Expected ids of cases such as A1, or of groups such as A, saw ${unknown.join(', ')}.`)

const covered = cases.filter((one) => 'mutants' in one)
const startedAt = performance.now()
const emulators = await shareEmulators(covered.flatMap(({ mutants }) => mutants.flatMap(({ tests }) => tests)))
try {
  const judgements = await judgeMutants({
    root: dirname(import.meta.dirname),
    cases: covered,
    jobs,
    onJudged: ({ name, verdict, ms }) => process.stderr.write(`${verdict} ${name} in ${ms} ms\n`),
  })
  const ms = Math.round(performance.now() - startedAt)
  process.stdout.write(`${reportText(cases, judgements)}, in ${Math.round(ms / 1000)} s\n`)
  if (values.json !== undefined) {
    writeFileSync(
      values.json,
      `${JSON.stringify({ ms, jobs, processors: availableParallelism(), cases, judgements }, null, 2)}\n`,
    )
  }
  process.exitCode = judgements.every(({ verdict }) => verdict === 'killed') ? 0 : 1
} finally {
  await emulators[Symbol.asyncDispose]()
}
