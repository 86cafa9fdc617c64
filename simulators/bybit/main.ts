/** `npm run venue -- bybit …`: runs the Bybit venue from the command line until it is told to stop. */
import { parseArgs } from 'node:util'
import { COMMON_FLAGS, FlagReader, stopOnSignal } from '#simulators/venue/command-line.ts'
import { type RunningVenue, startBybitVenue } from './server/venue-server.ts'

const USAGE = `Usage: npm run venue -- bybit [options]
  --port P            port to listen on (default 3002; 0 = any free one)
  --env E             mainnet (default), testnet or demo: which keys are known, and whether orders go over sockets
  --seed S            seed of quotes, ids and random faults (default 1)
  --clock C           real (default) or manual (moved over the control endpoint)
  --skew MS           milliseconds a real clock is ahead of (or, negative, behind) the machine's
  --rate-limits X     multiple of the documented rate limits (default 1), or off
  --ack-delay MS      milliseconds between an acknowledgement and its effect (default 5, manual clock 0)`

/** Runs the venue; resolves when it has stopped. Prints one JSON line once it listens. */
export async function runBybit(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...COMMON_FLAGS,
      port: { type: 'string', default: '3002' },
      env: { type: 'string', default: 'mainnet' },
      'ack-delay': { type: 'string' },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const delay = values['ack-delay']
  const flags = new FlagReader(USAGE)
  const venue = await startBybitVenue({
    ...flags.common(values),
    env: flags.oneOf('--env', values.env, ['mainnet', 'testnet', 'demo']),
    ...(delay === undefined ? {} : { engine: { ackDelayMs: flags.integer('--ack-delay', delay) } }),
  })
  console.log(JSON.stringify({ venue: 'bybit', ...addresses(venue), env: venue.env }))
  await stopOnSignal(venue)
}

function addresses(venue: RunningVenue): object {
  return { url: venue.url, ws: venue.url.replace('http', 'ws'), control: `${venue.url}/control/` }
}
