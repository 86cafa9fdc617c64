/** The ground a storm passes over: venues, Redis, book, Truebook processes as an operator starts them, and a proxy on every way between. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePort } from '#embedded/free-port.ts'
import { demoClock } from '#demo/clock.ts'
import { type BullWorkQueue, openWorkQueue } from '#queues/bullmq/work-queue.ts'
import { install, type Installation } from '#simulators/installation/install.ts'
import { type TcpProxy, openTcpProxy } from '#simulators/network/tcp-proxy.ts'
import { ACCOUNTS, PROGRAMME_RULES, gatesOf } from './accounts.ts'
import { type BookBox, openBookBox } from './book-box.ts'
import type { BookKind } from './plan.ts'
import { type RedisBox, openRedisBox } from './redis-box.ts'
import { type Seat, seatOf } from './seats.ts'
import { Service } from './supervisor.ts'
import { type RemoteVenue, type VenueName, startVenueHost } from './venue-calls.ts'

export interface GroundOptions {
  readonly dir: string
  readonly seed: number
  readonly book: BookKind
  /** From the start of the ground to the funding of the perpetual venues, ms. */
  readonly fundingAfterMs: number
  /** The entry point of the processes; default: ours. */
  readonly workers: number
}

/** The ways to one venue. */
export interface VenueWays {
  readonly rest: TcpProxy
  readonly stream: TcpProxy
}

/** A worker process and what is its own. */
export interface Worker {
  readonly service: Service
  readonly redisWay: TcpProxy
  /** Ms that its clock goes ahead of (negative: behind) the others', from its next start on. */
  readonly clock: { skewMs: number }
}

export interface Ground extends AsyncDisposable {
  readonly venues: Readonly<Record<VenueName, RemoteVenue>>
  readonly ways: Readonly<Record<VenueName, VenueWays>>
  readonly seats: readonly Seat[]
  readonly redis: RedisBox
  readonly book: BookBox
  readonly workers: readonly Worker[]
  readonly api: Service
  /** The way of a sender of signals. */
  readonly apiWay: TcpProxy
  readonly redisWays: readonly TcpProxy[]
  readonly installation: Installation
  /** Reads the queues past every proxy. */
  readonly queue: BullWorkQueue
  /** The clock of processes that are not skewed, ms. */
  now(): number
}

const SWEEP_MS = 5_000
const PACE = { monitor_ms: 1_000, look_ms: 3_000, settle_ms: 100, mark_max_age_ms: 2_000, naked_alert_ms: 10_000 }
const REDIS_PREFIX = 'storm'

export async function openGround(options: GroundOptions): Promise<Ground> {
  await using opened = new AsyncDisposableStack()
  const { dir, seed } = options
  mkdirSync(dir, { recursive: true })
  const { fundingAt } = demoClock(Date.now())
  const offsetMs = fundingAt - options.fundingAfterMs - Date.now()
  const host = await startVenueHost(seed, offsetMs)
  opened.defer(() => host.stop())
  const { venues } = host
  const redis = await openRedisBox(join(dir, 'redis'))
  opened.defer(() => redis.stop())
  const book = await openBookBox(options.book, dir)
  opened.defer(() => book.close())
  const proxyTo = async (port: number): Promise<TcpProxy> => {
    const proxy = await openTcpProxy({ port })
    opened.defer(() => proxy.close())
    return proxy
  }
  const ways = await waysTo(venues, proxyTo)
  const apiPort = await freePort()
  const installation = await installAt(options, offsetMs, venues, ways, book)
  const configFor = configFiles(installation.configFile, dir)
  const start = async (name: string, role: string): Promise<Worker> => {
    const redisWay = await proxyTo(redis.port)
    const clock = { skewMs: 0 }
    const args = (): string[] => {
      const own = { redisPort: redisWay.port, offsetMs: offsetMs + clock.skewMs, apiPort }
      return [role, '--config', configFor(name, own)]
    }
    const service = new Service({ name, dir, env: await book.way(), args })
    opened.defer(() => service.stop('SIGKILL'))
    return { service, redisWay, clock }
  }
  const api = await start('api', 'api')
  const workers: Worker[] = []
  for (let index = 1; index <= options.workers; index++) workers.push(await start(`worker-${index}`, 'worker'))
  const apiWay = await proxyTo(apiPort)
  const queue = await openQueue(redis.port)
  opened.defer(() => queue.close())
  await Promise.all([api, ...workers].map(({ service }) => service.up()))
  const all = opened.move()
  return {
    venues,
    ways,
    seats: seatsOf(installation, venues),
    redis,
    book,
    workers,
    api: api.service,
    apiWay,
    redisWays: [api, ...workers].map(({ redisWay }) => redisWay),
    installation,
    queue,
    now: () => Date.now() + offsetMs,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function waysTo(
  venues: Ground['venues'],
  proxyTo: (port: number) => Promise<TcpProxy>,
): Promise<Record<VenueName, VenueWays>> {
  const waysOf = async ({ url }: RemoteVenue): Promise<VenueWays> => {
    const port = Number(new URL(url).port)
    return { rest: await proxyTo(port), stream: await proxyTo(port) }
  }
  const { hyperliquid, bybit, projectx } = venues
  return {
    hyperliquid: await waysOf(hyperliquid),
    bybit: await waysOf(bybit),
    projectx: await waysOf(projectx),
  }
}

/** Looks into the queues without leaving a trace there. */
async function openQueue(port: number): Promise<BullWorkQueue> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  return await openWorkQueue({
    url: `redis://127.0.0.1:${port}`,
    prefix: `{${REDIS_PREFIX}}`,
    leavesNoTrace: true,
    log,
  })
}

async function installAt(
  { dir, seed }: GroundOptions,
  offsetMs: number,
  venues: Ground['venues'],
  ways: Ground['ways'],
  book: BookBox,
): Promise<Installation> {
  const at = (venue: VenueName, way: keyof VenueWays, scheme: 'http' | 'ws'): string =>
    `${scheme}://127.0.0.1:${ways[venue][way].port}`
  const common = { pace: PACE }
  const ofVenue = (venue: VenueName) => ACCOUNTS.filter((account) => account.venue === venue)
  const entries = Object.fromEntries(
    ACCOUNTS.map((account) => [account.id, { ...common, strategies: [account.strategy], gates: gatesOf(account) }]),
  )
  const coins = ofVenue('hyperliquid')
  return await install({
    dir,
    venueUrl: venues.hyperliquid.url,
    seed: String(seed),
    accounts: coins.map(({ id }) => id),
    perAccount: Object.fromEntries(
      coins.map(({ id }) => [
        id,
        {
          ...entries[id],
          base_url: at('hyperliquid', 'rest', 'http'),
          ws_url: `${at('hyperliquid', 'stream', 'ws')}/ws`,
        },
      ]),
    ),
    programmeAccounts: [
      ...ofVenue('bybit').map(({ id }) => ({
        id,
        venue: 'bybit' as const,
        url: venues.bybit.url,
        entry: {
          ...entries[id],
          base_url: at('bybit', 'rest', 'http'),
          ws_url: `${at('bybit', 'stream', 'ws')}/v5/private`,
        },
      })),
      ...ofVenue('projectx').map(({ id, limits }) => ({
        id,
        venue: 'projectx' as const,
        url: venues.projectx.url,
        balance: '150000',
        accountName: `150KTC-V2-000001-${id}`,
        entry: {
          ...entries[id],
          base_url: at('projectx', 'rest', 'http'),
          rtc_url: at('projectx', 'stream', 'http'),
          ...(limits.maxContracts !== null && { programme: { rules: PROGRAMME_RULES } }),
        },
      })),
    ],
    config: { book: book.config, clock_offset_ms: offsetMs, sweep: { every_ms: SWEEP_MS } },
  })
}

interface ConfigOwn {
  readonly redisPort: number
  readonly offsetMs: number
  readonly apiPort: number
}

/** Every process has a configuration file of its own: its way to Redis, its clock. */
function configFiles(common: string, dir: string): (name: string, own: ConfigOwn) => string {
  const shared = parse(readFileSync(common, 'utf8')) as { readonly http: object }
  return (name, { redisPort, offsetMs, apiPort }) => {
    const file = join(dir, `${name}.yaml`)
    const content = {
      ...shared,
      redis: { url: `redis://127.0.0.1:${redisPort}`, prefix: REDIS_PREFIX },
      http: { ...shared.http, port: apiPort },
      clock_offset_ms: Math.round(offsetMs),
    }
    writeFileSync(file, stringify(content))
    return file
  }
}

function seatsOf(installation: Installation, venues: Ground['venues']): readonly Seat[] {
  const names = new Map([
    ...installation.accounts.map(({ id, master }) => [id, master] as const),
    ...installation.programmeAccounts.map(({ id, venueAccount }) => [id, venueAccount] as const),
  ])
  return ACCOUNTS.map((account) => seatOf(account, names.get(account.id) ?? account.id, venues[account.venue]))
}
