/** A process that judges planted cases, since no test can start a test run below its own: `judge-planted.ts ROOT CASES`. */
import { judgeMutants } from '#scripts/mutants/judge.ts'
import type { CoveredCase } from '#test/catalogue/case.ts'

const [root = '', cases = '[]'] = process.argv.slice(2)
const judgements = await judgeMutants({ root, cases: JSON.parse(cases) as CoveredCase[], jobs: 2, onJudged: () => {} })
process.stdout.write(JSON.stringify(judgements))
