/** A login leads to this server whatever it was told, and JSON is refused for a repeated key and for nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ownPath } from '#http/own-path.ts'
import type { ErrorAnswer } from '#http/wire.ts'
import { bearer, SIGNAL_TOKEN, startHttp } from './http-fixture.ts'

const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '\\',
    '//',
    '..',
    '.',
    '\t',
    '\r\n',
    ' ',
    '@',
    ':',
    '?',
    '#',
    '%2f',
    '%5c',
    '%00',
    'evil.example',
  ),
  fc.constantFrom('https:', 'javascript:', 'data:', '\u0000', '\u00a0', '\ufeff', '。', '/evil.example', 'x'),
  fc.string({ maxLength: 6 }),
)
const address = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

test('whatever a login is to lead to, a browser stays at this server and gets one line', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        address,
        address.map((text) => `/${text}`),
      ),
      (text) => {
        const path = ownPath(text)
        for (const origin of ['https://own.example', 'http://127.0.0.1:8700']) {
          assert.equal(new URL(path, origin).origin, origin, JSON.stringify(text))
        }
        assert.match(path, /^\/(?![/\\])[\x21-\x7e]*$/)
        assert.equal(ownPath(path), path, 'and once more')
      },
    ),
    { numRuns: 5_000 },
  )
})

test('what is a path of ours stays what it is', () => {
  for (const path of ['/', '/#/alerts/a-1', '/queues/queue/route?x=1&y=%20#z', '/x']) assert.equal(ownPath(path), path)
  for (const text of [undefined, null, 7, ['/x'], {}]) assert.equal(ownPath(text), '/')
})

/** JSON whose keys are those of the value, written with any escapes. */
const document = fc.json({ maxDepth: 4 })

test('any JSON without a repeated key is read; the same with one is refused for it', async () => {
  await using http = await startHttp()
  const send = async (payload: string): Promise<string> => {
    http.now += 60_000
    const headers = { ...bearer(SIGNAL_TOKEN), 'content-type': 'application/json' }
    const answer = await http.server.fastify.inject({ method: 'POST', url: '/v1/signals', headers, payload })
    return answer.json<ErrorAnswer>().error.message
  }
  await fc.assert(
    fc.asyncProperty(document, fc.string({ maxLength: 5 }), async (json, key) => {
      assert.doesNotMatch(await send(json), /every key of the body once/, json)
      if (key === '__proto__') return
      const escaped = unitsOf(key)
      const twice = `{${JSON.stringify(key)}:${json},"${escaped}":1}`
      assert.match(await send(twice), /every key of the body once/, twice)
    }),
    { numRuns: 300 },
  )
})

/** Text as JSON escapes, both halves of a pair. */
function unitsOf(text: string): string {
  return Array.from(
    { length: text.length },
    (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
}
