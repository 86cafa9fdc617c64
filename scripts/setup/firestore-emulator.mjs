/**
 * Finds, or as root installs, what the Firestore tests need: Java and the jar of Google's Firestore emulator.
 * The jar is taken from FIRESTORE_EMULATOR_JAR, Google's Debian package, a gcloud SDK, the cache of the Firebase tools,
 * or else downloaded once, with its checksum verified.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { say } from './say.mjs'
import { inGcloudSdk, installFirstOf, onPath } from './system.mjs'

const DEBIAN_PACKAGE = 'google-cloud-cli-firestore-emulator'
const SDK_JAR = 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar'
// The last release that runs on Java 17 (Debian 12); 1.20 needs Java 21.
const DOWNLOAD = {
  name: 'cloud-firestore-emulator-v1.19.8.jar',
  url: 'https://storage.googleapis.com/firebase-preview-drop/emulator/cloud-firestore-emulator-v1.19.8.jar',
  sha256: '9d43599ed6151199e8d604dc87fac51218e49e5f3a48519b1ae560bbe5e3382d',
  timeoutMs: 120_000,
}

/** What to run where the emulator cannot be had by itself. */
export const EMULATOR_ADVICE =
  'Run: sudo apt-get install -y default-jre-headless, then either install ' +
  `${DEBIAN_PACKAGE} (https://cloud.google.com/sdk/docs/install#deb), or: ` +
  `curl -fLo firestore-emulator.jar ${DOWNLOAD.url} && export FIRESTORE_EMULATOR_JAR=$PWD/firestore-emulator.jar ` +
  '(or set FIRESTORE_EMULATOR_HOST to an emulator that runs)'

/** @returns {string | undefined} the emulator's jar */
export function findEmulatorJar() {
  const named = process.env['FIRESTORE_EMULATOR_JAR']
  if (named) return existsSync(named) ? named : undefined
  return [...inGcloudSdk(SDK_JAR), ...cachedJars()].find((file) => existsSync(file))
}

/**
 * The command line that starts the emulator: the jar in the SDK names no main class, the one of the Firebase tools does.
 * @param {string} jar
 * @param {number} port
 */
export function emulatorCommand(jar, port) {
  const entry = jar.endsWith(SDK_JAR)
    ? ['-cp', jar, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore', 'start']
    : ['-jar', jar]
  return ['-Xmx768m', '-Duser.language=en', ...entry, '--host=127.0.0.1', `--port=${port}`]
}

/** Installs what is missing where that can be done; says what is still missing. Never fails: the tests that need it do. */
export async function installFirestoreEmulator() {
  if (process.env['FIRESTORE_EMULATOR_HOST']) return
  if (onPath('java') === undefined) installFirstOf(['default-jre-headless', 'openjdk-17-jre-headless'])
  if (findEmulatorJar() === undefined) installFirstOf([DEBIAN_PACKAGE])
  if (findEmulatorJar() === undefined && !process.env['FIRESTORE_EMULATOR_JAR']) await download()
  if (onPath('java') !== undefined && findEmulatorJar() !== undefined) return
  say(`the Firestore emulator cannot be had here, so the tests of the Firestore book will fail. ${EMULATOR_ADVICE}`)
}

async function download() {
  say(`downloading Google's Firestore emulator (${DOWNLOAD.name}, 64 MB)`)
  try {
    const response = await fetch(DOWNLOAD.url, { signal: AbortSignal.timeout(DOWNLOAD.timeoutMs) })
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    const jar = Buffer.from(await response.arrayBuffer())
    const sha256 = createHash('sha256').update(jar).digest('hex')
    if (sha256 !== DOWNLOAD.sha256) throw new Error(`expected SHA-256 ${DOWNLOAD.sha256}, saw ${sha256}`)
    mkdirSync(cacheFolder(), { recursive: true })
    const file = join(cacheFolder(), DOWNLOAD.name)
    writeFileSync(`${file}.part`, jar)
    renameSync(`${file}.part`, file)
  } catch (error) {
    say(`the download failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The folder that the Firebase tools use too. */
function cacheFolder() {
  return join(homedir(), '.cache', 'firebase', 'emulators')
}

function cachedJars() {
  if (!existsSync(cacheFolder())) return []
  const jars = readdirSync(cacheFolder()).filter((name) => /^cloud-firestore-emulator-v.*\.jar$/.test(name))
  return jars.map((name) => join(cacheFolder(), name))
}
