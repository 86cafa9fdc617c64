/** Contracts: names, dates and the numbers that must agree with the exchange's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import { type Contract, PRODUCTS, contractOf, instrumentOf } from '#brokers/projectx/contracts.ts'
import { decimalString } from '#domain/decimal.ts'
import { entryOf } from '#test/brokers/orders.ts'
import { NOW, NQ, openScriptedVenue } from './scripted-venue.ts'

const TICKS = { NQ: '5', ES: '12.5', MNQ: '0.5', MES: '1.25' } as const
const rowOf = (root: keyof typeof TICKS, code = 'Z26', tickValue: string = TICKS[root]) => {
  const symbolId = PRODUCTS[root]?.symbolId ?? ''
  const tick = { tickSize: decimalString('0.25'), tickValue: decimalString(tickValue) }
  return { id: `CON.${symbolId}.${code}`, name: 'any', description: '', activeContract: true, symbolId, ...tick }
}
const taken = (row: ReturnType<typeof rowOf>, now = NOW): Contract => {
  const contract = contractOf(row, now)
  assert.ok(!('reason' in contract), JSON.stringify(contract))
  return contract
}

test('names follow from the contract id; other products keep theirs', () => {
  assert.equal(instrumentOf('CON.F.US.ENQ.Z26'), 'NQZ6')
  assert.equal(instrumentOf('CON.F.US.EP.H27'), 'ESH7')
  assert.equal(instrumentOf('CON.F.US.MES.M26'), 'MESM6')
  assert.equal(instrumentOf('CON.F.US.MNQ.U26'), 'MNQU6')
  assert.equal(instrumentOf('CON.F.US.GMET.J25'), 'CON.F.US.GMET.J25')
  assert.equal(instrumentOf('nonsense'), 'nonsense')
})

test('multiplier and tick are the venue’s and the exchange’s at once', () => {
  const told = (Object.keys(TICKS) as (keyof typeof TICKS)[]).map((root) => {
    const { instrument } = taken(rowOf(root))
    return [instrument.instrument, instrument.root, instrument.multiplier, instrument.tick, instrument.lot]
  })
  assert.deepEqual(told, [
    ['NQZ6', 'NQ', '20', '0.25', '1'],
    ['ESZ6', 'ES', '50', '0.25', '1'],
    ['MNQZ6', 'MNQ', '2', '0.25', '1'],
    ['MESZ6', 'MES', '5', '0.25', '1'],
  ])
})

test('a contract whose numbers disagree is refused with both (G5)', () => {
  const refused = contractOf(rowOf('NQ', 'Z26', '0.5'), NOW)
  assert.ok('reason' in refused)
  assert.match(refused.reason, /worth 20 USD a point.*0.5 USD a tick of 0.25.*which is 2/)
  for (const [id, symbolId] of [
    ['CON.F.US.ENQ.F26', 'F.US.ENQ'],
    ['CON.F.US.MNQ.Z26', 'F.US.ENQ'],
    ['CON.F.US.GMET.Z26', 'F.US.GMET'],
  ] as const) {
    assert.ok('reason' in contractOf({ ...rowOf('NQ'), id, symbolId }, NOW), id)
  }
})

test('entries move to the next contract before the last week opens, trading ends on its Friday at 8:30 in Chicago', () => {
  const { instrument } = taken(rowOf('NQ'))
  assert.equal(instrument.expiresAt, Date.parse('2026-12-18T14:30:00Z'))
  assert.equal(instrument.rollsAt, Date.parse('2026-12-13T23:00:00Z'))
  assert.equal(instrument.calendar, 'cme-equity-index')
  assert.equal(instrument.active, true)
  // In summer time, and over: the venue's flag alone does not make it tradable.
  const past = taken(rowOf('ES', 'U26'))
  assert.equal(past.instrument.expiresAt, Date.parse('2026-09-18T13:30:00Z'))
  assert.equal(past.instrument.active, false)
  assert.equal(taken({ ...rowOf('ES'), activeContract: false }).instrument.active, false)
})

test('a refused contract cannot be traded, and the check says so', async (t) => {
  const available = { contracts: [{ ...NQ, tickValue: 0.5 }] }
  const { broker } = await openScriptedVenue(t, { '/api/Contract/available': available })
  assert.deepEqual(await broker.listInstruments(), [])
  const entry = entryOf('a', { instrument: 'NQZ6', size: decimalString('1'), limitPrice: decimalString('20000') })
  await assert.rejects(
    broker.prepare(entry, { nonce: 1, now: NOW }),
    (error) => error instanceof CommandRefused && /worth 20 USD a point/.test(error.message),
  )
  const finding = (await broker.checkCredentials(NOW)).find(({ check }) => check === `contract ${NQ.id}`)
  assert.equal(finding?.level, 'fail')
})

test('a position in a refused contract makes the account unavailable, not wrong', async (t) => {
  const { broker } = await openScriptedVenue(t, {
    '/api/Contract/available': { contracts: [{ ...NQ, tickValue: 0.5 }] },
    '/api/Position/searchOpen': { positions: [{ contractId: NQ.id, type: 1, size: 1, averagePrice: 20000 }] },
    '/api/History/retrieveBars': { bars: [{ c: 20001 }] },
  })
  await assert.rejects(broker.readAccount(), /worth 20 USD a point/)
})

test('a venue that offers none of our products is unavailable, not empty', async (t) => {
  await assert.rejects(openScriptedVenue(t, { '/api/Contract/available': { contracts: [] } }), BrokerUnavailable)
})

test('a contract that we hold and that is offered no more stays known', async (t) => {
  const old = { ...NQ, id: 'CON.F.US.ENQ.U26', name: 'NQU6', activeContract: false }
  const { broker, asked } = await openScriptedVenue(t, {
    '/api/Position/searchOpen': { positions: [{ contractId: old.id, type: 2, size: 3, averagePrice: 20000.5 }] },
    '/api/Contract/searchById': { contract: old },
    '/api/History/retrieveBars': { bars: [{ c: 19990.25 }] },
  })
  const { positions, unrealised, equity } = await broker.readAccount()
  assert.deepEqual(
    positions.map(({ instrument, size, unrealised: open }) => [instrument, size, open]),
    [['NQU6', '-3', '615']],
  )
  assert.deepEqual([unrealised, equity], ['615', '50615'])
  const listed = await broker.listInstruments()
  assert.deepEqual(
    listed.map(({ instrument, active }) => [instrument, active]),
    [
      ['NQZ6', true],
      ['NQU6', false],
    ],
  )
  assert.deepEqual([...(await broker.readMarks()).keys()].toSorted(), ['NQU6', 'NQZ6'])
  assert.ok(asked.every(({ body }) => body['live'] === undefined || body['live'] === false))
})
