/**
 * The process that runs the three simulated venues of a storm, apart from the storm itself, so that neither keeps the other
 * waiting. Answers calls of its parent over the process channel and ends with it.
 */
import { startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import { simulatedBybit } from '#simulators/bybit/simulated-bybit.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { simulatedHyperliquid } from '#simulators/hyperliquid/simulated-hyperliquid.ts'
import { startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'
import { simulatedProjectX } from '#simulators/projectx/simulated-projectx.ts'
import type { SimulatedVenue } from '#simulators/venue/simulated-venue.ts'
import { COIN_PRICES } from './accounts.ts'
import type { HostAnswer, HostCall, HostReport } from './venue-calls.ts'

/** Starts all venues. @param offsetMs of every venue's clock from the machine's */
async function open(seed: number, offsetMs: number): Promise<Record<SimulatedVenue['venue'], SimulatedVenue>> {
  const common = { port: 0, seed, clock: { kind: 'real', offsetMs }, rateLimits: Infinity } as const
  const coins = await startHyperliquidVenue({ ...common, network: 'testnet' })
  coins.engine.operator.addInstrument({ name: 'XRP', szDecimals: 0, maxLeverage: 20, markPx: COIN_PRICES.XRP })
  const hyperliquid = simulatedHyperliquid(coins)
  const bybit = simulatedBybit(await startBybitVenue({ ...common, env: 'demo' }))
  const projectx = simulatedProjectX(await startProjectXVenue(common))
  for (const [coin, price] of Object.entries(COIN_PRICES)) {
    hyperliquid.setMark(coin, price)
    bybit.setMark(`${coin}USDT`, price)
  }
  return { hyperliquid, bybit, projectx }
}

function answer(venues: Record<SimulatedVenue['venue'], SimulatedVenue>, call: HostCall): HostAnswer {
  const { id, venue, method, args } = call
  try {
    const run = venues[venue][method] as (...given: readonly unknown[]) => unknown
    return { id, result: run(...args) ?? null }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

const [seed, offsetMs] = process.argv.slice(2).map(Number)
if (process.send === undefined || seed === undefined || offsetMs === undefined)
  throw new TypeError('Expected to be started by a storm, with a seed and a clock offset.')
const tell = process.send.bind(process) as (message: HostAnswer | HostReport) => void
// Ctrl-C reaches the whole group: the storm ends its parts in its own order.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))
const venues = await open(seed, offsetMs)
process.on('message', (call) => tell(answer(venues, call as HostCall)))
const urls = Object.values(venues).map(({ venue, url }) => [venue, url] as const)
tell({ urls: Object.fromEntries(urls) as HostReport['urls'] })
