/**
 * `npm test`: the static checks, then every test file, two at a time, with one Firestore and one Pub/Sub emulator for all of them.
 * `npm test -- PATH...` runs only the test files under those paths, without the static checks.
 * Ends with a line "N passed, N failed". A skipped test counts as failed: a promise nobody checks is not kept.
 */
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { runChecks } from './checks.ts'
import { runTestFiles, type TestCount } from './run-tests.ts'
import { shareEmulators } from './shared-emulator.ts'

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

async function runTests(files: readonly string[]): Promise<TestCount> {
  const emulators = await shareEmulators(files)
  try {
    return await runTestFiles(files)
  } finally {
    await emulators[Symbol.asyncDispose]()
  }
}
