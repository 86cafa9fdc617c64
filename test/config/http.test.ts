/** Who may get in, and from where: refused before anything listens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#config/config-error.ts'
import { configOf } from './config-of-http.ts'

function mistakesOf(http: object): string {
  try {
    configOf(http)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.mistakes.map(({ text }) => text).join('\n')
  }
  return ''
}

test('it listens on this machine unless told otherwise, and elsewhere with TLS or a declared proxy only', () => {
  assert.equal(configOf({}).http.host, '127.0.0.1')
  for (const host of [
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'truebook.example.com',
    '127.0.0.1.example.com',
    '::ffff:0.0.0.0',
  ]) {
    assert.match(mistakesOf({ host }), /http\.host: expected tls, or behind_proxy: true/, host)
    assert.equal(mistakesOf({ host, behind_proxy: true }), '', host)
    assert.equal(mistakesOf({ host, tls: { cert_file: 'c', key_file: 'k' } }), '', host)
  }
  for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) assert.equal(mistakesOf({ host }), '', host)
})

test('people have a name of their own, one role and one secret', () => {
  const olga = { name: 'olga', role: 'operator', token_file: 'secrets/olga' }
  const [first] = configOf({ operators: [olga] }).http.operators
  assert.deepEqual(first, {
    name: 'olga',
    role: 'operator',
    token: { kind: 'file', path: '/etc/truebook/secrets/olga' },
  })
  assert.match(
    mistakesOf({ operators: [{ ...olga, token_env: 'OLGA' }] }),
    /only one of the keys token_file, token_env/,
  )
  assert.match(mistakesOf({ operators: [{ name: 'olga', role: 'viewer' }] }), /one of the keys token_file or token_env/)
  assert.match(mistakesOf({ operators: [olga, { ...olga, name: 'Olga' }] }), /expected its own name/)
  assert.match(mistakesOf({ operators: [{ ...olga, role: 'root' }] }), /role: expected one of/)
  // Audit records name stages and people alike.
  for (const name of ['operator', 'Sweep', 'guard', 'monitor']) {
    assert.match(mistakesOf({ operators: [{ ...olga, name }] }), /the name of a person/, name)
  }
})

test('a sender shows a token or signs, never both', () => {
  const [sender] = configOf({ signal_tokens: [{ name: 'desk', hmac_secret_env: 'DESK' }] }).http.signalTokens
  assert.deepEqual(sender, {
    name: 'desk',
    proof: 'hmac',
    token: { kind: 'env', name: 'DESK' },
    strategies: ['*'],
  })
  const both = { name: 'desk', token_file: 't', hmac_secret_file: 'h' }
  assert.match(mistakesOf({ signal_tokens: [both] }), /only one of the keys token_file, token_env, hmac_secret_file/)
  assert.match(
    mistakesOf({ signal_tokens: [{ name: 'desk' }] }),
    /one of the keys token_file or token_env or hmac_secret_file/,
  )
})

test('the public address is an origin, encrypted unless it is this machine', () => {
  assert.equal(
    configOf({ public_url: 'https://Truebook.example.com:443/' }).http.publicUrl,
    'https://truebook.example.com',
  )
  assert.equal(configOf({ public_url: 'http://127.0.0.1:8700' }).http.publicUrl, 'http://127.0.0.1:8700')
  for (const url of [
    'http://truebook.example.com',
    'https://truebook.example.com/desk',
    'https://me@truebook.example.com',
    'https://truebook.example.com?x',
    'ftp://truebook.example.com',
    'truebook.example.com',
  ]) {
    assert.match(mistakesOf({ public_url: url }), /http\.public_url: expected a URL/, url)
  }
})
