/** The three simulated venues of the demo, the accounts at them, and who trades what where. */
import { join } from 'node:path'
import { simulatedBybit } from '#simulators/bybit/simulated-bybit.ts'
import { startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { simulatedHyperliquid } from '#simulators/hyperliquid/simulated-hyperliquid.ts'
import type { Installation, InstallationOptions } from '#simulators/installation/install.ts'
import type { Venue as FuturesVenue } from '#simulators/projectx/engine/venue.ts'
import { startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'
import { simulatedProjectX } from '#simulators/projectx/simulated-projectx.ts'
import type { SimulatedVenue } from '#simulators/venue/simulated-venue.ts'
import { CRYPTO, INDEX, type Trader, type Troupe, toFiveFigures, toTick } from './traders.ts'

export interface DemoVenues {
  readonly hyperliquid: SimulatedVenue
  readonly all: readonly SimulatedVenue[]
  /** What the installation is to set up. */
  readonly accounts: Pick<InstallationOptions, 'accounts' | 'account' | 'programmeAccounts'>
  troupes(installation: Installation): readonly Troupe[]
}

const PRICES = { BTC: '100000', ETH: '3500', SOL: '180', XRP: '2' } as const

/** Starts all venues; `opened` stops them. */
export async function openVenues(seed: number, offsetMs: number, opened: AsyncDisposableStack): Promise<DemoVenues> {
  const common = { port: 0, seed, clock: { kind: 'real', offsetMs }, rateLimits: Infinity } as const
  const coins = await startHyperliquidVenue({ ...common, network: 'testnet' })
  coins.engine.operator.addInstrument({ name: 'XRP', szDecimals: 0, maxLeverage: 20, markPx: PRICES.XRP })
  const hyperliquid = simulatedHyperliquid(coins)
  const bybit = simulatedBybit(await startBybitVenue({ ...common, env: 'demo' }))
  const futures = await startProjectXVenue(common)
  const projectx = simulatedProjectX(futures)
  for (const venue of [hyperliquid, bybit, projectx]) opened.defer(() => venue.stop())
  for (const [coin, price] of Object.entries(PRICES)) {
    hyperliquid.setMark(coin, price)
    bybit.setMark(`${coin}USDT`, price)
  }
  return {
    hyperliquid,
    all: [hyperliquid, bybit, projectx],
    accounts: accountsAt(bybit.url, projectx.url),
    troupes: (installation) =>
      troupesOf(installation, { hyperliquid, bybit, projectx, frontOf: fronts(futures.engine) }),
  }
}

function accountsAt(bybitUrl: string, projectxUrl: string): DemoVenues['accounts'] {
  return {
    accounts: ['agent-wallet'],
    account: { strategies: [CRYPTO.strategy] },
    programmeAccounts: [
      // Its own size, whatever the signal says.
      { id: 'hyro', venue: 'bybit', url: bybitUrl, entry: { sizing: { type: 'notional_usd', value: '2500' } } },
      {
        id: 'topstep',
        venue: 'projectx',
        url: projectxUrl,
        balance: '150000',
        accountName: '150KTC-V2-000001-00000001',
        entry: FUTURES_ENTRY,
      },
    ],
  }
}

interface Stage {
  readonly hyperliquid: SimulatedVenue
  readonly bybit: SimulatedVenue
  readonly projectx: SimulatedVenue
  /** The front contract of a product. */
  readonly frontOf: (product: string) => string
}

function troupesOf({ accounts, programmeAccounts }: Installation, stage: Stage): readonly Troupe[] {
  const [wallet] = accounts
  const [hyro, topstep] = programmeAccounts
  if (wallet === undefined || hyro === undefined || topstep === undefined)
    throw new TypeError('Expected three installed accounts.')
  const coinTrader: Trader = {
    account: wallet.id,
    venue: stage.hyperliquid,
    venueAccount: wallet.master,
    symbolOf: (instrument) => instrument.replace('-PERP', ''),
    onGrid: toFiveFigures,
  }
  const perpetualTrader: Trader = {
    account: hyro.id,
    venue: stage.bybit,
    venueAccount: hyro.venueAccount,
    symbolOf: (instrument) => instrument.replace('-PERP', 'USDT'),
    onGrid: toFiveFigures,
  }
  const futuresTrader: Trader = {
    account: topstep.id,
    venue: stage.projectx,
    venueAccount: topstep.venueAccount,
    symbolOf: (instrument) => contractIdOf(instrument) ?? stage.frontOf(instrument),
    onGrid: toTick('0.25'),
  }
  return [
    { ...CRYPTO, traders: [coinTrader, perpetualTrader] },
    { ...INDEX, traders: [futuresTrader] },
  ]
}

function fronts({ market }: FuturesVenue): Stage['frontOf'] {
  return (product) => {
    const symbolId = `F.US.${ROOTS[product] ?? product}`
    const front = market.available().find((contract) => contract.activeContract && contract.symbolId === symbolId)
    if (front === undefined) throw new RangeError(`Expected a front contract of ${product}, found none.`)
    return front.id
  }
}

/** ProjectX's names of products where they differ from the exchange's. */
const ROOTS: Readonly<Record<string, string>> = { NQ: 'ENQ', ES: 'EP' }

/** `NQZ6` is `CON.F.US.ENQ.Z26`; undefined for a product. */
function contractIdOf(instrument: string): string | undefined {
  const [, root, month, year] = /^([A-Z]+)([HMUZ])(\d)$/.exec(instrument) ?? []
  return root === undefined ? undefined : `CON.F.US.${ROOTS[root] ?? root}.${month}2${year}`
}

const FUTURES_ENTRY = {
  strategies: [INDEX.strategy],
  programme: { rules: join(import.meta.dirname, '..', 'programmes', 'topstep-combine-150k.yaml') },
  gates: {
    instruments: ['NQ', 'ES', 'MNQ', 'MES'],
    max_positions: 10,
    max_order_notional: null,
    max_exposure: null,
    max_drawdown: null,
    max_entries_per_minute: null,
  },
}
