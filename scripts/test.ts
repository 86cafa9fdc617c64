/**
 * `npm test`: the static checks, then every test file, two at a time, with one Firestore emulator for all of them.
 * `npm test -- PATH...` runs only the test files under those paths, without the static checks.
 * Ends with a line "N passed, N failed". A skipped test counts as failed: a promise nobody checks is not kept.
 */
import { globSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

import { FirestoreEmulatorMissing, startFirestoreEmulator } from '#test/support/firestore-emulator.ts'

import { runChecks } from './checks.ts'

const FILE_TIMEOUT_MS = 15 * 60_000
const CONCURRENCY = 2

interface Count {
  readonly passed: number
  readonly failed: number
}

const paths = process.argv.slice(2)
const checks = paths.length === 0 ? await runChecks() : { passed: 0, failed: 0 }
const tests = await runTests(testFiles(paths.length === 0 ? ['test'] : paths))
const failed = checks.failed + tests.failed
process.stdout.write(`${checks.passed + tests.passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && tests.passed > 0 ? 0 : 1

function testFiles(wanted: readonly string[]): string[] {
  const files = wanted.flatMap((path) => (statSync(path).isDirectory() ? globSync(join(path, '**/*.test.ts')) : [path]))
  return [...new Set(files)].toSorted()
}

async function runTests(files: string[]): Promise<Count> {
  const emulator = files.some((file) => file.includes('firestore')) ? await sharedEmulator() : undefined
  try {
    return await runFiles(files)
  } finally {
    await emulator?.stop()
  }
}

/** One emulator for all test files (each takes a project id of its own): every further one would cost a gigabyte. */
async function sharedEmulator(): Promise<{ stop(): Promise<void> } | undefined> {
  try {
    const emulator = await startFirestoreEmulator()
    process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host
    return emulator
  } catch (error) {
    // The tests that need it fail with the same message; all others can still run.
    if (error instanceof FirestoreEmulatorMissing) return undefined
    throw error
  }
}

async function runFiles(files: string[]): Promise<Count> {
  let count: Count = { passed: 0, failed: files.length }
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
