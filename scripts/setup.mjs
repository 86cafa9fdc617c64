/**
 * Sets up a checkout from nothing, in plain JavaScript for Node 20: dependencies, Node 24, a Redis server and, when
 * asked, what the tests of Firestore, Pub/Sub and the console need. Does nothing, silently, where everything is there. See run.mjs for its use.
 */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { installBrowser } from './setup/browser.mjs'
import { installDependencies, installNode24 } from './setup/dependencies.mjs'
import { installFirestoreEmulator } from './setup/firestore-emulator.mjs'
import { installPubsubEmulator } from './setup/pubsub-emulator.mjs'
import { installRedis } from './setup/redis.mjs'
import { SetupFailed } from './setup/say.mjs'

/** The project's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * @param {ReadonlySet<string>} needs any of "redis", "firestore", "pubsub", "browser"
 * @returns {Promise<boolean>} false when something is missing that could not be installed; it has been said
 */
export async function setUp(needs) {
  try {
    installDependencies(ROOT)
    installNode24(ROOT)
    if (needs.has('redis')) installRedis()
    if (needs.has('firestore')) await installFirestoreEmulator()
    if (needs.has('pubsub')) installPubsubEmulator()
    if (needs.has('browser')) installBrowser()
    return true
  } catch (error) {
    if (!(error instanceof SetupFailed)) throw error
    process.stderr.write(`setup: ${error.message}\n`)
    return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const done = await setUp(new Set(['redis', 'firestore', 'pubsub', 'browser']))
  if (done) process.stderr.write('setup: everything is in place\n')
  process.exitCode = done ? 0 : 1
}
