/** The guard watches, writes what it learnt, flattens before the venue does and never stands in the way of an exit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { PROGRAMMES, programme } from '#test/domain/programme/paths.ts'
import { NOW } from '#test/domain/samples.ts'
import { closedByNobody, openProgrammeDesk } from './programme-desk.ts'

const LOOK = 2000
/** 17:00 in Chicago on the day of NOW. */
const ROLL = Date.parse('2027-01-15T23:00:00Z')
const OPEN = {
  kind: 'open',
  instrument: 'NQ',
  side: 'long',
  size: { type: 'contracts', value: '1' },
  stop_loss: { price: '19990' },
}

test('a look is written when it taught something, or when the last one is one and a half looks old', async () => {
  await using desk = await openProgrammeDesk()
  const revisions: (string | undefined)[] = []
  const look = async (afterMs: number, equity: string): Promise<void> => {
    desk.clock.now += afterMs
    desk.venue.equity = equity
    await desk.guard()
    revisions.push((await desk.book.load('programmes', 'account'))?.revision)
  }
  await look(0, '50000')
  await look(LOOK, '49990')
  await look(LOOK, '49990')
  await look(LOOK, '50010')
  await look(0, '50010')
  const [first, quiet, late, learnt, again] = revisions
  assert.ok(first !== undefined)
  assert.equal(quiet, first)
  assert.notEqual(late, quiet)
  assert.notEqual(learnt, late)
  assert.equal(again, learnt)
})

test('an entry is denied until somebody has looked, and again when nobody has for three looks', async () => {
  await using desk = await openProgrammeDesk()
  const before = await desk.send(OPEN)
  assert.deepEqual(
    [before.gate, before.limit, before.observed],
    ['programme-unobserved', 'a look within 6000 ms (runs stage guard)', 'none under Topstep Trading Combine 50K'],
  )
  await desk.guard()
  desk.clock.now += 3 * LOOK + 1
  assert.equal((await desk.send(OPEN)).observed, '6001 ms ago')
  await desk.guard()
  assert.equal((await desk.send(OPEN)).detail, 'buy 1 NQZ6')
})

test('an entry is judged by equity as it is now, not as the guard saw it', async () => {
  await using desk = await openProgrammeDesk()
  await desk.guard()
  desk.venue.equity = '49250'
  desk.clock.now += 4000
  const outcome = await desk.send(OPEN)
  assert.equal(outcome.gate, 'programme-daily-loss')
  assert.match(outcome.limit ?? '', /^less than 100 USD to lose: 250 above the floor of 49000, 150 kept free$/)
  assert.match(outcome.observed ?? '', /^200 USD projected: 200 to this stop, 0 to those that stand$/)
})

test('near a floor every position is asked to exit once, with its reason, alerts and a wake-up for its monitor', async () => {
  await using desk = await openProgrammeDesk()
  const id = await desk.hold()
  desk.venue.held = '1'
  await desk.guard()
  assert.equal((await desk.position(id)).exit, null)
  desk.venue.equity = '49150'
  desk.clock.now += LOOK
  const verdict = await desk.guard()
  const position = await desk.position(id)
  assert.deepEqual(position.exit, { reason: 'programme_flatten', requestedAt: desk.clock.now, leg: 0 })
  assert.equal(position.state, 'closing')
  assert.ok(verdict.kind === 'done')
  assert.deepEqual(
    verdict.next.map(({ stage }) => stage),
    ['close', 'alerts', 'alerts'],
  )
  assert.deepEqual(verdict.wake, [{ stage: 'monitor', key: `${id}.monitor` }])
  assert.deepEqual(await desk.alerts(), ['programme-flatten', 'programme-lockout'])
  const again = await desk.guard()
  assert.deepEqual(again.next, [])
  assert.deepEqual(await desk.position(id), position)
  assert.equal((await desk.send({ ...OPEN, instrument: 'ES' })).result, 'denied')
})

test('a soft day that ended closes entries until 17:00 Chicago; then its alerts end and entries are taken', async () => {
  await using desk = await openProgrammeDesk()
  await desk.guard()
  Object.assign(desk.venue, { equity: '48990', balance: '48990' })
  desk.clock.now += LOOK
  await desk.guard()
  assert.deepEqual(await desk.alerts(), ['programme-breach', 'programme-lockout'])
  Object.assign(desk.venue, { equity: '49900', balance: '49900' })
  desk.clock.now = ROLL - 1
  await desk.guard()
  assert.equal((await desk.send(OPEN)).result, 'denied')
  assert.ok((await desk.alerts()).includes('programme-lockout'))
  // Friday's roll is the start of a weekend: trading reopens on Sunday.
  desk.clock.now = ROLL + 48 * 3_600_000
  await desk.guard()
  assert.deepEqual(await desk.alerts(), [])
  assert.equal((await desk.send(OPEN)).detail, 'buy 1 NQZ6')
})

test("D10: the venue's restriction closes entries until its day rolls and it is gone", async () => {
  await using desk = await openProgrammeDesk()
  desk.venue.restriction = 'canTrade is false'
  await desk.guard()
  desk.venue.restriction = null
  desk.clock.now += LOOK
  await desk.guard()
  const outcome = await desk.send(OPEN)
  assert.equal(outcome.gate, 'programme-lockout')
  assert.match(outcome.observed ?? '', /until 2027-01-15T23:00:00.000Z .* canTrade is false/)
  desk.clock.now = ROLL + 48 * 3_600_000
  await desk.guard()
  assert.equal((await desk.send(OPEN)).result, 'done')
})

test('what the clock demands does not wait for the venue: before 15:10 the exit is asked for while it is down', async () => {
  await using desk = await openProgrammeDesk()
  const id = await desk.hold()
  desk.venue.down = true
  desk.clock.now = Date.parse('2027-01-15T21:04:59Z')
  await assert.rejects(desk.guard(), BrokerUnavailable)
  assert.equal((await desk.position(id)).exit, null)
  desk.clock.now = Date.parse('2027-01-15T21:05:00Z')
  assert.deepEqual(
    (await desk.guard()).next?.map(({ stage }) => stage),
    ['close'],
  )
  assert.equal((await desk.position(id)).exit?.reason, 'programme_flatten')
  const requested = (await desk.position(id)).exit?.requestedAt
  await assert.rejects(desk.guard(), BrokerUnavailable)
  assert.equal((await desk.position(id)).exit?.requestedAt, requested)
})

test('a position that stands without a stop for too long is asked to exit before the programme says so', async () => {
  await using desk = await openProgrammeDesk(programme('hyrotrader-1-step-standard'))
  const id = await desk.hold({ nakedSince: NOW })
  desk.clock.now = NOW + 160_000
  await desk.guard()
  assert.deepEqual(await desk.alerts(), ['programme-stop-deadline'])
  assert.equal((await desk.position(id)).exit, null)
  desk.clock.now = NOW + 255_000
  await desk.guard()
  assert.equal((await desk.position(id)).exit?.reason, 'programme_flatten')
  assert.deepEqual(await desk.alerts(), ['programme-flatten'])
})

test('a position without a stop, or one that the book does not know, closes entries: its loss cannot be projected', async () => {
  await using desk = await openProgrammeDesk(programme('breakout-1-step-classic'))
  await desk.guard()
  desk.venue.held = '1'
  desk.clock.now += 2 * LOOK
  assert.equal((await desk.send({ ...OPEN, instrument: 'BTC-PERP' })).gate, 'programme-open-risk')
})

for (const terms of PROGRAMMES) {
  test(`${terms.rules.programme}: a lost account that nobody watches and the venue restricts still takes every exit`, async () => {
    await using desk = await openProgrammeDesk(terms)
    const id = await desk.hold()
    Object.assign(desk.venue, { equity: '1', balance: '1', restriction: 'locked', held: '1' })
    const before = await desk.send({ kind: 'close', instrument: 'NQ' })
    assert.equal(before.result, 'done')
    assert.equal((await desk.position(id)).exit?.reason, 'signal')
    await desk.guard()
    desk.clock.now += 7 * 86_400_000
    assert.equal((await desk.send({ kind: 'flatten', reason: 'test' })).result, 'done')
    assert.equal((await desk.send(OPEN)).result, 'denied')
  })
}

test('D10: an exit that the venue made at its flat-by time is booked as programme_flatten and closes entries until the day rolls', async () => {
  await using desk = await openProgrammeDesk()
  const id = await desk.hold()
  desk.venue.held = '1'
  await desk.guard()
  const closedAt = Date.parse('2027-01-15T21:10:00Z')
  desk.clock.now = closedAt + 1000
  desk.venue.held = '0'
  desk.venue.fills = closedByNobody(id, closedAt)
  const verdict = await desk.reconcile(id)
  assert.match(verdict.detail, /^closed by programme_flatten, net -200\.2 USD$/)
  assert.equal((await desk.position(id)).exitReason, 'programme_flatten')
  const lockout = (await desk.book.load('programmes', 'account'))?.row.state.lockout
  assert.deepEqual([lockout?.gate, lockout?.until], ['programme-venue-flatten', ROLL])
  assert.equal((await desk.reconcile(id)).detail, 'closed')
})

test('an exit by nobody on a day without breach or restriction is an operator, with a restriction it is the programme', async () => {
  for (const [restriction, reason] of [
    [null, 'operator'],
    ['canTrade is false', 'programme_flatten'],
  ] as const) {
    await using desk = await openProgrammeDesk()
    const id = await desk.hold()
    await desk.guard()
    desk.clock.now += 1000
    desk.venue.restriction = restriction
    desk.venue.fills = closedByNobody(id, desk.clock.now - 500)
    await desk.reconcile(id)
    assert.equal((await desk.position(id)).exitReason, reason)
  }
})
