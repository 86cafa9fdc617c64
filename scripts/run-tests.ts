/** Runs test files with Node's own runner, prints them as they end, and counts honestly: only a pass is a pass. */
import { resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const FILE_TIMEOUT_MS = 15 * 60_000
const CONCURRENCY = 2

/** How many tests passed, and how many did anything else: failed, cancelled, skipped, or never existed. */
export interface TestCount {
  readonly passed: number
  readonly failed: number
}

/** Runs `files`, each in a process of its own, two at a time. */
export async function runTestFiles(files: readonly string[]): Promise<TestCount> {
  let count: TestCount = { passed: 0, failed: files.length }
  const emptyFiles: string[] = []
  const names = new Set(files.map((file) => resolve(file)))
  const stream = run({ files, concurrency: CONCURRENCY, timeout: FILE_TIMEOUT_MS, forceExit: false })
  stream.on('test:pass', ({ name, nesting }) => {
    // A file without a test is reported as one test, named as the file, that passed.
    if (nesting === 0 && names.has(resolve(name))) emptyFiles.push(name)
  })
  stream.on('test:summary', (summary) => {
    // The summary without a file is the one of the whole run.
    if (summary.file !== undefined) return
    const { passed, tests: total } = summary.counts
    count = { passed, failed: total - passed }
  })
  const report = stream.compose(new spec())
  report.pipe(process.stdout, { end: false })
  await finished(report)
  for (const name of emptyFiles) process.stdout.write(`✖ ${name} holds no test\n`)
  return { passed: count.passed - emptyFiles.length, failed: count.failed + emptyFiles.length }
}
