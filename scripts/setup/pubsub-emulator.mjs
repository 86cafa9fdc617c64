/**
 * Finds, or as root installs, what the Pub/Sub tests need: Java and the jar of Google's Pub/Sub emulator. The jar is taken from
 * PUBSUB_EMULATOR_JAR, a gcloud SDK or Google's Debian package. Google serves no file of it alone, so it is never downloaded.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { say } from './say.mjs'
import { inGcloudSdk, installFirstOf, onPath } from './system.mjs'

const DEBIAN_PACKAGE = 'google-cloud-cli-pubsub-emulator'
const SDK_FOLDER = 'platform/pubsub-emulator/lib'
const JAR = /^cloud-pubsub-emulator-.*\.jar$/

/** What to run where the emulator cannot be had by itself. */
export const PUBSUB_EMULATOR_ADVICE =
  'Run: sudo apt-get install -y default-jre-headless, then either install ' +
  `${DEBIAN_PACKAGE} (https://cloud.google.com/sdk/docs/install#deb) or: gcloud components install pubsub-emulator ` +
  '(or set PUBSUB_EMULATOR_JAR to its jar, or PUBSUB_EMULATOR_HOST to an emulator that runs)'

/** @returns {string | undefined} the emulator's jar */
export function findPubsubJar() {
  const named = process.env['PUBSUB_EMULATOR_JAR']
  if (named) return existsSync(named) ? named : undefined
  return inGcloudSdk(SDK_FOLDER)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => JAR.test(name))
        .map((name) => join(folder, name)),
    )
    .at(-1)
}

/**
 * The command line that starts the emulator.
 * @param {string} jar
 * @param {number} port
 */
export function pubsubCommand(jar, port) {
  return ['-Xmx512m', '-Duser.language=en', '-jar', jar, '--host=127.0.0.1', `--port=${port}`]
}

/** Installs what is missing where that can be done; says what is still missing. Never fails: the tests that need it do. */
export function installPubsubEmulator() {
  if (process.env['PUBSUB_EMULATOR_HOST']) return
  if (onPath('java') === undefined) installFirstOf(['default-jre-headless', 'openjdk-17-jre-headless'])
  if (findPubsubJar() === undefined) installFirstOf([DEBIAN_PACKAGE])
  if (onPath('java') !== undefined && findPubsubJar() !== undefined) return
  say(`the Pub/Sub emulator cannot be had here, so its tests will fail. ${PUBSUB_EMULATOR_ADVICE}`)
}
