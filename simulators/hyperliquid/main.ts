/** `npm run venue -- hyperliquid …`: runs the Hyperliquid venue from the command line until it is told to stop. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { importFillRows } from './control/fill-import.ts'
import { type RunningVenue, startHyperliquidVenue } from './server/venue-server.ts'

const USAGE = `Usage: npm run venue -- hyperliquid [options]
  --port P            port to listen on (default 3001; 0 = any free one)
  --network N         mainnet (default) or testnet: which signatures are right
  --seed S            seed of quotes, paths, ids and random faults (default 1)
  --clock C           real (default) or manual (moved over the control endpoint)
  --skew MS           milliseconds a real clock is ahead of (or, negative, behind) the machine's
  --rate-limits X     multiple of the documented rate limits (default 1), or off
  --fills FILE        recorded fills (CSV) to serve as their accounts' history`

/** Runs the venue; resolves when it has stopped. Prints one JSON line once it listens. */
export async function runHyperliquid(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '3001' },
      network: { type: 'string', default: 'mainnet' },
      seed: { type: 'string', default: '1' },
      clock: { type: 'string', default: 'real' },
      skew: { type: 'string', default: '0' },
      'rate-limits': { type: 'string', default: '1' },
      fills: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const venue = await startHyperliquidVenue({
    port: integer('--port', values.port),
    network: oneOf('--network', values.network, ['mainnet', 'testnet'] as const),
    seed: integer('--seed', values.seed),
    clock:
      oneOf('--clock', values.clock, ['real', 'manual'] as const) === 'manual'
        ? { kind: 'manual' }
        : { kind: 'real', offsetMs: integer('--skew', values.skew) },
    rateLimits: values['rate-limits'] === 'off' ? Infinity : positive('--rate-limits', values['rate-limits']),
  })
  const imported =
    values.fills === undefined ? undefined : importFillRows(venue.engine, readFileSync(values.fills, 'utf8'))
  console.log(JSON.stringify({ venue: 'hyperliquid', ...addresses(venue), network: values.network, imported }))
  await stopRequested()
  await venue.stop()
}

function addresses(venue: RunningVenue): object {
  return { url: venue.url, ws: `${venue.url.replace('http', 'ws')}/ws`, control: `${venue.url}/control/` }
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
