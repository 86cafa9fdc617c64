/** `npm run venue -- bybit …`: runs the Bybit venue from the command line until it is told to stop. */
import { parseArgs } from 'node:util'
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
      port: { type: 'string', default: '3002' },
      env: { type: 'string', default: 'mainnet' },
      seed: { type: 'string', default: '1' },
      clock: { type: 'string', default: 'real' },
      skew: { type: 'string', default: '0' },
      'rate-limits': { type: 'string', default: '1' },
      'ack-delay': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const delay = values['ack-delay']
  const venue = await startBybitVenue({
    port: integer('--port', values.port),
    env: oneOf('--env', values.env, ['mainnet', 'testnet', 'demo'] as const),
    seed: integer('--seed', values.seed),
    clock:
      oneOf('--clock', values.clock, ['real', 'manual'] as const) === 'manual'
        ? { kind: 'manual' }
        : { kind: 'real', offsetMs: integer('--skew', values.skew) },
    rateLimits: values['rate-limits'] === 'off' ? Infinity : positive('--rate-limits', values['rate-limits']),
    ...(delay === undefined ? {} : { engine: { ackDelayMs: integer('--ack-delay', delay) } }),
  })
  console.log(JSON.stringify({ venue: 'bybit', ...addresses(venue), env: venue.env }))
  await stopRequested()
  await venue.stop()
}

function addresses(venue: RunningVenue): object {
  return { url: venue.url, ws: venue.url.replace('http', 'ws'), control: `${venue.url}/control/` }
}

async function stopRequested(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

function integer(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`Expected an integer for ${name}, saw "${text}".\n${USAGE}`)
  return value
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new RangeError(`Expected a positive number or "off" for ${name}, saw "${text}".\n${USAGE}`)
  return value
}

function oneOf<const Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text)
  if (choice === undefined) throw new RangeError(`Expected ${name} ${choices.join(' or ')}, saw "${text}".\n${USAGE}`)
  return choice
}
