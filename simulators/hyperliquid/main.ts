/** `npm run venue -- hyperliquid …`: runs the Hyperliquid venue from the command line until it is told to stop. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { COMMON_FLAGS, FlagReader, stopOnSignal } from '#simulators/venue/command-line.ts'
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
      ...COMMON_FLAGS,
      port: { type: 'string', default: '3001' },
      network: { type: 'string', default: 'mainnet' },
      fills: { type: 'string' },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const flags = new FlagReader(USAGE)
  const venue = await startHyperliquidVenue({
    ...flags.common(values),
    network: flags.oneOf('--network', values.network, ['mainnet', 'testnet']),
  })
  const imported =
    values.fills === undefined ? undefined : importFillRows(venue.engine, readFileSync(values.fills, 'utf8'))
  console.log(JSON.stringify({ venue: 'hyperliquid', ...addresses(venue), network: values.network, imported }))
  await stopOnSignal(venue)
}

function addresses(venue: RunningVenue): object {
  return { url: venue.url, ws: `${venue.url.replace('http', 'ws')}/ws`, control: `${venue.url}/control/` }
}
