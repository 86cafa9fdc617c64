/** Looks for programs on the PATH and, as root on a Debian system, installs Debian packages. */
import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { spawnSync } from 'node:child_process'

import { run, say } from './say.mjs'

/**
 * @param {string} program
 * @returns {string | undefined} its full path
 */
export function onPath(program) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

/**
 * @param {string} path inside of Google's SDK
 * @returns {string[]} where it would be, in each place where people have the SDK
 */
export function inGcloudSdk(path) {
  return [
    '/usr/lib/google-cloud-sdk',
    '/usr/lib64/google-cloud-sdk',
    '/opt/google-cloud-sdk',
    '/opt/homebrew/share/google-cloud-sdk',
    join(homedir(), 'google-cloud-sdk'),
  ].map((folder) => join(folder, path))
}

/** Whether packages can be installed here without asking anybody. */
export function canInstallPackages() {
  return process.getuid?.() === 0 && onPath('apt-get') !== undefined
}

/**
 * Installs the first of `packages` that the package lists hold.
 * @param {readonly string[]} packages
 * @returns {boolean} whether one was installed
 */
export function installFirstOf(packages) {
  if (!canInstallPackages()) return false
  const wanted = packages.find(isAvailable) ?? (refreshLists() ? packages.find(isAvailable) : undefined)
  if (wanted === undefined) return false
  say(`installing the Debian package ${wanted} with apt-get`)
  const argv = ['install', '-y', '-qq', '--no-install-recommends', wanted]
  return aptGet(argv) || (refreshLists() && aptGet(argv))
}

let listsAreFresh = false
function refreshLists() {
  if (listsAreFresh) return false
  listsAreFresh = true
  say('refreshing the package lists with apt-get update')
  return aptGet(['update', '-qq'])
}

/** @param {readonly string[]} argv */
function aptGet(argv) {
  return run('apt-get', argv, {
    output: 'onFailure',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  })
}

/** @param {string} name */
function isAvailable(name) {
  const result = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' })
  return /Candidate: (?!\(none\))/.test(result.stdout ?? '')
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return existsSync(file)
  } catch {
    return false
  }
}
