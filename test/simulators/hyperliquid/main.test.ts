/** `npm run venue -- hyperliquid`: starts, says where it listens, stops on a signal, and explains wrong arguments. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { promisify } from 'node:util'

const MAIN = new URL('../../../simulators/main.ts', import.meta.url).pathname

test('the venue prints one line of addresses, serves them, and ends on SIGTERM', async (t) => {
  const child = spawn(process.execPath, [
    MAIN,
    'hyperliquid',
    '--port',
    '0',
    '--network',
    'testnet',
    '--clock',
    'manual',
  ])
  t.after(() => child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const line = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve))
  const { url, network } = JSON.parse(line) as { readonly url: string; readonly network: string }
  assert.equal(network, 'testnet')
  const status = (await (await fetch(`${url}/control/status`)).json()) as { readonly ok: unknown }
  assert.partialDeepStrictEqual(status.ok, { network: 'testnet', clock: 'manual' })
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

for (const [args, message] of [
  [['nowhere'], /Expected the name of a venue \(.*hyperliquid.*saw "nowhere"/],
  [['hyperliquid', '--clock', 'broken'], /Expected --clock real or manual, saw "broken"/],
  [['hyperliquid', '--rate-limits', 'none'], /Expected a positive number or "off"/],
] as const) {
  test(`arguments ${args.join(' ')} are refused with what was expected`, async () => {
    await assert.rejects(promisify(execFile)(process.execPath, [MAIN, ...args]), ({ stderr }: { stderr: string }) =>
      message.test(stderr),
    )
  })
}
