/** The voice of the set-up: short lines on the error stream, so that a command's own output stays clean. */
import { spawnSync } from 'node:child_process'

/** @param {string} line */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`)
}

/** A requirement that the set-up cannot meet by itself; the message ends with the line to run. */
export class SetupFailed extends Error {}

/**
 * Runs a program with its output on the error stream.
 * @param {string} program
 * @param {readonly string[]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 * @returns {boolean} whether it ended with exit code 0
 */
export function run(program, argv, options = {}) {
  const { cwd, env = process.env, quiet = false } = options
  const result = spawnSync(program, [...argv], { cwd, env, stdio: ['ignore', 2, 2], encoding: 'utf8' })
  if (result.error !== undefined && !quiet) say(`${program} could not be started: ${result.error.message}`)
  return result.status === 0
}
