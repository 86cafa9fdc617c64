/**
 * `npm run test:containers`: the tests that need a container engine. Ends with "N passed, N failed".
 * Where no engine can be had it says so and ends with code 69, so that nobody takes silence for success.
 */
import { globSync } from 'node:fs'

import { DockerUnavailable, provideDockerEngine, type DockerEngine } from './containers/docker-engine.ts'
import { runTestFiles } from './run-tests.ts'

const UNAVAILABLE = 69

try {
  await runWith(await provideDockerEngine())
} catch (error) {
  if (!(error instanceof DockerUnavailable)) throw error
  process.stdout.write(`The container tests did not run: no Docker engine can be had here.\n${error.message}\n`)
  process.exitCode = UNAVAILABLE
}

async function runWith(engine: DockerEngine): Promise<void> {
  process.env['DOCKER_HOST'] = engine.host
  // Its reaper is an image to pull; these tests remove what they start.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
  try {
    const { passed, failed } = await runTestFiles(globSync('test/containers/*.container-test.ts'))
    process.stdout.write(`${passed} passed, ${failed} failed\n`)
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1
  } finally {
    await engine.stop()
  }
}
