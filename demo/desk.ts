/** The desk a demo plays at: venues, Redis, installation, processes, and eyes on the book and on the venues' own ledgers. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { act, type Asked, createActionClient } from '#client/actions.ts'
import { type TruebookClient, createTruebookClient } from '#client/client.ts'
import { loadConfig } from '#config/load-config.ts'
import type { PositionId } from '#domain/ids.ts'
import type { ActionDone } from '#http/wire.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow } from '#domain/records.ts'
import { startRedisServer } from '#embedded/redis-server.ts'
import { type Installation, install } from '#simulators/installation/install.ts'
import { demoClock } from './clock.ts'
import type { Narrator } from './narrator.ts'
import { type TruebookProcess, apiUrlOf, startProcess } from './processes.ts'
import type { Troupe } from './traders.ts'
import { openVenues } from './venues.ts'

export interface DemoDesk extends AsyncDisposable {
  readonly dir: string
  readonly installation: Installation
  readonly troupes: readonly Troupe[]
  readonly book: Book
  readonly client: TruebookClient
  readonly apiUrl: string
  /** Address of the simulated Hyperliquid, whose control endpoint does what the world does. */
  readonly venueUrl: string
  /** A fresh address that logs a browser in to the console, once. */
  loginLink(): Promise<string>
  /** The demo's clock, ms: the wall clock set back into trading hours. */
  now(): number
  /** When, by that clock, the perpetual venues pay funding. */
  readonly fundingAt: number
  /** Starts another worker process for some stages. */
  startWorker(name: string, stages: string): Promise<TruebookProcess>
  /** Previews and confirms an action as the operator. */
  act(action: Asked): Promise<ActionDone>
  /** Waits until a condition of the world holds. @throws after a minute, saying what it waited for */
  until<T>(what: string, look: () => Promise<T | null | false | undefined>): Promise<T>
  position(id: PositionId): Promise<PositionRow | null>
  alerts(): Promise<AlertRow[]>
}

const PATIENCE_MS = 60_000
/** Prices stand still when the story is told: a silence that means something at a real venue means nothing here. */
const WATCHDOG = { feed_ms: 3_600_000 }

export async function openDemoDesk(seed: number, tell: Narrator): Promise<DemoDesk> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'truebook-demo-'))
  const forget = (): void => rmSync(dir, { recursive: true, force: true })
  process.once('exit', forget)
  opened.defer(forget)
  const { offsetMs, fundingAt } = demoClock(Date.now())
  const venues = await openVenues(seed, offsetMs, opened)
  const redis = await startRedisServer({ dataDir: join(dir, 'redis'), ownProcessGroup: true })
  opened.defer(() => redis.stop())
  for (const { venue, url } of venues.all) tell.say(`simulated ${venue} at ${url}`)
  tell.say(`Redis ${redis.url} (AOF on, noeviction) · book: SQLite`)
  const installation = await install({
    dir,
    venueUrl: venues.hyperliquid.url,
    seed: String(seed),
    config: { redis: { url: redis.url }, clock_offset_ms: offsetMs, watchdog: WATCHDOG },
    ...venues.accounts,
  })
  const { configFile } = installation
  const api = await startProcess('api', ['api', '--config', configFile], dir)
  opened.defer(() => api.stop())
  const apiUrl = apiUrlOf(api.log)
  const { book: bookConfig } = loadConfig(configFile)
  if (bookConfig.type !== 'embedded') throw new TypeError('Expected the demo to use the embedded book.')
  const book = await openEmbeddedBook({ file: bookConfig.file })
  opened.defer(() => book.close())
  const operator = createActionClient({ url: apiUrl, token: installation.operatorToken })
  const workers = new Set<TruebookProcess>()
  opened.defer(async () => {
    await Promise.all([...workers].map((worker) => worker.stop()))
  })
  const all = opened.move()
  return {
    dir,
    installation,
    troupes: venues.troupes(installation),
    book,
    apiUrl,
    venueUrl: venues.hyperliquid.url,
    loginLink: async () => await loginLinkOf(apiUrl, installation.operatorToken),
    client: createTruebookClient({ url: apiUrl, token: installation.signalToken }),
    now: () => Date.now() + offsetMs,
    fundingAt,
    async startWorker(name, stages) {
      const worker = await startProcess(name, ['worker', '--config', configFile, '--stages', stages], dir)
      workers.add(worker)
      return worker
    },
    act: (action) => act(operator, action),
    until,
    position: async (id) => (await book.load('positions', id))?.row ?? null,
    async alerts() {
      const rows = await book.list('alerts', { orderBy: { field: 'raisedAt', direction: 'ascending' } })
      return rows.map((stored) => stored.row)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function loginLinkOf(apiUrl: string, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(new URL('/v1/login-links', apiUrl), { method: 'POST', headers, body: '{}' })
  const { path } = (await response.json()) as { readonly path: string }
  return new URL(path, apiUrl).href
}

async function until<T>(what: string, look: () => Promise<T | null | false | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const seen = await look()
    if (seen !== null && seen !== false && seen !== undefined) return seen
    if (performance.now() > deadline) throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain for: ${what}.`)
    await delay(20)
  }
}
