/**
 * Judges mutants: each is put in alone and must make a test that names its case fail. First every such test must pass
 * without any mutant, so that it is the mutant which a failure speaks of.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { CoveredCase, Mutant } from '#test/catalogue/case.ts'
import { mutantProblem } from '#test/catalogue/mutant-problem.ts'

import { carries, hasJudged, runNamedTests, type NamedRun, type NamedTest } from './named-tests.ts'

const LOADER = pathToFileURL(join(import.meta.dirname, '../../test/catalogue/mutant-loader.mjs')).href
const MUTANT_TIMEOUT_MS = 60_000
const UNMUTATED_TIMEOUT_MS = 15 * 60_000

/**
 * `killed`: a test that names the case failed. `survived`: all of them passed. `broken`: nothing was tried, since the
 * mutant does not load or is never loaded, no test names the case, or such a test fails without any mutant.
 */
export interface Judgement {
  /** The case's id, with the number of the mutant where the case has several: A1, A1.2. */
  readonly name: string
  readonly caseId: string
  readonly mutant: Mutant
  /** Titles of the tests that name the case in the mutant's files. */
  readonly tests: readonly string[]
  readonly verdict: 'killed' | 'survived' | 'broken'
  /** The test that killed it and what it said, or why nothing was tried. */
  readonly reason: string
  /** How long the mutant's run took. */
  readonly ms: number
}

/** A mutant with its name and the case it belongs to. */
interface NamedMutant {
  readonly name: string
  readonly caseId: string
  readonly mutant: Mutant
}

/** What is judged, where the project lies, how many mutants at once, and whom to tell of each judgement. */
export interface JudgeRequest {
  readonly root: string
  readonly cases: readonly CoveredCase[]
  readonly jobs: number
  readonly onJudged: (judgement: Judgement) => void
}

/** Judges every mutant of `cases`; the answers are in the cases' order. */
export async function judgeMutants({ root, cases, jobs, onJudged }: JudgeRequest): Promise<Judgement[]> {
  const mutants = cases.flatMap(nameMutants)
  const unmutated = await runUnmutated(root, mutants, jobs)
  return inParallel(jobs, mutants, async (named) => {
    const startedAt = performance.now()
    const { caseId, mutant } = named
    const tests = mutant.tests.flatMap(
      (file) => unmutated.get(file)?.named.filter(({ title }) => carries(title, caseId)) ?? [],
    )
    const problem = mutantProblem(root, mutant) ?? unmutatedProblem(mutant, tests, unmutated)
    const [verdict, reason] = problem === undefined ? await tryMutant(root, named) : (['broken', problem] as const)
    const ms = Math.round(performance.now() - startedAt)
    const judgement = { ...named, tests: tests.map(({ title }) => title), verdict, reason, ms }
    onJudged(judgement)
    return judgement
  })
}

function nameMutants({ id, mutants }: CoveredCase): NamedMutant[] {
  return mutants.map((mutant, index) => {
    return { name: mutants.length === 1 ? id : `${id}.${index + 1}`, caseId: id, mutant }
  })
}

/** One run a file, with the tests of all its cases. */
async function runUnmutated(
  root: string,
  mutants: readonly NamedMutant[],
  jobs: number,
): Promise<Map<string, NamedRun>> {
  const files = new Map<string, Set<string>>()
  for (const { caseId, mutant } of mutants) {
    for (const file of mutant.tests) files.set(file, (files.get(file) ?? new Set()).add(caseId))
  }
  const runs = await inParallel(jobs, [...files], async ([file, ids]): Promise<[string, NamedRun]> => {
    const request = { root, files: [file], ids: [...ids], env: process.env, timeoutMs: UNMUTATED_TIMEOUT_MS }
    return [file, await runNamedTests(request)]
  })
  return new Map(runs)
}

function unmutatedProblem(
  { tests: files }: Mutant,
  tests: readonly NamedTest[],
  unmutated: ReadonlyMap<string, NamedRun>,
): string | undefined {
  const failing = tests.find(({ failure }) => failure !== undefined)
  if (failing !== undefined) return `fails without a mutant: ${describeFailure(failing)}`
  if (tests.length > 0) return undefined
  const broken = files.map((file) => unmutated.get(file)?.broken).find((failure) => failure !== undefined)
  return broken === undefined
    ? `no test in ${files.join(', ')} names the case`
    : `its tests do not run without a mutant: ${broken.message}`
}

async function tryMutant(
  root: string,
  { caseId, mutant }: NamedMutant,
): Promise<readonly [verdict: Judgement['verdict'], reason: string]> {
  const folder = await mkdtemp(join(tmpdir(), 'truebook-mutant-'))
  try {
    const trace = join(folder, 'loaded')
    const url = pathToFileURL(join(root, mutant.file)).href
    const env = {
      ...process.env,
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${LOADER}`,
      TRUEBOOK_MUTANT: JSON.stringify({ url, find: mutant.find, replace: mutant.replace, trace }),
    }
    const terms = { env, timeoutMs: MUTANT_TIMEOUT_MS, untilFailed: true }
    const outcome = await runNamedTests({ root, files: mutant.tests, ids: [caseId], ...terms })
    return existsSync(trace) ? verdictOf(outcome) : ['broken', `${mutant.file} was never loaded`]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function verdictOf({ named, broken }: NamedRun): readonly [verdict: Judgement['verdict'], reason: string] {
  const failed = named.filter(({ failure }) => failure !== undefined)
  const judged = failed.filter(hasJudged)
  const [killer] = judged.toSorted((one, other) => Number(isHang(one)) - Number(isHang(other)))
  if (killer !== undefined) return ['killed', `${isHang(killer) ? 'timed out: ' : ''}${describeFailure(killer)}`]
  if (failed[0] !== undefined) return ['broken', `the mutant does not run: ${describeFailure(failed[0])}`]
  if (broken !== undefined) return ['broken', `the test file did not run: ${broken.message}`]
  return named.length === 0 ? ['broken', 'no test ran'] : ['survived', 'all of them passed']
}

function isHang({ failure }: NamedTest): boolean {
  return failure?.error === 'testTimeoutFailure'
}

function describeFailure({ title, failure }: NamedTest): string {
  return `"${title}" (${failure?.error}: ${failure?.message})`
}

/** `work` on each item, at most `jobs` at once; the results keep the items' order. */
async function inParallel<Item, Result>(
  jobs: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker))
  return results
}
