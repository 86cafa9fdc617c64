/** `npm run venue -- projectx …`: runs the ProjectX venue from the command line until it is told to stop. */
import { parseArgs } from 'node:util'
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
      port: { type: 'string', default: '3003' },
      seed: { type: 'string', default: '1' },
      clock: { type: 'string', default: 'real' },
      skew: { type: 'string', default: '0' },
      'rate-limits': { type: 'string', default: '1' },
      session: { type: 'string', default: 'globex' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  const venue = await startProjectXVenue({
    port: integer('--port', values.port),
    seed: integer('--seed', values.seed),
    clock:
      oneOf('--clock', values.clock, ['real', 'manual'] as const) === 'manual'
        ? { kind: 'manual' }
        : { kind: 'real', offsetMs: integer('--skew', values.skew) },
    rateLimits: values['rate-limits'] === 'off' ? Infinity : positive('--rate-limits', values['rate-limits']),
    engine: { rules: { session: oneOf('--session', values.session, ['globex', 'open'] as const) } },
  })
  const { url } = venue
  const hub = (name: string) => `${url}/hubs/${name}`
  console.log(
    JSON.stringify({ venue: 'projectx', url, user: hub('user'), market: hub('market'), control: `${url}/control/` }),
  )
  await stopRequested()
  await venue.stop()
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
