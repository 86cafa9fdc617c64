/** `npm run venue -- projectx …`: runs the ProjectX venue from the command line until it is told to stop. */
import { parseArgs } from 'node:util'
import { COMMON_FLAGS, FlagReader, stopOnSignal } from '#simulators/venue/command-line.ts'
import { startProjectXVenue } from './server/venue-server.ts'

const USAGE = `Usage: npm run venue -- projectx [options]
  --port P            port to listen on (default 3003; 0 = any free one)
  --seed S            seed of tokens and random faults (default 1)
  --clock C           real (default) or manual (moved over the control endpoint)
  --skew MS           milliseconds a real clock is ahead of (or, negative, behind) the machine's
  --rate-limits X     multiple of the documented request budgets (default 1), or off
  --session S         globex (default): exchange hours in Chicago; open: trades always`

/** Runs the venue; resolves when it has stopped. Prints one JSON line once it listens. */
export async function runProjectX(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...COMMON_FLAGS,
      port: { type: 'string', default: '3003' },
      session: { type: 'string', default: 'globex' },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const flags = new FlagReader(USAGE)
  const venue = await startProjectXVenue({
    ...flags.common(values),
    engine: { rules: { session: flags.oneOf('--session', values.session, ['globex', 'open']) } },
  })
  const { url } = venue
  const hub = (name: string) => `${url}/hubs/${name}`
  const addresses = { url, user: hub('user'), market: hub('market'), control: `${url}/control/` }
  console.log(JSON.stringify({ venue: 'projectx', ...addresses }))
  await stopOnSignal(venue)
}
