/** A prop account on the real protocol: its floors are kept before trade and while it stands, and the command line shows them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { PositionId } from '#domain/ids.ts'
import { truebook } from '#test/cli/run-truebook.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

/** 3 % of 100000 USD a day: floor 97000, kept free 450, so everything is closed at 97450. */
const RULES = fileURLToPath(new URL('../../programmes/breakout-1-step-classic.yaml', import.meta.url))
const FULL = { size: { type: 'notional_usd', value: '50000' } } as const

let desk: Desk
before(async () => {
  desk = await openDesk({ account: { programme: { rules: RULES, look_ms: 1000 } } })
  await eventually(async () => (await desk.truebook.book.load('programmes', 'desk')) !== null, { what: 'a first look' })
})
after(async () => {
  await desk[Symbol.asyncDispose]()
})

async function outcomeOf(id: PositionId) {
  const found = await eventually(async () => await desk.truebook.book.load('processed', `${id}.route`), {
    what: `the outcome of ${id}`,
  })
  return found.row.outcome
}

test('an entry whose stop lies beyond the buffer of the daily floor is denied with the projection', async () => {
  const outcome = await outcomeOf(await desk.open('BTC', { ...FULL, stop_loss: { distance_bps: 600 } }))
  assert.equal(outcome.gate, 'programme-daily-loss')
  assert.match(outcome.observed ?? '', /^3000 USD projected/)
})

test('programmes check says that entries are open, from a fresh look', async () => {
  const { code, stdout } = await truebook([
    'programmes',
    'check',
    '--account',
    'desk',
    '--config',
    desk.installation.configFile,
  ])
  assert.equal(code, 0, stdout)
  assert.match(stdout, /^desk {2}Breakout 1-step Classic, rules as of 2026-09-04/)
  assert.match(stdout, /just now, read-only\nEntries open/)
  assert.match(stdout, /^daily-loss \(hard\) +ok +floor 97000 USD +100000 USD +3000 USD, 2550 before we close$/m)
})

test('a position that drifts to the buffer is closed before the floor, booked as programme_flatten, equal to the broker', async () => {
  const id = await desk.open('BTC', { ...FULL, stop_loss: { distance_bps: 250 } })
  await desk.until(id, 'open')
  await desk.signal({ kind: 'adjust', signal_id: 'loosen', instrument: 'BTC-PERP', stop_loss: { price: '90000' } })
  await eventually(async () => (await desk.position(id)).nativeStop?.triggerPrice === '90000', {
    what: 'the wide stop',
  })
  await desk.mark('BTC', '94800')
  const closed = await desk.until(id, 'closed')
  assert.equal(closed.exitReason, 'programme_flatten')
  assert.equal(closed.orphaned, false)
  assertEqualsBroker(closed, desk.oracle())
  assert.ok(Number(closed.realised?.net) > -3000, 'the floor itself was reached')
  const kinds = new Set((await desk.alerts()).map(({ kind }) => kind))
  assert.ok(kinds.has('programme-flatten') && kinds.has('programme-lockout') && !kinds.has('orphan'))
})

test('after it no entry is taken, and programmes check refuses with the reason', async () => {
  const outcome = await outcomeOf(await desk.open('ETH'))
  assert.equal(outcome.gate, 'programme-lockout')
  const args = ['programmes', 'check', '--account', 'desk', '--json', '--config', desk.installation.configFile]
  const { code, stdout } = await truebook(args)
  assert.equal(code, 4)
  const report = JSON.parse(stdout) as { verdict: { entries: { gate: string } }; recorded: boolean }
  assert.deepEqual([report.verdict.entries.gate, report.recorded], ['programme-lockout', true])
})

test('programmes check names the accounts it could check', async () => {
  const args = ['programmes', 'check', '--account', 'nobody', '--config', desk.installation.configFile]
  const { code, stderr } = await truebook(args)
  assert.deepEqual([code, stderr.trim()], [2, 'Expected one of desk, saw nobody.'])
})

test('doctor speaks of automation, the age of the rules and who watches', async () => {
  const { stdout } = await truebook(['doctor', '--json', '--config', desk.installation.configFile])
  const { checks } = JSON.parse(stdout) as { checks: { check: string; level: string; detail: string }[] }
  const of = (name: string) => checks.find(({ check }) => check === `programme of desk: ${name}`)
  assert.deepEqual([of('automation')?.level, of('automation')?.detail], ['warn', 'the rules do not say'])
  assert.match(of('rules')?.detail ?? '', /^compared with their source \d+ days ago \(2026-09-04\)$/)
  assert.equal(of('watched')?.level, 'ok')
})

test('what the guard decided is on record beside what the positions came to', async () => {
  const { book } = desk.truebook
  await assertProven(book, 5)
  const records = await book.list('audit', { orderBy: { field: 'at', direction: 'ascending' } })
  const guard = records
    .filter(({ row }) => row.actor === 'guard')
    .map(({ row }) => `${row.subjectKind} ${row.decision}`)
  assert.deepEqual([...new Set(guard)].toSorted(), ['positions exit asked for', 'programmes entries closed'])
})
