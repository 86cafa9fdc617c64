/** The doctor says how open the door is, and for how long its certificate works. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkAccess } from '#compose/access-checks.ts'
import { configOf } from '#test/config/config-of-http.ts'
import { selfSigned } from '#test/support/self-signed.ts'

const NOW = Date.UTC(2026, 10, 1)

function findings(http: object): string[] {
  return checkAccess(configOf(http), NOW).map(({ level, check, detail }) => `${level} ${check}: ${detail}`)
}

test('who is reached from elsewhere hears so, and is told of a missing public address', () => {
  assert.deepEqual(findings({}), ['ok access: 127.0.0.1:8700, from this machine only', 'ok people: operator (admin)'])
  const open = { host: '0.0.0.0', behind_proxy: true }
  assert.match(findings(open)[0] ?? '', /^warn access: 0\.0\.0\.0:8700, TLS ends at the proxy.*any host name/)
  const named = {
    ...open,
    public_url: 'https://t.example.com',
    operators: [{ name: 'olga', role: 'viewer', token_env: 'O' }],
  }
  assert.deepEqual(findings(named), [
    'ok access: 0.0.0.0:8700, TLS ends at the proxy in front, as https://t.example.com',
    'ok people: operator (admin), olga (viewer)',
  ])
})

test('a certificate is good, about to end, at its end, or missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-cert-'))
  try {
    const tls = { cert_file: join(folder, 'cert.pem'), key_file: join(folder, 'key.pem') }
    const certificateOf = (madeAt: number): string => {
      const { cert, key } = selfSigned(madeAt)
      writeFileSync(tls.cert_file, cert)
      writeFileSync(tls.key_file, key)
      return findings({ host: '0.0.0.0', tls })[1] ?? ''
    }
    // It lives for a day from when it was made.
    assert.match(certificateOf(NOW + 30 * 86_400_000), /^ok certificate: .*valid for 31 more days/)
    assert.match(certificateOf(NOW + 3 * 86_400_000), /^warn certificate: .*valid for 4 more days/)
    assert.match(certificateOf(NOW - 2 * 86_400_000), /^fail certificate: expected one that is valid/)
    rmSync(tls.key_file)
    assert.match(findings({ host: '0.0.0.0', tls })[1] ?? '', /^fail certificate: Expected the private key/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
