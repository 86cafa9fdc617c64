/** What answers at the address of Truebook, or of a webhook, may be anything: the client and the sinks tell what is known, in typed errors. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { ClientError } from '#client/client-errors.ts'
import { createTruebookClient } from '#client/client.ts'
import { AlertNotDelivered } from '#alerting/alerting.ts'
import { webhookSink } from '#alerting/webhook-sink.ts'
import { Secret } from '#config/secret.ts'
import type { AlertRow } from '#domain/records.ts'
import { openSignal } from '#test/http/http-fixture.ts'
import { hostileDocument, mutationsOf } from './hostile-values.ts'
import { runs } from './runs.ts'

const said = { status: 200, body: '' }
const server = createServer((_request, response) => {
  response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.body)
})
let url = ''

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.closeAllConnections()
  server.close()
})

const answer = JSON.stringify({ signal_key: `sig-${'a'.repeat(40)}`, accounts: [{ account: 'a', status: 'pending' }] })
const document = fc.oneof(
  hostileDocument,
  mutationsOf(answer).map(({ text }) => text),
)
const status = fc.oneof(fc.constantFrom(200, 202), fc.integer({ min: 200, max: 599 }))

test('a signal counts as accepted only on the word of Truebook itself; all else is a typed error', async () => {
  const client = createTruebookClient({ url, token: 'a-token-of-the-test', attempts: 1 })
  await fc.assert(
    fc.asyncProperty(status, document, async (code, body) => {
      Object.assign(said, { status: code, body })
      try {
        const sent = await client.sendSignal(openSignal() as never)
        assert.ok(code === 200 || code === 202)
        assert.ok(typeof sent.signal_key === 'string' && Array.isArray(sent.accounts))
      } catch (error) {
        assert.ok(error instanceof ClientError, String(error))
        assert.ok(!error.message.includes('a-token-of-the-test'))
      }
    }),
    runs(200),
  )
})

test('found: the good status of something else at the address is no acceptance', async () => {
  const client = createTruebookClient({ url, token: 'a-token-of-the-test', attempts: 1 })
  Object.assign(said, { status: 200, body: '<html>Welcome to the hotel</html>' })
  await assert.rejects(client.sendSignal(openSignal() as never), /another body. Is this its address/)
})

test('a webhook has an alert when it answers 2xx and on no other word; its address is never told', async () => {
  const secret = `${url}/services/T0/hook-that-is-a-secret`
  const terms = { name: 'hook', minSeverity: 'info', escalation: false } as const
  const sink = webhookSink({ ...terms, url: new Secret(secret) }, null)
  const alert = {
    alertId: 'alert-1',
    severity: 'critical',
    title: 't',
    detail: 'd',
    raisedAt: 0,
    active: true,
  } as unknown as AlertRow
  await fc.assert(
    fc.asyncProperty(status, hostileDocument, async (code, body) => {
      Object.assign(said, { status: code, body })
      try {
        await sink.send({ alert, event: 'raised', round: 0 })
        assert.ok(code >= 200 && code <= 299)
      } catch (error) {
        assert.ok(error instanceof AlertNotDelivered, String(error))
        assert.ok(code > 299 && !error.message.includes('hook-that-is-a-secret'))
      }
    }),
    runs(100),
  )
})
