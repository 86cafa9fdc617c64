/** What is hidden in a text is found, and nothing that people write is taken for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plainLine, withoutHidden } from '#domain/plain-text.ts'

const PLAIN = ['venue incident', 'Größe läuft, 60 000 €', '止损 🙂 naïve', '<script>alert(1)</script>', '=1+1']
const HIDDEN = ['a\nb', 'a\u001B[2Jb', 'nul\0', 'a\u009Bb', 'tab\tb', '\u202Eabc', 'half \uD83D', 'a\u2028b']

test('words, marks and pictures are plain; controls, halves and turned text are not', () => {
  for (const text of PLAIN) assert.equal(plainLine(text), text)
  for (const text of HIDDEN) assert.notEqual(plainLine(text), text, JSON.stringify(text))
})

test('what is left without it holds nothing hidden but line ends, and is well formed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HIDDEN)), (text) => {
      const left = withoutHidden(text)
      assert.equal(plainLine(left.replaceAll('\n', '')), left.replaceAll('\n', ''))
      assert.ok(left.isWellFormed())
    }),
  )
  for (const text of PLAIN) assert.equal(withoutHidden(text), text)
})
