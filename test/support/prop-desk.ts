/**
 * Prop accounts at the simulated Bybit and ProjectX venues and Truebook trading them, all in this process and on one clock that the test
 * moves. Truebook can be stopped and started again as a crash and a restart would.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALL_IN_ONE, type Truebook, startTruebook } from '#compose.ts'
import { loadConfig } from '#config/load-config.ts'
import type { PositionId } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, Outcome } from '#domain/records.ts'
import { type SignalInput, signalSchema } from '#domain/signal.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { simulatedBybit } from '#simulators/bybit/simulated-bybit.ts'
import { type RunningVenue as RunningBybit, startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import { install } from '#simulators/installation/install.ts'
import type { ProgrammeAccount } from '#simulators/installation/programme-accounts.ts'
import { type RunningVenue as RunningProjectX, startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'
import { simulatedProjectX } from '#simulators/projectx/simulated-projectx.ts'
import type { SimulatedVenue } from '#simulators/venue/simulated-venue.ts'
import { trueResult } from '#simulators/venue/true-result.ts'
import { createLog } from '#telemetry/log.ts'
import { eventually } from './eventually.ts'
import { startTestRedis } from './redis.ts'

/** As long as a request that is never answered may keep a job. */
const GRACE_MS = 15_000

/** A Wednesday at 10:00 in Chicago, ms: index futures trade for hours, and the next funding is an hour away. */
export const MIDWEEK = Date.UTC(2026, 9, 14, 15)

export interface PropDeskOptions {
  /** Time of the desk at its start, ms; default MIDWEEK. */
  readonly at?: number
  readonly accounts: readonly Omit<ProgrammeAccount, 'url'>[]
}

export interface PropDesk extends AsyncDisposable {
  readonly bybit: RunningBybit
  readonly projectx: RunningProjectX
  /** The one that runs now. */
  readonly truebook: Truebook
  /** Time of the desk, ms. */
  now(): number
  /** Moves every clock forward; venues do what is due on the way. */
  advance(ms: number): void
  advanceTo(at: number): void
  stop(): Promise<void>
  start(): Promise<void>
  /** One of the accounts, by its id. */
  seat(account: string): Seat
}

/** What a test does at one account; signals of its strategy reach no other. */
export interface Seat {
  readonly account: string
  readonly venue: SimulatedVenue
  /** The venue's name of the account. */
  readonly venueAccount: string
  /** Opens long a hundredth of equity or what is wished, with a stop 1 % away, and answers the position's id. */
  open(instrument: string, wish?: Partial<OpenWish>): Promise<PositionId>
  signal(wish: SignalWish): Promise<PositionId>
  close(instrument: string): Promise<void>
  position(id: PositionId): Promise<PositionRow>
  until(id: PositionId, state: PositionRow['state']): Promise<PositionRow>
  /** What routing an entry came to. */
  outcome(id: PositionId): Promise<Outcome>
  alerts(): Promise<AlertRow[]>
  truth(): ReturnType<SimulatedVenue['truth']>
  /** The venue's result of a position after fees and with funding, summed from its own ledger, USD. */
  netOf(position: PositionRow): string
  /** The venue's symbol of an instrument. */
  symbolOf(instrument: string): string
}

type SignalWish = SignalInput extends infer S
  ? S extends unknown
    ? Omit<S, 'ts' | 'source' | 'strategy' | 'signal_id'>
    : never
  : never
type OpenWish = Omit<Extract<SignalWish, { readonly kind: 'open' }>, 'kind' | 'instrument'>

/** Size of a wish in contracts. */
export const contracts = (value: string) => ({ size: { type: 'contracts', value } }) as const

export async function openPropDesk({ at = MIDWEEK, accounts }: PropDeskOptions): Promise<PropDesk> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'truebook-prop-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  let offsetMs = at - Date.now()
  const now = (): number => Date.now() + offsetMs
  const common = { port: 0, seed: 1, clock: { kind: 'real', offsetMs }, rateLimits: Infinity } as const
  const bybit = await startBybitVenue({ ...common, env: 'demo' })
  opened.defer(async () => await bybit.stop())
  const projectx = await startProjectXVenue(common)
  opened.defer(async () => await projectx.stop())
  const redis = await startTestRedis()
  opened.defer(async () => await redis.stop())
  const venues = { bybit: simulatedBybit(bybit), projectx: simulatedProjectX(projectx) }
  const { configFile, programmeAccounts } = await install({
    dir,
    // No account trades there.
    venueUrl: bybit.url,
    seed: 'prop',
    accounts: [],
    programmeAccounts: accounts.map((account) => ({
      ...account,
      url: venues[account.venue].url,
      entry: { gates: OPEN_GATES, ...account.entry, strategies: [account.id] },
    })),
    config: { redis: { url: redis.url } },
  })
  const config = loadConfig(configFile)
  const log = createLog({ level: 'error', secrets: [] })
  const startOne = async (): Promise<Truebook> => await startTruebook(config, ALL_IN_ONE, { log, now })
  let truebook = await startOne()
  opened.defer(async () => void (await truebook.close(GRACE_MS)))
  const policies = config.accounts.map(({ policy }) => policy)
  let signals = 0
  const send = async (account: string, wish: SignalWish): Promise<PositionId> => {
    const ts = now()
    const signal = signalSchema.parse({ source: 'test', strategy: account, signal_id: `s-${++signals}`, ts, ...wish })
    const { book, queue } = truebook
    const accepted = await acceptSignal(
      { book, queue, accounts: policies, onEnqueueFailed: () => undefined },
      signal,
      ts,
    )
    return accepted.accounts[0]?.positionId ?? ('' as PositionId)
  }
  const advance = (ms: number): void => {
    offsetMs += ms
    for (const venue of Object.values(venues)) venue.advance(ms)
  }
  const all = opened.move()
  return {
    bybit,
    projectx,
    get truebook() {
      return truebook
    },
    now,
    advance,
    advanceTo: (time) => advance(time - now()),
    stop: async () => void (await truebook.close(GRACE_MS)),
    start: async () => {
      truebook = await startOne()
    },
    seat(account) {
      const kind = accounts.find(({ id }) => id === account)?.venue
      const venueAccount = programmeAccounts.find(({ id }) => id === account)?.venueAccount
      if (kind === undefined || venueAccount === undefined) throw new RangeError(`Expected an account, saw ${account}.`)
      const place = { account, venue: venues[kind], venueAccount }
      return seatAt(
        place,
        () => truebook,
        async (wish) => await send(account, wish),
      )
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

function seatAt(
  place: Pick<Seat, 'account' | 'venue' | 'venueAccount'>,
  truebook: () => Truebook,
  signal: Seat['signal'],
): Seat {
  const { account, venue, venueAccount } = place
  const symbolOf = venue.venue === 'bybit' ? perpetualSymbol : contractId
  const position = async (id: PositionId): Promise<PositionRow> => {
    const stored = await truebook().book.load('positions', id)
    if (stored === null) throw new Error(`Expected position ${id} in the book, found none.`)
    return stored.row
  }
  return {
    ...place,
    signal,
    symbolOf,
    position,
    truth: () => venue.truth(venueAccount),
    open: async (instrument, wish) =>
      await signal({
        kind: 'open',
        instrument,
        side: 'long',
        size: { type: 'contracts', value: '1' },
        stop_loss: { distance_bps: 100 },
        ...wish,
      }),
    close: async (instrument) => void (await signal({ kind: 'close', instrument })),
    async until(id, state) {
      const reached = async (): Promise<PositionRow> => {
        const row = await position(id)
        if (row.state !== state) throw new Error(`it is ${row.state}`)
        return row
      }
      return await eventually(reached, { what: `${account}: ${id} to be ${state}` })
    },
    async outcome(id) {
      const what = `${account}: the outcome of ${id}`
      return (await eventually(async () => await truebook().book.load('processed', `${id}.route`), { what })).row
        .outcome
    },
    async alerts() {
      const rows = await truebook().book.list('alerts', { orderBy: { field: 'raisedAt', direction: 'ascending' } })
      return rows.map(({ row }) => row).filter((row) => row.account === account)
    },
    netOf({ instrument, openedAt, closedAt }) {
      const stretch = { symbol: symbolOf(instrument), from: openedAt ?? 0, through: closedAt ?? 0 }
      return trueResult(venue.truth(venueAccount), stretch)
    },
  }
}

const OPEN_GATES = {
  instruments: ['*'],
  max_positions: 100,
  max_order_notional: null,
  max_exposure: null,
  max_drawdown: null,
  max_entries_per_minute: null,
}

function perpetualSymbol(instrument: string): string {
  return instrument.replace('-PERP', 'USDT')
}

/** ProjectX's names of products where they differ from the exchange's. */
const ROOTS: Readonly<Record<string, string>> = { NQ: 'ENQ', ES: 'EP' }

/** `NQZ6` is `CON.F.US.ENQ.Z26`. */
function contractId(instrument: string): string {
  const [, root, month, year] = /^([A-Z]+)([HMUZ])(\d)$/.exec(instrument) ?? []
  if (root === undefined) throw new RangeError(`Expected a contract such as NQZ6, saw ${instrument}.`)
  return `CON.F.US.${ROOTS[root] ?? root}.${month}2${year}`
}
