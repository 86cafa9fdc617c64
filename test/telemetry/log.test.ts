/** No known secret leaves through the log, wherever it hides; innocent text is left alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '#config/secret.ts'
import { createLog } from '#telemetry/log.ts'

const KEY = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'
const TOKEN = 'a"quoted\\token-of-32-characters!'

function capture(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  write(createLog({ level: 'debug', secrets: [new Secret(KEY), new Secret(TOKEN)], destination }))
  for (const line of lines) JSON.parse(line)
  return lines.join('')
}

test('a secret in a field, an array, a message, an error, a stack or another case is cut out', () => {
  const text = capture((log) => {
    log.info({ deep: { deeper: [{ value: KEY }] } }, `message with ${TOKEN}`)
    log.error({ err: new Error(`request failed with ${KEY}`) }, 'failed')
    log.warn({ upper: KEY.toUpperCase(), bare: KEY.slice(2) }, 'forms')
    log.info({ url: `https://x/?t=${encodeURIComponent(TOKEN)}` }, 'url')
  })
  for (const form of [
    KEY,
    KEY.slice(2),
    KEY.slice(2).toUpperCase(),
    JSON.stringify(TOKEN).slice(1, -1),
    encodeURIComponent(TOKEN),
  ]) {
    assert.ok(!text.includes(form), form)
  }
  assert.match(text, /\[secret\]/)
})

test('credentials nobody announced are redacted by the name of their field', () => {
  const text = capture((log) =>
    log.info({ headers: { authorization: 'Bearer unknown-value' }, token: 'other-value' }, 'x'),
  )
  assert.doesNotMatch(text, /unknown-value|other-value/)
})

test('an ordinary line keeps its fields', () => {
  const text = capture((log) => log.info({ position_id: 'pos-1' }, 'hello'))
  assert.match(text, /"level":"info".*"position_id":"pos-1".*"msg":"hello"/)
})

test('a Secret does not print itself', () => {
  const secret = new Secret(KEY)
  for (const text of [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
  ]) {
    assert.ok(!text.includes(KEY.slice(2)), text)
  }
})
