/** The transport: one transmission, one verdict, whatever the server does. */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { test, type TestContext } from 'node:test'
import { type HttpClient, openHttpClient } from '#brokers/http-request.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function serve(t: TestContext, handler: Handler): Promise<{ client: HttpClient; seen: () => number }> {
  let count = 0
  const server = createServer((request, response) => {
    count += 1
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = openHttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  t.after(async () => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { client, seen: () => count }
}

test("an answer arrives with status, body and the server's date", async (t) => {
  const { client } = await serve(t, (_request, response) => {
    response.writeHead(418, { date: 'Sun, 22 Nov 2026 12:00:00 GMT', 'X-Limit': '9' }).end('body')
  })
  const date = Date.UTC(2026, 10, 22, 12)
  const answer = await client.post('/x', '{}', 5_000)
  assert.ok(answer.kind === 'answer')
  const { headers, ...rest } = answer
  assert.deepEqual(rest, { kind: 'answer', status: 418, body: 'body', serverDate: date })
  assert.equal(headers?.['x-limit'], '9')
})

test('a query goes out exactly as it was signed, with the headers given and no body', async (t) => {
  const seen: unknown[] = []
  const { client } = await serve(t, (request, response) => {
    seen.push([request.method, request.url, request.headers['x-sign'], request.headers['content-type']])
    response.end()
  })
  await client.get('/v5/list?cursor=a%253Ab%26&symbol=BTCUSDT', 5_000, { 'x-sign': 'abc' })
  assert.deepEqual(seen, [['GET', '/v5/list?cursor=a%253Ab%26&symbol=BTCUSDT', 'abc', undefined]])
})

const LOSSES: readonly [string, Handler][] = [
  ['A6, A7: a connection reset after the request', (request) => request.socket.destroy()],
  [
    'a connection cut within the answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"sta')
      setImmediate(() => request.socket.destroy())
    },
  ],
  ['no answer within the deadline', () => undefined],
]
for (const [name, handler] of LOSSES) {
  test(`${name} is lost after exactly one transmission`, async (t) => {
    const { client, seen } = await serve(t, handler)
    const outcome = await client.post('/exchange', '{}', 400)
    assert.equal(outcome.kind, 'lost', JSON.stringify(outcome))
    assert.equal(seen(), 1)
  })
}

test('5xx and redirects are answers, transmitted once and not followed', async (t) => {
  for (const status of [302, 500, 503]) {
    const { client, seen } = await serve(t, (_request, response) => {
      response.writeHead(status, { location: '/elsewhere', 'retry-after': '0' }).end('x')
    })
    const outcome = await client.post('/exchange', '{}', 5_000)
    assert.ok(outcome.kind === 'answer' && outcome.status === status)
    assert.equal(seen(), 1)
  }
})

test('a refused connection is provably not sent', async (t) => {
  const probe = createTcpServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const client = openHttpClient(`http://127.0.0.1:${port}`)
  t.after(() => client.close())
  const outcome = await client.post('/exchange', '{}', 5_000)
  assert.equal(outcome.kind, 'not-sent', JSON.stringify(outcome))
})

test('a base URL that is not http is refused by name', () => {
  assert.throws(() => openHttpClient('ftp://venue'), /http.*ftp:\/\/venue/)
})
