/** The voice of the set-up: short lines on the error stream, so that a command's own output stays clean. */
import { spawnSync } from 'node:child_process'

/** @param {string} line */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`)
}

/** A requirement that the set-up cannot meet by itself; the message ends with the line to run. */
export class SetupFailed extends Error {}

/**
 * Runs a program. With `onFailure` its output appears only when it fails, else as it comes, on the error stream.
 * @param {string} program
 * @param {readonly string[]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, output?: 'shown' | 'onFailure' }} [options]
 * @returns {boolean} whether it ended with exit code 0
 */
export function run(program, argv, options = {}) {
  const { cwd, env = process.env, output = 'shown' } = options
  const stdio = output === 'shown' ? 2 : 'pipe'
  const result = spawnSync(program, [...argv], { cwd, env, stdio: ['ignore', stdio, stdio], encoding: 'utf8' })
  if (result.error !== undefined) say(`${program} could not be started: ${result.error.message}`)
  if (result.status !== 0 && output === 'onFailure')
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  return result.status === 0
}
