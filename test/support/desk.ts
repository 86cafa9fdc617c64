/** A whole desk for one test: simulator, private Redis, embedded book and Truebook in this process; all gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '#config/load-config.ts'
import type { Config } from '#config/config.ts'
import type { SignalInput } from '#domain/signal.ts'
import { signalSchema } from '#domain/signal.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow } from '#domain/records.ts'
import type { PositionId } from '#domain/ids.ts'
import { type Acceptance, acceptSignal } from '#ingest/accept-signal.ts'
import { type Installation, type InstallationOptions, install } from '#simulators/installation/install.ts'
import { type RunningVenue, startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { createLog } from '#telemetry/log.ts'
import type { Log } from '#workers/worker.ts'
import { ALL_IN_ONE, type Role, type Truebook, startTruebook } from '#compose.ts'
import { eventually } from './eventually.ts'
import { type TestRedis, startTestRedis } from './redis.ts'

export interface Desk extends AsyncDisposable {
  readonly venue: RunningVenue
  readonly redis: TestRedis
  readonly installation: Installation
  readonly config: Config
  readonly truebook: Truebook
  /** Accepts a signal as the API would; `ts` defaults to now, `strategy` to `test`. */
  signal(signal: SignalWish): Promise<Acceptance>
  /** Sends an entry on a coin with a stop 3 % away, unless told otherwise; answers its position. */
  open(coin: string, wish?: Partial<OpenWish>): Promise<PositionId>
  /** Asks for the exit of whatever stands on a coin. */
  close(coin: string): Promise<void>
  /** Moves the mark, USD. */
  mark(coin: string, px: string): Promise<void>
  /** The venue's own ledger of the first account: the oracle. */
  oracle(): ReturnType<RunningVenue['engine']['oracle']['ledger']>
  /** Working orders at the venue of the first account. */
  working(): number
  alerts(): Promise<AlertRow[]>
  /** Address that holds the funds of the first account. */
  readonly master: string
  position(id: PositionId): Promise<PositionRow>
  /** Waits until a position is in a state. */
  until(id: PositionId, state: PositionRow['state']): Promise<PositionRow>
}

type SignalWish = SignalInput extends infer S
  ? S extends unknown
    ? Omit<S, 'ts' | 'source' | 'strategy'> & { readonly ts?: number; readonly strategy?: string }
    : never
  : never

type OpenWish = Omit<Extract<SignalWish, { readonly kind: 'open' }>, 'kind' | 'instrument'>

export interface DeskOptions extends Partial<
  Pick<InstallationOptions, 'seed' | 'accounts' | 'usdc' | 'config' | 'account'>
> {
  readonly role?: Role
  readonly master?: string
  /** Overrides for single accounts, told where the venue is. */
  readonly perAccount?: (venueUrl: string) => Promise<NonNullable<InstallationOptions['perAccount']>>
  /** Runs when the venue is there and Truebook is not yet. */
  readonly beforeStart?: (venue: RunningVenue) => void
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error'
  /** Default: JSON lines on standard output from `logLevel` on. */
  readonly log?: Log
}

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'truebook-desk-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  opened.defer(() => venue.stop())
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  const {
    seed = 'desk',
    accounts = ['desk'],
    role = ALL_IN_ONE,
    logLevel = 'error',
    log = createLog({ level: logLevel, secrets: [] }),
    beforeStart,
    perAccount,
    ...rest
  } = options
  const installation = await install({
    dir,
    venueUrl: venue.url,
    seed,
    accounts,
    ...(perAccount !== undefined && { perAccount: await perAccount(venue.url) }),
    ...rest,
    config: { redis: { url: redis.url }, ...rest.config },
  })
  beforeStart?.(venue)
  const config = loadConfig(installation.configFile)
  const truebook = await startTruebook(config, role, { log })
  opened.defer(async () => {
    await truebook.close(2000)
  })
  const { book, queue } = truebook
  const position = async (id: PositionId): Promise<PositionRow> => {
    const stored = await book.load('positions', id)
    if (stored === null) throw new Error(`Expected position ${id} in the book, found none.`)
    return stored.row
  }
  const alerts = async (): Promise<AlertRow[]> => {
    const rows = await book.list('alerts', { orderBy: { field: 'raisedAt', direction: 'ascending' } })
    return rows.map((stored) => stored.row)
  }
  const master = installation.accounts[0]?.master ?? ''
  let signals = 0
  const accept = async (input: SignalWish): Promise<Acceptance> => {
    const signal = signalSchema.parse({ source: 'test', strategy: 'test', ts: Date.now(), ...input })
    const tools = {
      book,
      queue,
      accounts: config.accounts.map(({ policy }) => policy),
      onEnqueueFailed: () => undefined,
    }
    return await acceptSignal(tools, signal, Date.now())
  }
  const all = opened.move()
  return {
    master,
    alerts,
    async open(coin, wish = {}) {
      signals += 1
      const opening = await accept({
        kind: 'open',
        signal_id: `open-${signals}`,
        instrument: `${coin}-PERP`,
        side: 'long',
        size: { type: 'notional_usd', value: '5000' },
        stop_loss: { distance_bps: 300 },
        ...wish,
      })
      return opening.accounts[0]?.positionId as PositionId
    },
    async close(coin) {
      signals += 1
      await accept({ kind: 'close', signal_id: `close-${signals}`, instrument: `${coin}-PERP` })
    },
    async mark(coin, px) {
      await installation.control.call('setMark', { coin, px })
    },
    oracle: () => venue.engine.oracle.ledger(master),
    working: () => venue.engine.account.openOrders(master).length,
    venue,
    redis,
    installation,
    config,
    truebook,
    signal: accept,
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
