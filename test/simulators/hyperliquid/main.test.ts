/** `npm run venue -- hyperliquid`: starts, says where it listens, stops on a signal, and explains wrong arguments. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startVenueProcess, statusAt, testRefusedArguments } from '#test/simulators/venue-command.ts'

test('the venue prints one line of addresses, serves them, and ends on SIGTERM', async (t) => {
  const { line, terminate } = await startVenueProcess(t, [
    'hyperliquid',
    '--port',
    '0',
    '--network',
    'testnet',
    '--clock',
    'manual',
  ])
  assert.equal(line['network'], 'testnet')
  assert.partialDeepStrictEqual(await statusAt(line.url), { network: 'testnet', clock: 'manual' })
  assert.equal(await terminate(), 0)
})

for (const [args, message] of [
  [['nowhere'], /Expected the name of a venue \(.*hyperliquid.*saw "nowhere"/],
  [['hyperliquid', '--clock', 'broken'], /Expected --clock real or manual, saw "broken"/],
  [['hyperliquid', '--rate-limits', 'none'], /Expected a positive number or "off"/],
] as const) {
  testRefusedArguments(args, message)
}
