/** Signals from the real emulator: one effect for one signal, whoever dies in between, and what can never be accepted ends as an alert. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PositionId, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import { ALL_IN_ONE, startTruebook } from '#compose.ts'
import { STAGES } from '#domain/message.ts'
import { createLog } from '#telemetry/log.ts'
import { eventually } from '#test/support/eventually.ts'
import { dieAt, openPubsubDesk, useEmulator } from './pubsub-desk.ts'

useEmulator()

function open(id: string, coin = 'BTC'): string {
  return JSON.stringify({
    kind: 'open',
    signal_id: id,
    source: 'model',
    strategy: 'test',
    ts: Date.now(),
    valid_for_ms: 120_000,
    instrument: `${coin}-PERP`,
    side: 'long',
    size: { type: 'notional_usd', value: '5000' },
    stop_loss: { distance_bps: 300 },
  })
}

function positionOf(id: string): PositionId {
  return positionIdOf(signalKeyOf('model', id), 'desk')
}

test('a signal that is published twice opens one position; what is no signal becomes one alert', async () => {
  await using bench = await openPubsubDesk(ALL_IN_ONE)
  const { desk, other } = bench
  const signal = open('one')
  for (const text of [signal, signal, 'not json', 'not json', open('one', 'ETH')]) await other.publish('signals', text)
  const position = await eventually(async () => {
    const stored = await desk.truebook.book.load('positions', positionOf('one'))
    return stored?.row.state === 'open' ? stored.row : null
  })
  assert.equal(position.instrument, 'BTC-PERP')
  const refused = await eventually(async () => {
    const alerts = (await desk.alerts()).filter(({ kind }) => kind === 'signal-refused')
    return alerts.length >= 2 ? alerts : null
  })
  assert.deepEqual(refused.map(({ detail }) => (detail.includes('as JSON') ? 'no JSON' : 'conflict')).toSorted(), [
    'conflict',
    'no JSON',
  ])
  assert.equal(desk.oracle().positions.length, 1)
})

test('an API killed between acceptance and acknowledgement: the signal comes again and stays one signal', async () => {
  await using bench = await openPubsubDesk({ stages: STAGES, api: false })
  const { desk, other } = bench
  await other.publish('signals', open('killed'))
  await dieAt('accepted', desk.config.file)
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: [], destination: { write: (line: string) => void lines.push(line) } })
  const api = await startTruebook(desk.config, { stages: [], api: true }, { log })
  try {
    const id = positionOf('killed')
    await eventually(async () => (await desk.truebook.book.load('positions', id))?.row.state === 'open')
    // Its deadline is 10 s, the shortest there is.
    await eventually(() => lines.some((line) => line.includes('signal pulled') && line.includes('"repeated"')), {
      what: 'the signal to come again',
      withinMs: 60_000,
    })
    const rows = await desk.truebook.book.list('signals', { orderBy: { field: 'receivedAt', direction: 'ascending' } })
    assert.equal(rows.length, 1)
    assert.equal(desk.oracle().positions.length, 1)
    assert.deepEqual(await desk.alerts(), [])
  } finally {
    await api.close(1000)
  }
})
