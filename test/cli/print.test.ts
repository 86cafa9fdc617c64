/** What is printed shows what it says: nothing that others wrote drives the terminal of who reads it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sayJson, shown } from '#cli/print.ts'

test('controls of others are not passed on; our colours, tables and lines are', () => {
  assert.equal(shown('why: \u001B]0;owned\u0007 \u001B[2J\u009B31m'), 'why: \uFFFD]0;owned\uFFFD \uFFFD[2J\uFFFD31m')
  assert.equal(
    shown('\u001B[31mDISABLED\u001B[0m by ada\nnext  line'),
    '\u001B[31mDISABLED\u001B[0m by ada\nnext  line',
  )
})

test('JSON stays the same value and holds no control', (t) => {
  const value = { why: 'a\u001B[2J\u009B\u202Eb\u007F', half: '\uD83D' }
  const written: string[] = []
  t.mock.method(process.stdout, 'write', (text: string) => written.push(text) > 0)
  sayJson(value)
  t.mock.restoreAll()
  const text = written.join('')
  assert.deepEqual(JSON.parse(text), value)
  assert.match(text, /^[\n\x20-\x7e]*$/)
})
