/** D10: the venue ends a prop account's day itself; the exit is booked as its, entries stay closed, nothing is tried again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dayOf } from '#domain/programme/day.ts'
import { eventually } from '#test/support/eventually.ts'
import { openPropDesk } from '#test/support/prop-desk.ts'
import { assertTrue } from '#test/support/prop-truth.ts'

const RULES = fileURLToPath(new URL('../../programmes/topstep-combine-50k.yaml', import.meta.url))
const CHICAGO = { time: '17:00', zone: 'America/Chicago' }

test('D10: a daily loss limit that the venue enforces ends as programme_flatten, with entries closed until its day rolls', async (t) => {
  const entry = { programme: { rules: RULES, look_ms: 500 } }
  const desk = await openPropDesk({ accounts: [{ id: 'combine', venue: 'projectx', entry }] })
  t.after(async () => await desk[Symbol.asyncDispose]())
  const combine = desk.seat('combine')
  const { book } = desk.truebook
  await eventually(async () => (await book.load('programmes', 'combine')) !== null, { what: 'a first look' })
  const id = await combine.open('NQ', { stop_loss: { distance_bps: 15 } })
  const open = await combine.until(id, 'open')
  // The firm's limit is tighter than the rule file says: the venue is the final arbiter.
  const { operator } = desk.projectx.engine
  operator.setLimits(combine.venueAccount, { dailyLoss: '1' })
  operator.setMark('NQ', String(Math.floor(Number(open.entryAverage)) - 5))
  const closed = await combine.until(id, 'closed')
  assert.equal(closed.exitReason, 'programme_flatten')
  assert.equal(closed.exit, null)
  assertTrue(combine, closed)
  assert.ok(Number(closed.realised?.net) < 0)
  const row = await eventually(
    async () => {
      const stored = await book.load('programmes', 'combine')
      return stored?.row.state.lockout === null ? null : stored
    },
    { what: 'a lockout' },
  )
  assert.equal(row.row.state.lockout?.until, dayOf(CHICAGO, row.row.state.day).endsAt)
  const denied = await combine.outcome(await combine.open('NQ'))
  assert.match(denied.gate ?? '', /^programme-(lockout|venue)/)
  const exits = await book.list('intents', { where: { positionId: id } })
  assert.deepEqual(
    exits.filter((intent) => intent.row.event === 'exit'),
    [],
  )
})
