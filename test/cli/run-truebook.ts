/** Runs the `truebook` command as users do: a process of its own, its output and its exit code. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually } from '#test/support/eventually.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.mjs', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. */
export async function truebook(
  args: readonly string[],
  options: { readonly input?: string; readonly nodeArgs?: readonly string[] } = {},
): Promise<Finished> {
  const child = start(args, options.nodeArgs)
  child.process.stdin?.end(options.input ?? '')
  await once(child.process, 'close')
  return { code: child.process.exitCode, stdout: child.stdout(), stderr: child.stderr() }
}

/** A command that runs until it is told to stop. */
export interface Running {
  readonly process: ChildProcess
  stdout(): string
  stderr(): string
  /** Waits for a text in the output; fails when the process ends first. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends a signal and answers the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts a command; `env` adds to this process's variables. */
export function start(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [...nodeArgs, MAIN, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = once(child, 'close')
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    async says(pattern) {
      const look = (): RegExpExecArray | 'ended' | null =>
        pattern.exec(`${stdout}\n${stderr}`) ?? (child.exitCode === null ? null : 'ended')
      const found = await eventually(look, { what: `the output to match ${pattern}`, withinMs: 60_000 })
      if (found === 'ended')
        throw new Error(`Expected ${pattern}, saw it end with ${child.exitCode}: ${stderr}${stdout}`)
      return found
    },
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      await closed
      return child.exitCode
    },
  }
}
