/** What else than an ordinary life is decided: each is one record with its inputs, and the same decision met again is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyAudit } from '#audit/verify-audit.ts'
import type { AuditRow, AuditSubject } from '#domain/records.ts'
import { decisionsOf, recordsOf } from '#test/audit/whole-life.ts'
import { NOW, POSITION, aBrokerOrder, aSignal, d } from '#test/domain/samples.ts'
import { ACCOUNT, BOUGHT, ENTRY, type TruthDesk, openTruthDesk } from './truth-desk.ts'

const SIGNAL = aSignal({ size: { type: 'contracts', value: '1' }, stop_loss: { price: '95' } })
const HELD = { 'BTC-PERP': '1' }

async function recordOf(desk: TruthDesk, decision: string): Promise<AuditRow> {
  return (await recordsOf(desk.book)).find((row) => row.decision === decision) ?? assert.fail(`a record "${decision}"`)
}

async function decided(desk: TruthDesk, kind: AuditSubject['kind'], id: string): Promise<string[]> {
  const { contradictions } = await verifyAudit(desk.book)
  assert.deepEqual(contradictions, [])
  return await decisionsOf(desk.book, kind, id)
}

test('an unknown outcome is recorded once, however often it is looked at, and so is the proof that ends it', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  for (let look = 0; look < 4; look++) await desk.place()
  desk.venue.resolution = {
    kind: 'absent',
    evidence: { kind: 'deadline-passed', at: NOW, detail: 'no record after the deadline' },
  }
  for (let look = 0; look < 2; look++) await desk.place()
  assert.deepEqual(await decided(desk, 'positions', POSITION), [
    'route: open done',
    'place: entry sent',
    'place: entry unknown',
    'place: entry absent',
  ])
  const { inputs } = await recordOf(desk, 'entry absent')
  assert.deepEqual((inputs['conclusion'] as { evidence: object }).evidence, {
    kind: 'deadline-passed',
    at: NOW,
    detail: 'no record after the deadline',
  })
  assert.match((inputs['request'] as { bodyHash: string }).bodyHash, /^[0-9a-f]{64}$/)
})

test('a precheck that holds an entry records the finding for the account and the end of the entry', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  desk.venue.held = { 'BTC-PERP': '-2' }
  for (let run = 0; run < 2; run++) await desk.precheck()
  assert.deepEqual(await decided(desk, 'positions', POSITION), ['route: open done', 'precheck: entry rejected'])
  assert.deepEqual(await decided(desk, 'accounts', ACCOUNT), ['precheck: found unexpected-position'])
  const { inputs } = await recordOf(desk, 'found unexpected-position')
  assert.deepEqual([(inputs['finding'] as { broker: string }).broker, inputs['entriesLocked']], ['-2', true])
})

test('what a sweep finds is recorded when it acts on it, not at each look; the end of the lock too', async () => {
  await using desk = await openTruthDesk()
  desk.venue.held = HELD
  for (let sweep = 0; sweep < 3; sweep++) await desk.sweep()
  desk.venue.held = {}
  for (let sweep = 0; sweep < 2; sweep++) await desk.sweep()
  assert.deepEqual(await decided(desk, 'accounts', ACCOUNT), [
    'sweep: found unexpected-position',
    'sweep: locks lifted',
  ])
})

test('a stop that is missing is asked for, sent and concluded on record', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ nativeStop: null })
  desk.venue.held = HELD
  desk.venue.fills = [BOUGHT]
  await desk.monitor()
  const stop = (await desk.position()).orders.at(-1)?.clientOrderId ?? assert.fail('a stop')
  desk.venue.answer = {
    kind: 'accepted',
    reports: [
      {
        result: 'accepted',
        clientOrderId: stop,
        venueOrderId: '8',
        status: 'working',
        filledSize: d('0'),
        averagePrice: null,
      },
    ],
    evidence: { kind: 'acknowledgement', at: NOW, detail: 'resting' },
  }
  for (let run = 0; run < 2; run++) await desk.place(stop)
  assert.deepEqual(await decided(desk, 'positions', POSITION), ['monitor: stop asked for', 'place: stop accepted'])
  assert.equal((await recordOf(desk, 'stop accepted')).inputs['intentId'], stop)
})

test('an entry that ends unfilled says so, once', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  desk.venue.record = aBrokerOrder({ clientOrderId: ENTRY, status: 'canceled', trigger: null, leavesSize: d('1') })
  for (let look = 0; look < 2; look++) await desk.monitor()
  assert.deepEqual(await decided(desk, 'positions', POSITION), ['route: open done', 'monitor: entry ended unfilled'])
})
