/** Runs `npm run venue -- …` as a person would: starts a venue of its own process, reads its line, and has it end. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

const MAIN = new URL('../../simulators/main.ts', import.meta.url).pathname

/** A venue in a process of its own. */
export interface VenueProcess {
  /** The line it printed. */
  readonly line: { readonly url: string } & Readonly<Record<string, unknown>>
  /** Sends SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>
}

/** Starts a venue and waits for its line; it does not outlive the test. */
export async function startVenueProcess(t: TestContext, args: readonly string[]): Promise<VenueProcess> {
  const child = spawn(process.execPath, [MAIN, ...args])
  t.after(() => child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const text = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve))
  const terminate = () => {
    child.kill('SIGTERM')
    return ended
  }
  return { line: JSON.parse(text) as VenueProcess['line'], terminate }
}

/** The status that a venue's control endpoint tells. */
export async function statusAt(url: string): Promise<unknown> {
  const answer = (await (await fetch(`${url}/control/status`)).json()) as { readonly ok: unknown }
  return answer.ok
}

/** Registers a test that these arguments end the command with a message that fits. */
export function testRefusedArguments(args: readonly string[], message: RegExp): void {
  test(`arguments ${args.join(' ')} are refused with what was expected`, async () => {
    await assert.rejects(promisify(execFile)(process.execPath, [MAIN, ...args]), ({ stderr }: { stderr: string }) =>
      message.test(stderr),
    )
  })
}
