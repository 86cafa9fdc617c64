/** `npm run venue -- projectx`: starts, says where it listens, stops on a signal, and explains wrong arguments. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { promisify } from 'node:util'

const MAIN = new URL('../../../simulators/main.ts', import.meta.url).pathname

test('the venue prints one line of addresses, serves them, and ends on SIGTERM', async (t) => {
  const child = spawn(process.execPath, [MAIN, 'projectx', '--port', '0', '--clock', 'manual', '--session', 'open'])
  t.after(() => child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const line = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve))
  const { venue, url, user } = JSON.parse(line) as {
    readonly venue: string
    readonly url: string
    readonly user: string
  }
  assert.deepEqual([venue, user], ['projectx', `${url}/hubs/user`])
  const status = (await (await fetch(`${url}/control/status`)).json()) as { readonly ok: unknown }
  assert.partialDeepStrictEqual(status.ok, { clock: 'manual' })
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

for (const [args, message] of [
  [['projectx', '--clock', 'broken'], /Expected --clock real or manual, saw "broken"/],
  [['projectx', '--rate-limits', 'none'], /Expected a positive number or "off"/],
  [['projectx', '--session', 'night'], /Expected --session globex or open, saw "night"/],
] as const) {
  test(`arguments ${args.join(' ')} are refused with what was expected`, async () => {
    await assert.rejects(promisify(execFile)(process.execPath, [MAIN, ...args]), ({ stderr }: { stderr: string }) =>
      message.test(stderr),
    )
  })
}
