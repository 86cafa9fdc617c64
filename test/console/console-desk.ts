/**
 * A paper installation for the browser: two accounts at Hyperliquid, one at Bybit under a programme, one book, one Truebook, and people of
 * three roles. What happens at the venues is done by hand here, as the world does it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ALL_IN_ONE, type Truebook, startTruebook } from '#compose.ts'
import { type TruebookClient, createTruebookClient } from '#client/client.ts'
import { loadConfig } from '#config/load-config.ts'
import type { SentSignal } from '#client/client.ts'
import { simulatedBybit } from '#simulators/bybit/simulated-bybit.ts'
import { startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import { type RunningVenue, startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { type Installation, install } from '#simulators/installation/install.ts'
import { derive, secretFiles } from '#simulators/installation/secrets.ts'
import { createLog } from '#telemetry/log.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis } from '#test/support/redis.ts'

export interface ConsoleDesk extends AsyncDisposable {
  readonly truebook: Truebook
  readonly installation: Installation
  readonly client: TruebookClient
  readonly url: string
  /** Sends an entry; answers when its positions stand open. */
  open(strategy: string, coin: string, value: string, side?: 'long' | 'short'): Promise<SentSignal>
  /** Somebody trades or closes at Hyperliquid, past the book. */
  byHand(account: string, coin: string, what: 'close' | { side: 'B' | 'A'; sz: string }): void
  /** Bybit answers no more. */
  loseBybit(): Promise<void>
  /** Address that logs a browser in once; default: the admin's. */
  loginUrl(token?: string): Promise<string>
}

const RULES = fileURLToPath(new URL('../../programmes/hyrotrader-1-step-swing.yaml', import.meta.url))
const MARKS = { BTC: '100000', ETH: '3500', SOL: '180' } as const
/** Slow enough that a difference is seen before it heals, quick enough to wait for. */
const SWEEP_EVERY_MS = 2_000
export const VIEWER_TOKEN = derive('console', 'viewer token')

/** The interface with a person who may only look, beside the admin. */
function httpOf(secret: ReturnType<typeof secretFiles>): object {
  return {
    port: 0,
    signal_tokens: [{ name: 'strategies', token_file: 'secrets/signal-token' }],
    operator_token_file: 'secrets/operator-token',
    operators: [{ name: 'vera', role: 'viewer', token_file: secret('vera-token', VIEWER_TOKEN) }],
    requests_per_minute: 1_000_000,
  }
}

export async function openConsoleDesk(): Promise<ConsoleDesk> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'truebook-console-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const common = { port: 0, seed: 1, rateLimits: Infinity } as const
  const venue: RunningVenue = await startHyperliquidVenue({ ...common, network: 'testnet' })
  opened.defer(() => venue.stop())
  const bybit = await startBybitVenue({ ...common, env: 'demo' })
  opened.defer(() => bybit.stop())
  const { operator } = venue.engine
  for (const [coin, px] of Object.entries(MARKS)) {
    operator.setMark(coin, px)
    simulatedBybit(bybit).setMark(`${coin}USDT`, px)
  }
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  const installation = await install({
    dir,
    venueUrl: venue.url,
    seed: 'console',
    accounts: ['hl-main', 'hl-carry'],
    perAccount: { 'hl-main': { strategies: ['trend'] }, 'hl-carry': { strategies: ['carry'] } },
    programmeAccounts: [
      {
        id: 'hyro',
        venue: 'bybit',
        url: bybit.url,
        balance: '100000',
        entry: { strategies: ['swing'], programme: { rules: RULES, look_ms: 1000 } },
      },
    ],
    config: { redis: { url: redis.url }, sweep: { every_ms: SWEEP_EVERY_MS }, http: httpOf(secretFiles(dir)) },
  })
  const truebook = await startTruebook(loadConfig(installation.configFile), ALL_IN_ONE, {
    log: createLog({ level: 'error', secrets: [] }),
  })
  opened.defer(async () => void (await truebook.close(2000)))
  const { book, api } = truebook
  if (api === null) throw new TypeError('Expected Truebook to serve its interface, saw none.')
  const client = createTruebookClient({ url: api.url, token: installation.signalToken })
  const masterOf = (account: string) =>
    (installation.accounts.find(({ id }) => id === account)?.master ?? '') as `0x${string}`
  const all = opened.move()
  let signals = 0
  return {
    truebook,
    installation,
    client,
    url: api.url,
    async open(strategy, coin, value, side = 'long') {
      signals += 1
      const sent = await client.sendSignal({
        kind: 'open',
        signal_id: `console-${signals}`,
        source: 'desk',
        strategy,
        ts: Date.now(),
        instrument: `${coin}-PERP`,
        side,
        size: { type: 'contracts', value },
        stop_loss: { distance_bps: 300 },
      })
      const stands = async (): Promise<boolean> => {
        const rows = await book.loadMany(
          'positions',
          sent.accounts.map(({ position_id: id }) => id),
        )
        return rows.every((stored) => stored?.row.state === 'open' && stored.row.nativeStop?.confirmedAt !== null)
      }
      await eventually(stands, { what: `${coin} to stand open`, withinMs: 30_000 })
      return sent
    },
    byHand(account, coin, what) {
      const user = masterOf(account)
      if (what === 'close') operator.closeByHand(user, coin)
      else operator.trade({ user, coin, ...what })
    },
    loseBybit: () => bybit.stop(),
    async loginUrl(token = installation.operatorToken) {
      const response = await fetch(new URL('/v1/login-links', api.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      })
      const { path } = (await response.json()) as { path: string }
      return new URL(path, api.url).href
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
