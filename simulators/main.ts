/** `npm run venue -- <name> …`: runs one of the simulated venues. */
import { runBybit } from './bybit/main.ts'
import { runHyperliquid } from './hyperliquid/main.ts'
import { runProjectX } from './projectx/main.ts'

const VENUES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  bybit: runBybit,
  hyperliquid: runHyperliquid,
  projectx: runProjectX,
}

const [name, ...args] = process.argv.slice(2)
const run = name === undefined || !Object.hasOwn(VENUES, name) ? undefined : VENUES[name]
if (run === undefined) {
  console.error(`Expected the name of a venue (${Object.keys(VENUES).join(', ')}), saw ${JSON.stringify(name ?? '')}.`)
  process.exitCode = 2
} else {
  try {
    await run(args)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
