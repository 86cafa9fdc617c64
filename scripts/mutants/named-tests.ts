/** Runs the tests of some files whose title carries a case's id as a word, and tells how each ended. */
import { join } from 'node:path'
import { run } from 'node:test'

/** How one test ended; `failure` is the first line of what it threw. */
export interface NamedTest {
  readonly title: string
  readonly failure: Failure | undefined
}

export interface Failure {
  /** The class of the error, such as AssertionError or ReferenceError. */
  readonly error: string
  readonly message: string
}

export interface NamedRun {
  /** Only those whose own title matches: a group named after a case counts when it fails, and so do its tests. */
  readonly named: readonly NamedTest[]
  /** Why a file failed as a whole: it does not load, or it ended early. */
  readonly broken: Failure | undefined
}

/** Whether `title` carries `id` as a word. */
export function carries(title: string, id: string): boolean {
  return pattern(id).test(title)
}

function pattern(id: string): RegExp {
  return new RegExp(`\\b${id}\\b`)
}

/** What to run: `files` start at the folder `root`; `ids` are of cases; `env` is all that the tests see of ours. */
export interface NamedRunRequest {
  /** Stop at the first test that failed by its own judgement; what it started gets a moment to end. */
  readonly untilFailed?: boolean
  readonly root: string
  readonly files: readonly string[]
  readonly ids: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
}

/** A test that ended so has not judged anything: the code does not run, or the test did not get to run. */
const NO_JUDGEMENT = new Set(['ReferenceError', 'SyntaxError', 'cancelledByParent', 'hookFailed', 'testAborted'])

/** Whether a test failed by its own judgement. */
export function hasJudged({ failure }: NamedTest): boolean {
  return failure !== undefined && !NO_JUDGEMENT.has(failure.error)
}

/** How long a test file may go on after a test of it has failed, ms: time to clean up, not to wait for what never comes. */
const LEAVE_MS = 1_500

/** Runs them in processes of their own, one file after the other. */
export async function runNamedTests(request: NamedRunRequest): Promise<NamedRun> {
  const stop = new AbortController()
  const stopAfter = (ms: number): NodeJS.Timeout => setTimeout(() => stop.abort(), ms)
  const timers = [stopAfter(request.timeoutMs + LEAVE_MS)]
  try {
    return await observe(request, stop.signal, () => timers.push(stopAfter(LEAVE_MS)))
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

async function observe(
  { root, files, ids, env, timeoutMs, untilFailed = false }: NamedRunRequest,
  signal: AbortSignal,
  leave: () => void,
): Promise<NamedRun> {
  const stream = run({
    cwd: root,
    files: files.map((file) => join(root, file)),
    testNamePatterns: ids.map(pattern),
    concurrency: 1,
    timeout: timeoutMs,
    signal,
    env,
  })
  const named: NamedTest[] = []
  let broken: Failure | undefined
  for await (const event of stream) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { name: title, details } = event.data
    const failure = 'error' in details ? failureOf(details.error) : undefined
    if (ids.some((id) => carries(title, id))) {
      named.push({ title, failure })
      if (untilFailed && hasJudged({ title, failure })) leave()
    } else if (failure !== undefined && event.data.nesting === 0) broken = failure
  }
  return { named, broken }
}

/** The runner wraps what a test threw; a time limit or an exit code has nothing below it. */
function failureOf(error: Error): Failure {
  const cause = error.cause instanceof Error ? error.cause : undefined
  const kind = cause?.name ?? ('failureType' in error ? String(error.failureType) : error.name)
  const [message = ''] = (cause ?? error).message.split('\n')
  return { error: kind, message }
}
