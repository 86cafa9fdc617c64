/** Ids, envelopes and signals: the same input, the same id; nothing malformed crosses a boundary. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  closeEnvelope,
  monitorEnvelope,
  placeEnvelope,
  reconcileEnvelope,
  reversedRouteEnvelope,
  routeEnvelope,
} from '#domain/envelopes.ts'
import {
  canonicalJson,
  clientOrderIdOf,
  idempotencyKeyOf,
  payloadHashOf,
  positionIdOf,
  signalKeyOf,
} from '#domain/ids.ts'
import { envelopeSchema } from '#domain/message.ts'
import { signalSchema } from '#domain/signal.ts'
import { NOW, POSITION, aSignal } from './samples.ts'

test('ids are the same everywhere and differ with every part of their input, the account too (A15, C20)', () => {
  assert.equal(signalKeyOf('s', 'i'), 'sig-fbb68d236585afcb2a5930a0ca2b62736d33c725')
  assert.notEqual(signalKeyOf('ab', 'c'), signalKeyOf('a', 'bc'))
  const key = signalKeyOf('s', 'i')
  assert.equal(positionIdOf(key, 'a'), 'pos-f4554d095b9dca15e65e7ee7a3838b14')
  assert.notEqual(positionIdOf(key, 'a'), positionIdOf(key, 'b'))
  assert.equal(clientOrderIdOf(positionIdOf(key, 'a'), 'entry', 0), '93e1e72da9608825ba20af22a4b23bc5')
  const ids = new Set([
    clientOrderIdOf(POSITION, 'entry', 0),
    clientOrderIdOf(POSITION, 'entry', 1),
    clientOrderIdOf(POSITION, 'exit', 0),
    clientOrderIdOf(POSITION, 'stop', 0),
  ])
  assert.equal(ids.size, 4)
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/)
})

test('a payload hash ignores the order of keys and nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).toReversed())
      assert.equal(payloadHashOf(reversed), payloadHashOf(object))
      // `__proto__` is no own key after a round trip through an object literal.
      if (!Object.keys(object).includes('__proto__'))
        assert.deepEqual(JSON.parse(canonicalJson(object)), JSON.parse(JSON.stringify(object)))
    }),
  )
})

test('every envelope passes the schema of its boundary, and its key is a legal job id', () => {
  const about = { positionId: POSITION, account: 'account' }
  const id = clientOrderIdOf(POSITION, 'stop', 3)
  const envelopes = [
    routeEnvelope(about, signalKeyOf('s', 'i'), 'source', NOW),
    reversedRouteEnvelope(about, signalKeyOf('s', 'i'), NOW),
    placeEnvelope(about, id, 'monitor', NOW),
    monitorEnvelope(about, 'place', NOW),
    closeEnvelope(about, 2, 'close', NOW),
    reconcileEnvelope(about, 'sweep', NOW),
  ]
  for (const envelope of envelopes) {
    assert.deepEqual(envelopeSchema.parse(JSON.parse(JSON.stringify(envelope))), envelope)
    assert.doesNotMatch(envelope.idempotency_key, /[:\s]/)
  }
  assert.equal(new Set(envelopes.map((envelope) => envelope.idempotency_key)).size, envelopes.length)
  assert.equal(idempotencyKeyOf(POSITION, 'a:b'), `${POSITION}.a_b`)
})

test('malformed envelopes are refused', () => {
  const good = monitorEnvelope({ positionId: POSITION, account: 'account' }, 'place', NOW)
  const bad: object[] = [
    { ...good, idempotency_key: 'a:b' },
    { ...good, client_order_id: '0x12' },
    { ...good, stage: 'settle' },
    { ...good, payload: { leg: 1 } },
    { ...good, extra: 1 },
    { ...good, ts: '1' },
  ]
  for (const envelope of bad) assert.equal(envelopeSchema.safeParse(envelope).success, false, JSON.stringify(envelope))
})

test('signals keep exact decimals, fill defaults in, and refuse floats, exponents and unknown fields', () => {
  const signal = aSignal({ size: { type: 'contracts', value: '0.0500' } })
  assert.equal(signal.size?.value, '0.05')
  assert.deepEqual(signal.entry, { type: 'market', max_slippage_bps: 50 })
  assert.equal(signal.valid_for_ms, 30_000)
  const bad: object[] = [
    { size: { type: 'contracts', value: 0.05 } },
    { size: { type: 'contracts', value: '1e3' } },
    { size: { type: 'contracts', value: '-1' } },
    { size: { type: 'contracts', value: '0.000' } },
    { stop_loss: { distance_bps: 0 } },
    { leverage: 5 },
    { signal_id: 'a b' },
    { side: 'buy' },
  ]
  for (const change of bad)
    assert.equal(signalSchema.safeParse({ ...signal, ...change }).success, false, JSON.stringify(change))
})
