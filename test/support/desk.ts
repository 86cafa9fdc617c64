/** A whole desk for one test: simulator, private Redis, embedded book and Truebook in this process; all gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '#config/load-config.ts'
import type { Config } from '#config/config.ts'
import type { SignalInput } from '#domain/signal.ts'
import { signalSchema } from '#domain/signal.ts'
import type { PositionRow } from '#domain/position.ts'
import type { PositionId } from '#domain/ids.ts'
import { type Acceptance, acceptSignal } from '#ingest/accept-signal.ts'
import { type Installation, type InstallationOptions, install } from '#simulators/installation.ts'
import { type RunningVenue, startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { createLog } from '#telemetry/log.ts'
import { ALL_IN_ONE, type Role, type Truebook, startTruebook } from '../../src/compose.ts'
import { eventually } from './eventually.ts'
import { type TestRedis, startTestRedis } from './redis.ts'

export interface Desk extends AsyncDisposable {
  readonly venue: RunningVenue
  readonly redis: TestRedis
  readonly installation: Installation
  readonly config: Config
  readonly truebook: Truebook
  /** Accepts a signal as the API would; `ts` defaults to now. */
  signal(signal: SignalWish): Promise<Acceptance>
  position(id: PositionId): Promise<PositionRow>
  /** Waits until a position is in a state. */
  until(id: PositionId, state: PositionRow['state']): Promise<PositionRow>
}

type SignalWish = SignalInput extends infer S ? (S extends unknown ? Omit<S, 'ts' | 'source' | 'strategy'> & { readonly ts?: number } : never) : never

export interface DeskOptions extends Partial<Pick<InstallationOptions, 'seed' | 'accounts' | 'usdc' | 'config' | 'account'>> {
  readonly role?: Role
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error'
}

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'truebook-desk-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  opened.defer(() => venue.stop())
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  const { seed = 'desk', accounts = ['desk'], role = ALL_IN_ONE, logLevel = 'error', ...rest } = options
  const installation = await install({ dir, venueUrl: venue.url, seed, accounts, ...rest, config: { redis: { url: redis.url }, ...rest.config } })
  const config = loadConfig(installation.configFile)
  const truebook = await startTruebook(config, role, { log: createLog({ level: logLevel, secrets: [] }) })
  opened.defer(async () => {
    await truebook.close(2000)
  })
  const { book, queue } = truebook
  const position = async (id: PositionId): Promise<PositionRow> => {
    const stored = await book.load('positions', id)
    if (stored === null) throw new Error(`Expected position ${id} in the book, found none.`)
    return stored.row
  }
  const all = opened.move()
  return {
    venue,
    redis,
    installation,
    config,
    truebook,
    async signal(input) {
      const signal = signalSchema.parse({ source: 'test', strategy: 'test', ts: Date.now(), ...input })
      const tools = { book, queue, accounts: config.accounts.map(({ policy }) => policy), onEnqueueFailed: () => undefined }
      return await acceptSignal(tools, signal, Date.now())
    },
    position,
    async until(id, state) {
      const reached = async (): Promise<PositionRow> => {
        const row = await position(id)
        if (row.state !== state) throw new Error(`it is ${row.state}`)
        return row
      }
      return await eventually(reached, { what: `position ${id} to be ${state}` })
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
