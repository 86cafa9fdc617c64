/**
 * Brings node_modules to what package-lock.json says, and Node 24 into it.
 * No dependency's install script runs: what the project needs of them (one Node binary) is done here by name.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { run, say, SetupFailed } from './say.mjs'

const NODE_MAJOR = 24

/** @param {string} root the project's folder */
export function installDependencies(root) {
  const missing = missingPackages(root)
  if (missing.length === 0) return
  say(`installing dependencies with "npm ci" (${describeMissing(root, missing)})`)
  // EBADENGINE is expected on Node 20: npm runs there, the project on the Node 24 that this very step installs.
  const argv = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  if (!run('npm', argv, { cwd: root })) throw new SetupFailed('"npm ci" failed. Run: npm ci --ignore-scripts')
}

/**
 * Makes sure that node_modules/.bin/node is Node 24: npm may have blocked the installer of the "node" package.
 * @param {string} root
 */
export function installNode24(root) {
  const binary = join(root, 'node_modules', '.bin', 'node')
  if (majorOf(binary) === NODE_MAJOR) return
  const folder = join(root, 'node_modules', 'node')
  say(`installing Node ${NODE_MAJOR} for ${process.platform}-${process.arch} through the "node" package`)
  run(process.execPath, ['installArchSpecificPackage.js'], { cwd: folder, env: cleanNpmEnvironment() })
  // npm links a package's programs right after unpacking it, when this one was not there yet.
  rmSync(binary, { force: true })
  symlinkSync(join('..', 'node', 'bin', 'node'), binary)
  const major = majorOf(binary)
  if (major === NODE_MAJOR) return
  throw new SetupFailed(
    `Expected ${binary} to be Node ${NODE_MAJOR}, saw ${major ?? 'nothing that runs'}. ` +
      'Run: (cd node_modules/node && node installArchSpecificPackage.js)',
  )
}

/**
 * Packages of package-lock.json that node_modules lacks or has in another version. Versions decide, not file times,
 * which a checkout changes.
 * @param {string} root
 * @returns {string[]}
 */
export function missingPackages(root) {
  const wanted = readLock(join(root, 'package-lock.json'))
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return Object.keys(wanted).filter((path) => path !== '')
  const installed = readLock(installedFile)
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !isSatisfied(entry, installed[path]))
    .map(([path]) => path)
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockEntry */

/**
 * @param {LockEntry} wanted
 * @param {LockEntry | undefined} installed
 */
function isSatisfied(wanted, installed) {
  // npm leaves out optional packages of other platforms.
  if (installed === undefined) return wanted.optional === true || wanted.devOptional === true
  return installed.version === wanted.version
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

/**
 * @param {string} root
 * @param {readonly string[]} missing
 */
function describeMissing(root, missing) {
  if (!existsSync(join(root, 'node_modules'))) return 'node_modules is missing'
  return missing.length === 1 ? `${missing[0]} is missing or old` : `${missing.length} are missing or old`
}

/** @param {string} binary */
function majorOf(binary) {
  const result = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  const major = /^v(\d+)\./.exec(result.stdout ?? '')?.[1]
  return major === undefined ? undefined : Number(major)
}

/** Settings of the npm that started us name our own project as its folder; the nested npm must find its own. */
function cleanNpmEnvironment() {
  const inherited = [
    'npm_config_local_prefix',
    'npm_config_prefix',
    'npm_package_json',
    'npm_command',
    'npm_config_ignore_scripts',
  ]
  const environment = {
    ...process.env,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_loglevel: 'error',
  }
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !inherited.includes(name)))
}
