/** TLS of our own: the cookie travels in it only, and a certificate that does not work is named before anybody listens. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { UnusableCertificate } from '#http/open-fastify.ts'
import { selfSigned } from '#test/support/self-signed.ts'
import { OPERATOR_TOKEN, OWN_PAGE, SETTINGS, startHttp } from './http-fixture.ts'
import { exchange, listen, rawRequest } from './intruder/target.ts'

let folder: string
let files: { readonly certFile: string; readonly keyFile: string }

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'truebook-tls-'))
  const { cert, key } = selfSigned()
  files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  writeFileSync(files.certFile, cert)
  writeFileSync(files.keyFile, key)
})
after(() => rmSync(folder, { recursive: true, force: true }))

interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

async function ask(port: number, { body = '', ...options }: Ask): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

test('a login over TLS gives a cookie that never leaves it; plain HTTP at that port is no door', async () => {
  await using http = await startHttp({ settings: { ...SETTINGS, tls: files } })
  const port = await listen(http)
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...OWN_PAGE }
  const login = await ask(port, { method: 'POST', path: '/login', headers: form, body: `token=${OPERATOR_TOKEN}` })
  const [given = ''] = login.headers['set-cookie'] ?? []
  assert.match(given, /^__Host-truebook=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/)
  const [cookie = ''] = given.split(';')
  const read = await ask(port, { path: '/v1/positions', headers: { cookie } })
  assert.equal(read.statusCode, 200)
  assert.equal(read.headers['strict-transport-security'], 'max-age=31536000')
  const plain = await exchange(port, rawRequest('GET /v1/positions', { cookie }))
  assert.doesNotMatch(plain, /positions/)
})

test('a certificate that is missing, damaged or of another key is named at start; no key is shown', async () => {
  const garbage = join(folder, 'garbage.pem')
  writeFileSync(garbage, 'pLantedKeyMaterial')
  const other = join(folder, 'other.pem')
  const { key } = selfSigned()
  writeFileSync(other, key)
  const wrong = [
    [
      { ...files, certFile: join(folder, 'none.pem') },
      /Expected the certificate of http\.tls in .*none\.pem, saw: ENOENT/,
    ],
    [
      { ...files, keyFile: join(folder, 'none.pem') },
      /Expected the private key of http\.tls in .*none\.pem, saw: ENOENT/,
    ],
    [{ ...files, certFile: garbage }, /do not fit \(ERR_/],
    [{ ...files, keyFile: garbage }, /do not fit \(ERR_/],
    [{ ...files, keyFile: other }, /do not fit \(ERR_/],
  ] as const
  for (const [tls, expected] of wrong) {
    await assert.rejects(startHttp({ settings: { ...SETTINGS, tls } }), (error) => {
      assert.ok(error instanceof UnusableCertificate)
      assert.match(error.message, expected)
      assert.doesNotMatch(`${error.stack}`, /pLanted|PRIVATE KEY-/)
      return true
    })
  }
})
