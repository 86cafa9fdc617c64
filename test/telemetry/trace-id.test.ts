/** Trace ids are a function of what a message is about, and of nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { factIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import { rootSpanIdOf, traceIdOf } from '#telemetry/trace-id.ts'

test('a position and an alert have the digits of their id, so that whoever reads one finds the trace', () => {
  const position = positionIdOf(signalKeyOf('s', '1'), 'a')
  const alert = factIdOf('alert', 'orphan', 'a')
  assert.equal(`pos-${traceIdOf(position)}`, position)
  assert.equal(`alert-${traceIdOf(alert)}`, alert)
})

test('anything else has a trace too, always the same, and another one than what differs from it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const [first, second] = [traceIdOf(one), traceIdOf(other)]
      assert.match(first, /^[0-9a-f]{32}$/)
      assert.match(rootSpanIdOf(first), /^[0-9a-f]{16}$/)
      assert.equal(traceIdOf(one), first)
      assert.equal(first === second, one === other)
    }),
  )
})
