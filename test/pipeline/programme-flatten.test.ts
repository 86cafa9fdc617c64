/** D10: the venue ends a prop account's day itself; the exit is booked as its, entries stay closed, nothing is tried again. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ALL_IN_ONE, startTruebook } from '#compose.ts'
import { loadConfig } from '#config/load-config.ts'
import type { PositionId } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { dayOf } from '#domain/programme/day.ts'
import { CME_EQUITY_INDEX } from '#domain/session/cme-equity-index.ts'
import { sessionAt } from '#domain/session/session.ts'
import { signalSchema } from '#domain/signal.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { install } from '#simulators/installation/install.ts'
import { controlProjectX } from '#simulators/projectx/control/client.ts'
import { startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'
import { createLog } from '#telemetry/log.ts'
import { eventually } from '#test/support/eventually.ts'
import { startTestRedis } from '#test/support/redis.ts'

const HOUR = 3_600_000
const RULES = fileURLToPath(new URL('../../programmes/topstep-combine-50k.yaml', import.meta.url))
const CHICAGO = { time: '17:00', zone: 'America/Chicago' }
const GATES = { instruments: ['NQ'], max_order_notional: null, max_exposure: null, max_drawdown: null }

/** Ms to the last hour in which index futures traded and go on for two more. */
function offsetOf(now: number): number {
  for (let hours = 0; hours < 7 * 24; hours++) {
    const session = sessionAt(CME_EQUITY_INDEX, now - hours * HOUR)
    if (session.state === 'open' && session.closesAt - (now - hours * HOUR) > 2 * HOUR) return -hours * HOUR
  }
  throw new RangeError('Expected trading hours within a week.')
}

/** A Combine at the simulated venue, and Truebook trading it. */
async function startCombine(context: TestContext) {
  const opened = new AsyncDisposableStack()
  context.after(async () => await opened.disposeAsync())
  const dir = mkdtempSync(join(tmpdir(), 'truebook-combine-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const offsetMs = offsetOf(Date.now())
  const venue = await startProjectXVenue({ port: 0, seed: 1, clock: { kind: 'real', offsetMs }, rateLimits: Infinity })
  opened.defer(async () => await venue.stop())
  const redis = await startTestRedis()
  opened.defer(async () => await redis.stop())
  const entry = { programme: { rules: RULES, look_ms: 500 }, gates: GATES }
  const { configFile, programmeAccounts } = await install({
    dir,
    venueUrl: venue.url,
    seed: 'combine',
    accounts: [],
    programmeAccounts: [{ id: 'combine', venue: 'projectx', url: venue.url, entry }],
    config: { redis: { url: redis.url }, clock_offset_ms: offsetMs },
  })
  const config = loadConfig(configFile)
  const truebook = await startTruebook(config, ALL_IN_ONE, { log: createLog({ level: 'error', secrets: [] }) })
  opened.defer(async () => void (await truebook.close(2000)))
  const { book, queue } = truebook
  await eventually(async () => (await book.load('programmes', 'combine')) !== null, { what: 'a first look' })
  let signals = 0
  return {
    book,
    control: controlProjectX(venue.url),
    venueAccount: programmeAccounts[0]?.venueAccount ?? assert.fail('an account'),
    async open(): Promise<PositionId> {
      const ts = Date.now() + offsetMs
      const signal = signalSchema.parse({
        kind: 'open',
        signal_id: `s-${++signals}`,
        source: 'test',
        strategy: 'test',
        ts,
        instrument: 'NQ',
        side: 'long',
        size: { type: 'contracts', value: '1' },
        stop_loss: { distance_bps: 15 },
      })
      const ingest = {
        book,
        queue,
        accounts: config.accounts.map(({ policy }) => policy),
        onEnqueueFailed: assert.fail,
      }
      return (await acceptSignal(ingest, signal, ts)).accounts[0]?.positionId ?? assert.fail('a position')
    },
    async until(id: PositionId, state: PositionRow['state']): Promise<PositionRow> {
      const look = async (): Promise<PositionRow | null> => {
        const row = (await book.load('positions', id))?.row
        return row?.state === state ? row : null
      }
      return await eventually(look, { what: `${id} to be ${state}` })
    },
  }
}

test('a daily loss limit that the venue enforces ends as programme_flatten, with entries closed until its day rolls', async (t) => {
  const combine = await startCombine(t)
  const id = await combine.open()
  const open = await combine.until(id, 'open')
  const account = combine.venueAccount
  // The firm's limit is tighter than the rule file says: the venue is the final arbiter.
  await combine.control.call('setLimits', { account, dailyLoss: '1' })
  await combine.control.call('setMark', { contract: 'NQ', price: String(Math.floor(Number(open.entryAverage)) - 5) })
  const closed = await combine.until(id, 'closed')
  assert.equal(closed.exitReason, 'programme_flatten')
  assert.equal(closed.exit, null)
  assert.ok(Number(closed.realised?.net) < 0)
  const row = await eventually(
    async () => {
      const stored = await combine.book.load('programmes', 'combine')
      return stored?.row.state.lockout === null ? null : stored
    },
    { what: 'a lockout' },
  )
  assert.equal(row.row.state.lockout?.until, dayOf(CHICAGO, row.row.state.day).endsAt)
  const denied = await combine.open()
  const outcome = await eventually(async () => await combine.book.load('processed', `${denied}.route`))
  assert.match(outcome.row.outcome.gate ?? '', /^programme-(lockout|venue)/)
  const exits = await combine.book.list('intents', { where: { positionId: id } })
  assert.deepEqual(
    exits.filter((intent) => intent.row.event === 'exit'),
    [],
  )
})
