/**
 * A thousand signals at once, eight worker processes, accounts with one ceiling each: exactly as many entries as the ceiling
 * allows are accepted, and every refusal says which gate closed, at which limit and what it saw.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type TruebookClient, createTruebookClient } from '#client/client.ts'
import { type Truebook, startTruebook } from '#compose.ts'
import { loadConfig } from '#config/load-config.ts'
import { sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { PositionId } from '#domain/ids.ts'
import type { Outcome } from '#domain/records.ts'
import type { SignalAnswer } from '#http/wire.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { install } from '#simulators/installation/install.ts'
import { createLog } from '#telemetry/log.ts'
import { start } from '#test/cli/run-truebook.ts'
import { eventually } from '#test/support/eventually.ts'
import { startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import { startTestRedis } from '#test/support/redis.ts'

/** Room for as many entries as the ceiling: 100,000 USD of equity, every entry is worth 1,000 USD, ten contracts; under the
 * programme it is one contract, and the contracts are the ceiling. */
const CEILING = 12
const CEILINGS = {
  positions: { gate: 'position-count', gates: { max_positions: CEILING }, contracts: '120' },
  exposure: { gate: 'exposure', gates: { max_exposure: '0.125' }, contracts: '120' },
  contracts: { gate: 'programme-contracts', gates: {}, contracts: '12' },
} as const
type Ceiling = keyof typeof CEILINGS
const NAMES = Object.keys(CEILINGS) as Ceiling[]

const OPEN_GATES = {
  instruments: ['*'],
  max_positions: null,
  max_order_notional: null,
  max_exposure: null,
  max_drawdown: null,
  max_entries_per_minute: null,
  stop_required: false,
}

/** A programme that restricts contracts alone. */
const PROGRAMME = {
  programme: 'contracts-alone',
  title: 'Contracts alone',
  firm: 'test',
  stage: 'evaluation',
  as_of: '2026-01-01',
  source: 'https://example.com/rules',
  note: 'Made by a test.',
  start_balance: '100000',
  day: { time: '17:00', zone: 'America/Chicago' },
  contracts: { minis: CEILING },
  automation: 'yes',
}
/** One look of the guard is enough for the whole race, however busy the machine is, ms. */
const LOOK_MS = 60_000

interface Load {
  readonly book: object
  readonly signals: number
  readonly processes: number
  /** Fewer instruments than signals, more than the ceiling: signals race for instruments, too. */
  readonly instruments: number
}

test('1,000 signals at once in 8 worker processes fill every ceiling to the brim and never over it', () =>
  holds({ book: { type: 'embedded' }, signals: 1000, processes: 8, instruments: 100 }))

test('so do 40 signals in 3 processes on Firestore', async () => {
  const emulator = await startFirestoreEmulator()
  // Where this process and those it starts find it; a test file has a process of its own.
  process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host
  try {
    const book = { type: 'firestore', project_id: `truebook-ceilings-${process.pid}` }
    await holds({ book, signals: 40, processes: 3, instruments: 20 })
  } finally {
    await emulator.stop()
  }
})

async function holds(load: Load): Promise<void> {
  await using desk = await openDesk(load)
  const sent = await sendAtOnce(desk, load)
  const outcomes = await decided(desk.truebook, sent)
  for (const ceiling of NAMES) await assertCeiling(desk.truebook, ceiling, outcomes.get(ceiling) ?? [])
  const jobs = await desk.truebook.queue.queue('route').getCompleted()
  const took = new Set(jobs.map((job) => job.processedBy))
  assert.ok(took.size > load.processes / 2, `the processes shared the work, saw ${took.size} of ${load.processes}`)
  const told = await desk.client.outcome(sent[0]?.signal_key ?? '')
  assert.deepEqual(
    told?.accounts.map((entry) => [entry.account, entry.status !== 'pending']),
    NAMES.map((name) => [name, true]),
  )
}

interface RaceDesk extends AsyncDisposable {
  readonly truebook: Truebook
  readonly client: TruebookClient
}

async function openDesk(load: Load): Promise<RaceDesk> {
  await using opened = new AsyncDisposableStack()
  const dir = mkdtempSync(join(tmpdir(), 'truebook-ceilings-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  opened.defer(() => venue.stop())
  for (let n = 0; n < load.instruments; n++)
    venue.engine.operator.addInstrument({ name: `R${n}`, szDecimals: 2, maxLeverage: 20, markPx: '100' })
  const redis = await startTestRedis()
  opened.defer(() => redis.stop())
  const rules = join(dir, 'contracts-alone.yaml')
  writeFileSync(rules, JSON.stringify(PROGRAMME))
  const underProgramme = { programme: { rules, look_ms: LOOK_MS }, sizing: { type: 'contracts', value: '1' } }
  const perAccount = Object.fromEntries(
    NAMES.map((name) => [
      name,
      { gates: { ...OPEN_GATES, ...CEILINGS[name].gates }, ...(name === 'contracts' && underProgramme) },
    ]),
  )
  const config = { redis: { url: redis.url }, book: load.book }
  const installation = await install({ dir, venueUrl: venue.url, seed: 'race', accounts: NAMES, config, perAccount })
  const args = ['worker', '--stages', 'route,guard', '--config', installation.configFile]
  const workers = Array.from({ length: load.processes }, () => start(args))
  for (const worker of workers) {
    opened.defer(async () => {
      if (worker.process.exitCode === null) await worker.end('SIGKILL')
    })
  }
  const log = createLog({ level: 'error', secrets: [] })
  const truebook = await startTruebook(loadConfig(installation.configFile), { stages: [], api: true }, { log })
  opened.defer(async () => void (await truebook.close(1000)))
  await Promise.all(workers.map((worker) => worker.says(/truebook is up/)))
  await eventually(async () => (await truebook.book.load('programmes', 'contracts')) !== null, {
    what: 'a look at the account under a programme',
  })
  const client = createTruebookClient({ url: truebook.api?.url ?? '', token: installation.signalToken })
  const all = opened.move()
  return { truebook, client, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** Every signal waits in the queue before the first is taken, so that all processes take them at once. */
async function sendAtOnce({ truebook, client }: RaceDesk, load: Load): Promise<SignalAnswer[]> {
  const queue = truebook.queue.queue('route')
  await queue.pause()
  const sent = await Promise.all(
    Array.from({ length: load.signals }, (_, n) =>
      client.sendSignal({
        kind: 'open',
        signal_id: `race-${n}`,
        source: 'test',
        strategy: 'test',
        ts: Date.now(),
        valid_for_ms: 600_000,
        instrument: `R${n % load.instruments}-PERP`,
        side: 'long',
        size: { type: 'contracts', value: '10' },
        stop_loss: { distance_bps: 300 },
      }),
    ),
  )
  await queue.resume()
  return sent
}

async function decided({ book }: Truebook, sent: readonly SignalAnswer[]): Promise<Map<string, Outcome[]>> {
  const outcomes = new Map<string, Outcome[]>()
  for (const ceiling of NAMES) {
    const keys = sent.map(({ accounts }) => {
      const target = accounts.find((entry) => entry.account === ceiling)
      return `${target?.position_id as PositionId}.route`
    })
    const rows = await eventually(
      async () => {
        const found = await book.loadMany('processed', keys)
        return (
          found.every((stored) => stored !== null) && found.flatMap((stored) => (stored === null ? [] : stored.row))
        )
      },
      { what: `every signal decided at ${ceiling}`, withinMs: 100_000, everyMs: 100 },
    )
    outcomes.set(
      ceiling,
      rows.map((row) => row.outcome),
    )
  }
  return outcomes
}

async function assertCeiling({ book }: Truebook, ceiling: Ceiling, outcomes: readonly Outcome[]): Promise<void> {
  const accepted = outcomes.filter((outcome) => outcome.result === 'done')
  assert.equal(accepted.length, CEILING, `${ceiling}: exactly the ceiling is accepted`)
  for (const outcome of outcomes) {
    if (outcome.result === 'done') continue
    assert.equal(outcome.result, 'denied')
    const { gate, limit = '', observed = '' } = outcome
    assert.ok(gate === CEILINGS[ceiling].gate || gate === 'one-position-per-instrument', `${ceiling}: saw ${gate}`)
    assert.ok(limit !== '' && observed !== '', `${gate} says its limit and what it saw`)
  }
  const positions = await book.list('positions', { where: { account: ceiling, open: true } })
  const reserved = (await book.load('accounts', ceiling))?.row.exposures ?? {}
  assert.deepEqual(
    positions.map((stored) => stored.row.instrument).toSorted(),
    Object.keys(reserved).toSorted(),
    `${ceiling}: every accepted entry is one position and one reservation`,
  )
  assert.equal(positions.length, CEILING)
  const sizes = Object.values(reserved).map(({ size }) => size)
  assert.equal(toDecimalString(sumDecimals(sizes)), CEILINGS[ceiling].contracts, `${ceiling}: contracts reserved`)
  const intents = await book.list('intents', { where: { account: ceiling, settled: false } })
  assert.equal(intents.length, CEILING, `${ceiling}: one intent for each`)
}
