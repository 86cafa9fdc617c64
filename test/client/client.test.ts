/** The client against the real server over a real socket, with failures planted in between. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createTruebookClient, type TruebookClient } from '#client/client.ts'
import { NotAuthorized, SignalConflict, SignalInvalid, TruebookUnavailable } from '#client/client-errors.ts'
import type { SignalInput } from '#domain/signal.ts'
import { type HttpFixture, openSignal, SIGNAL_TOKEN, startHttp } from '#test/http/http-fixture.ts'

const signal = openSignal() as unknown as SignalInput
const pause = async (): Promise<void> => {}

async function connected(http: HttpFixture, fetch?: typeof globalThis.fetch): Promise<TruebookClient> {
  const url = await http.server.fastify.listen({ host: '127.0.0.1', port: 0 })
  return createTruebookClient({ url, token: SIGNAL_TOKEN, pause, ...(fetch !== undefined && { fetch }) })
}

test('a signal is sent, repeated and looked up', async () => {
  await using http = await startHttp()
  const client = await connected(http)
  const first = await client.sendSignal(signal)
  assert.equal(first.repeated, false)
  assert.equal((await client.sendSignal(signal)).repeated, true)
  const outcome = await client.outcome(first.signal_key)
  assert.deepEqual(outcome?.accounts, first.accounts)
  assert.equal(await client.outcome(`sig-${'0'.repeat(40)}`), null)
})

test('an answer lost on the way back is repeated and accepted once', async () => {
  await using http = await startHttp()
  let lost = 0
  const client = await connected(http, async (input, init) => {
    const response = await fetch(input, init)
    if (lost >= 2) return response
    lost += 1
    await response.text()
    throw new TypeError('socket hang up')
  })
  const sent = await client.sendSignal(signal)
  assert.equal(sent.repeated, true)
  assert.equal(lost, 2)
  assert.equal(http.enqueued.length, 2)
})

test('each refusal is an error of its own class, and is not repeated', async () => {
  await using http = await startHttp()
  let calls = 0
  const counting: typeof fetch = (input, init) => {
    calls += 1
    return fetch(input, init)
  }
  const client = await connected(http, counting)
  await client.sendSignal(signal)
  await assert.rejects(client.sendSignal({ ...signal, side: 'short' } as SignalInput), SignalConflict)
  await assert.rejects(client.sendSignal({ ...signal, side: 'up' } as unknown as SignalInput), (error) => {
    assert.ok(error instanceof SignalInvalid)
    assert.deepEqual([error.details.path, error.details.seen], ['side', '"up"'])
    return true
  })
  const address = http.server.fastify.server.address() as AddressInfo
  const stranger = createTruebookClient({
    url: `http://127.0.0.1:${address.port}`,
    token: 'nobody-knows-this-token',
    fetch: counting,
  })
  await assert.rejects(stranger.sendSignal(signal), NotAuthorized)
  assert.equal(calls, 4)
})

test('503 is repeated; when it stays, the error says that the signal may be sent again', async () => {
  let calls = 0
  const server: Server = createServer((_request, response) => {
    calls += 1
    response.writeHead(503, { 'content-type': 'text/html' }).end('<html>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const client = createTruebookClient({ url, token: SIGNAL_TOKEN, attempts: 3, pause })
    await assert.rejects(
      client.sendSignal(signal),
      (error) => error instanceof TruebookUnavailable && error.status === 503,
    )
    assert.equal(calls, 3)
  } finally {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  const nobody = createTruebookClient({ url, token: SIGNAL_TOKEN, attempts: 2, pause })
  await assert.rejects(nobody.sendSignal(signal), (error) => error instanceof TruebookUnavailable && error.status === 0)
})

test('a redirect is not followed: the token stays with the configured address', async () => {
  let seen = 0
  const other = createServer((_request, response) => {
    seen += 1
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const target = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
  const server = createServer((_request, response) => response.writeHead(307, { location: target }).end()).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = createTruebookClient({ url, token: SIGNAL_TOKEN, attempts: 1 })
    await assert.rejects(client.sendSignal(signal), TruebookUnavailable)
    assert.equal(seen, 0)
  } finally {
    for (const open of [server, other]) {
      open.closeAllConnections()
      open.close()
    }
  }
})
