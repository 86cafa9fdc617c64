/** `npm run venue -- projectx`: starts, says where it listens, stops on a signal, and explains wrong arguments. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startVenueProcess, statusAt, testRefusedArguments } from '#test/simulators/venue-command.ts'

test('the venue prints one line of addresses, serves them, and ends on SIGTERM', async (t) => {
  const { line, terminate } = await startVenueProcess(t, [
    'projectx',
    '--port',
    '0',
    '--clock',
    'manual',
    '--session',
    'open',
  ])
  assert.deepEqual([line['venue'], line['user']], ['projectx', `${line.url}/hubs/user`])
  assert.partialDeepStrictEqual(await statusAt(line.url), { clock: 'manual' })
  assert.equal(await terminate(), 0)
})

for (const [args, message] of [
  [['projectx', '--clock', 'broken'], /Expected --clock real or manual, saw "broken"/],
  [['projectx', '--rate-limits', 'none'], /Expected a positive number or "off"/],
  [['projectx', '--session', 'night'], /Expected --session globex or open, saw "night"/],
] as const) {
  testRefusedArguments(args, message)
}
