/** A mistake is one sentence that names the place, what was expected and what was seen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { signalSchema } from '#domain/signal.ts'
import { mistakesOf, mistakeText } from '#validation/mistake.ts'
import { nearestWord } from '#validation/nearest-word.ts'

function sentences(schema: z.ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input)
  return mistakesOf(error?.issues ?? [], input, schema).map(mistakeText)
}

test('the closest member of a union explains what is wrong', () => {
  const schema = z.strictObject({
    stop: z.union([z.strictObject({ price: z.string() }), z.strictObject({ bps: z.number() })]),
  })
  assert.deepEqual(sentences(schema, { stop: { price: 5 } }), [
    'stop.price: expected text in quotes, such as "5" (an unquoted number loses exact digits), saw the number 5',
  ])
  assert.deepEqual(sentences(schema, { stop: { prise: '5', price: '5' } }), [
    'stop.prise: expected a known key (did you mean "price"?), saw the unknown key "prise"',
  ])
})

test('places inside lists are counted from 0, as in the file of the writer', () => {
  const schema = z.array(z.strictObject({ list: z.array(z.int()) }))
  assert.deepEqual(sentences(schema, [{ list: [1, 'x'] }]), ['[0].list[1]: expected a number, saw "x"'])
})

test('long hex is never repeated: it may be a key', () => {
  const key = 'ab'.repeat(32)
  const [sentence] = sentences(z.literal('x'), `0x${key}`)
  assert.equal(sentence, 'the input: expected "x", saw "0x[long hex]"')
})

test('every input that the signal schema refuses has at least one mistake, and none has a blank part', () => {
  const kinds = fc.constantFrom('open', 'close', 'adjust', 'reverse', 'flatten', 'other')
  const value = fc.oneof(fc.jsonValue(), kinds, fc.integer(), fc.constant(undefined))
  const keys = fc.constantFrom(
    'kind',
    'signal_id',
    'source',
    'strategy',
    'ts',
    'instrument',
    'side',
    'size',
    'stop_loss',
    'entry',
    'x',
  )
  const input = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(keys, value).chain((entry) => kinds.map((kind) => ({ ...entry, kind }))),
  )
  fc.assert(
    fc.property(input, (candidate) => {
      const checked = signalSchema.safeParse(candidate)
      if (checked.success) return
      const mistakes = mistakesOf(checked.error.issues, candidate, signalSchema)
      assert.notEqual(mistakes.length, 0)
      for (const { expected, seen } of mistakes) assert.ok(expected !== '' && seen !== '', JSON.stringify(mistakes))
    }),
    { numRuns: 500 },
  )
})

test('a word is suggested only when it is near', () => {
  assert.equal(nearestWord('max_postions', ['max_positions', 'max_exposure']), 'max_positions')
  assert.equal(nearestWord('prot', ['port', 'host']), 'port')
  assert.equal(nearestWord('banana', ['port', 'host']), null)
})
