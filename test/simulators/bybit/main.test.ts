/** `npm run venue -- bybit`: starts, says where it listens, stops on a signal, and explains wrong arguments. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startVenueProcess, statusAt, testRefusedArguments } from '#test/simulators/venue-command.ts'

test('the venue prints one line of addresses, serves them, and ends on SIGTERM', async (t) => {
  const { line, terminate } = await startVenueProcess(t, ['bybit', '--port', '0', '--env', 'demo', '--clock', 'manual'])
  assert.equal(line['env'], 'demo')
  assert.partialDeepStrictEqual(await statusAt(line.url), { env: 'demo', clock: 'manual' })
  assert.equal(await terminate(), 0)
})

for (const [args, message] of [
  [['bybit', '--env', 'livenet'], /Expected --env mainnet or testnet or demo, saw "livenet"/],
  [['bybit', '--clock', 'broken'], /Expected --clock real or manual, saw "broken"/],
  [['bybit', '--rate-limits', 'none'], /Expected a positive number or "off"/],
  [['bybit', '--ack-delay', '1.5'], /Expected an integer for --ack-delay, saw "1.5"/],
] as const) {
  testRefusedArguments(args, message)
}
