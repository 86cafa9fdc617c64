/** The search for leaks finds what it must: a secret planted in any form, whole or cut, and nothing where there is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concealerOf } from '#domain/conceal.ts'
import { leaksIn } from './leak-search.ts'

const KEY = '4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'
const TOKEN = 'aT0ken"with+odd/chars=and\\more'
const SECRETS = [
  { what: 'key', value: `0x${KEY}` },
  { what: 'token', value: TOKEN },
]

const LEAKS: readonly (readonly [string, string])[] = [
  ['raw', `agent ${KEY} x`],
  ['with 0x and upper case', `agent 0x${KEY.toUpperCase()}`],
  ['cut off in the middle', `error: ${KEY.slice(20, 40)}`],
  ['Base64 of the bytes', Buffer.from(KEY, 'hex').toString('base64')],
  ['Base64 inside a header', `Basic ${Buffer.from(`user:${TOKEN}`).toString('base64')}`],
  ['for an address', `https://x/?t=${encodeURIComponent(TOKEN)}`],
  ['JSON', JSON.stringify({ token: TOKEN })],
  ['JSON within JSON', JSON.stringify({ body: JSON.stringify({ token: TOKEN }) })],
  ['hex of the text', Buffer.from(TOKEN).toString('hex')],
]

for (const [form, text] of LEAKS) {
  test(`a secret planted ${form} is found${form.startsWith('cut') ? '' : ', and what cuts secrets out leaves nothing to find'}`, () => {
    assert.notDeepEqual(leaksIn([{ from: 'here', text }], SECRETS), [])
    if (form.startsWith('cut')) return
    const conceal = concealerOf(SECRETS.map(({ value }) => value))
    assert.deepEqual(leaksIn([{ from: 'here', text: conceal(text) }], SECRETS), [])
  })
}

test('text without a secret has none', () => {
  assert.deepEqual(leaksIn([{ from: 'here', text: `${'ab'.repeat(500)} ordinary words` }], SECRETS), [])
})

test('of an address its password and its path are secret by themselves', () => {
  const conceal = concealerOf([
    'redis://:pass%40word-of-redis@127.0.0.1:6379/0',
    'https://hooks.example.com/services/T0/B0/hook-of-ours',
  ])
  for (const text of [
    'WRONGPASS pass%40word-of-redis',
    'AUTH pass@word-of-redis',
    'POST /services/T0/B0/hook-of-ours failed',
  ]) {
    assert.doesNotMatch(conceal(text), /word-of-redis|hook-of-ours/)
  }
})
